/// The header of an npy array: its element type, order and shape.
struct NumpyHeader {
  /// Kind and width as numpy writes them, without the byte order: `f4`.
  var type = ""
  var isBigEndian = false
  var isFortranOrder = false
  var shape: [Int] = []

  /// Where the elements begin, from the array's first byte.
  var dataOffset = 0

  static let types: Set<String> = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]

  /// Bytes of one element.
  var width: Int { Int(type.dropFirst()) ?? 1 }

  /// Parses the header of the array in `range`.
  static func parse(_ source: SourceBytes, _ range: Range<Int>) throws(NumpyFault) -> NumpyHeader {
    func byte(_ offset: Int) -> Int { Int(source[range.lowerBound + offset]) }
    guard range.count >= 10, source.has("NUMPY", at: range.lowerBound + 1), byte(0) == 0x93 else {
      throw NumpyFault("expected an npy array, found other bytes")
    }
    let lengthBytes = byte(6) == 1 ? 2 : 4
    guard (1...3).contains(byte(6)), range.count >= 8 + lengthBytes else {
      throw NumpyFault("expected npy version 1 to 3, found \(byte(6)).\(byte(7))")
    }
    var length = 0
    for index in (0..<lengthBytes).reversed() { length = length << 8 | byte(8 + index) }
    var header = NumpyHeader()
    header.dataOffset = 8 + lengthBytes + length
    guard header.dataOffset <= range.count, length <= 1 << 16 else {
      throw NumpyFault("the npy header of \(length) bytes does not fit into the file")
    }
    let start = range.lowerBound + 8 + lengthBytes
    var literal = PythonLiteral(Array(source.string(start..<start + length).utf8))
    try literal.parse(into: &header)
    return header
  }
}

/// What is wrong with an array; the caller adds the path and the archive member.
struct NumpyFault: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// Reads the dictionary of an npy header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
private struct PythonLiteral {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func skipBlanks() { while next == 0x20 || next == 0x0A { at += 1 } }

  private mutating func take(_ letter: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: letter) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ letter: Unicode.Scalar) throws(NumpyFault) {
    guard take(letter) else { throw NumpyFault("expected '\(letter)' in the npy header at its byte \(at)") }
  }

  private mutating func string() throws(NumpyFault) -> String {
    skipBlanks()
    let quote = next
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw NumpyFault("expected a plain element type in the npy header, found a structured one")
    }
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != quote { at += 1 }
    guard at < bytes.count else { throw NumpyFault("the npy header ends in a string") }
    at += 1
    return String(decoding: bytes[start..<at - 1], as: UTF8.self)
  }

  mutating func parse(into header: inout NumpyHeader) throws(NumpyFault) {
    var found: Set<String> = []
    try expect("{")
    while !take("}") {
      let key = try string()
      guard found.insert(key).inserted else { throw NumpyFault("the npy header has '\(key)' twice") }
      try expect(":")
      switch key {
      case "descr": try elementType(try string(), into: &header)
      case "fortran_order":
        skipBlanks()
        let word = bytes[at...].prefix { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
        at += word.count
        guard word.elementsEqual("True".utf8) || word.elementsEqual("False".utf8) else {
          throw NumpyFault("expected True or False for fortran_order in the npy header")
        }
        header.isFortranOrder = word.count == 4
      case "shape": try shape(into: &header)
      default: throw NumpyFault("expected descr, fortran_order and shape in the npy header, found '\(key)'")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    guard found.count == 3 else { throw NumpyFault("expected descr, fortran_order and shape in the npy header") }
  }

  private func elementType(_ text: String, into header: inout NumpyHeader) throws(NumpyFault) {
    let order = text.first ?? " "
    header.type = String("<>|=".contains(order) ? text.dropFirst() : text[...])
    header.isBigEndian = order == ">"
    if header.type == "?" { header.type = "b1" }
    guard NumpyHeader.types.contains(header.type) else {
      let name =
        switch header.type.first {
        case "c": "complex numbers"
        case "O": "Python objects"
        case "U", "S", "a": "strings"
        case "M", "m": "dates or times"
        default: "elements of another type"
        }
      throw NumpyFault("expected floats or integers, found \(name) ('\(text)')")
    }
  }

  private mutating func shape(into header: inout NumpyHeader) throws(NumpyFault) {
    try expect("(")
    while !take(")") {
      skipBlanks()
      let start = at
      var extent = 0
      while next &- 0x30 <= 9 {
        extent = min(extent * 10 + Int(next - 0x30), 1 << 48)
        at += 1
      }
      guard at > start else { throw NumpyFault("expected an extent in the npy header's shape") }
      header.shape.append(extent)
      if !take(",") {
        try expect(")")
        break
      }
    }
    guard header.shape.count <= JSONParser.maximumRank else {
      throw NumpyFault("expected at most \(JSONParser.maximumRank) axes, found \(header.shape.count)")
    }
  }
}
