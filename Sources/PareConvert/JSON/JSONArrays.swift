import PareEncode

extension JSONParser {
  /// Parses the list at `offset`: one array of numbers, or a list of other things.
  mutating func parseArray(isMetadata: Bool) throws(SourceError) -> JSONNode {
    if isMetadata { return try parseList(isMetadata: true) }
    let (rank, leaf) = leadingBrackets()
    switch leaf {
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "+"), UInt8(ascii: "."):
      return try parseNumbers(rank: rank)
    case UInt8(ascii: "\""):
      let start = mark
      if let numbers = try parseNumberStrings(rank: rank) { return numbers }
      mark = start
      return try parseList(isMetadata: true)
    default: return try parseList(isMetadata: false)
    }
  }

  /// The number of brackets from `offset` to the first thing that is none, and that thing's first byte.
  func leadingBrackets() -> (rank: Int, leaf: UInt8) {
    var at = offset
    var rank = 0
    while at < source.count {
      switch source[at] {
      case UInt8(ascii: "["): rank += 1
      case 0x20, 0x09, 0x0A, 0x0D: break
      default: return (rank, source[at])
      }
      at += 1
    }
    return (rank, 0)
  }

  /// A list that is no array of numbers.
  private mutating func parseList(isMetadata: Bool) throws(SourceError) -> JSONNode {
    var number: SourcePosition?
    var null: SourcePosition?
    var emptyRow = false
    return .array(
      try parseElements { (parser: inout JSONParser) throws(SourceError) -> JSONNode in
        let position = parser.position
        let node = try parser.parseValue(isMetadata: isMetadata)
        guard !isMetadata else { return node }
        switch node {
        case .number: number = number ?? position
        case .null: null = null ?? position
        case .array(let elements): if elements.isEmpty { emptyRow = true }
        case .numbers(let index):
          if emptyRow {
            throw parser.error(
              "expected 0 numbers in this row as in one before it, found \(parser.arrays[index].shape[0])",
              at: position)
          }
        default: break
        }
        if let null, number != nil { throw parser.error("expected a number, found null", at: null) }
        return node
      })
  }

  /// A list of arrays of numbers, each a tensor of its own, whatever their shapes.
  mutating func parseArrayList(minimumRank: Int) throws(SourceError) -> JSONNode {
    let (rank, leaf) = leadingBrackets()
    guard rank > minimumRank, leaf != UInt8(ascii: "]") else { return try parseArray(isMetadata: false) }
    return .array(
      try parseElements { (parser: inout JSONParser) throws(SourceError) -> JSONNode in
        guard parser.source[parser.offset] == UInt8(ascii: "[") else {
          throw parser.unexpected("an array of numbers")
        }
        return try parser.parseArray(isMetadata: false)
      })
  }

  /// The elements of the list at `offset`.
  private mutating func parseElements(
    _ element: (inout JSONParser) throws(SourceError) -> JSONNode
  ) throws(SourceError) -> [JSONNode] {
    try enter()
    path.append(Self.element)
    defer { path.removeLast() }
    offset += 1
    var elements: [JSONNode] = []
    skipBlanks()
    if source[offset] != UInt8(ascii: "]") {
      while true {
        skipBlanks()
        elements.append(try element(&self))
        skipBlanks()
        if source[offset] == UInt8(ascii: "]") { break }
        guard source[offset] == UInt8(ascii: ",") else { throw unexpected("',' or ']'") }
        offset += 1
      }
    }
    offset += 1
    depth -= 1
    return elements
  }

  /// The array of numbers at `offset`; or, when its first two parts differ in rank, a list of arrays.
  private mutating func parseNumbers(rank: Int) throws(SourceError) -> JSONNode {
    let start = mark
    let position = position
    var reader = NumberArrayReader(rank: rank)
    do {
      try reader.parse(&self)
    } catch {
      guard reader.isListOfArrays else { throw error }
      reader.values = FloatBuffer()
      mark = start
      return try parseArrayList(minimumRank: 1)
    }
    return add(reader, at: position)
  }

  /// The array of numbers written as strings at `offset`; nil when a string in it is no number.
  private mutating func parseNumberStrings(rank: Int) throws(SourceError) -> JSONNode? {
    let start = position
    var reader = NumberArrayReader(rank: rank)
    reader.areStrings = true
    do {
      try reader.parse(&self)
    } catch {
      guard reader.isText else { throw error }
      return nil
    }
    return add(reader, at: start)
  }

  private mutating func add(_ reader: NumberArrayReader, at position: SourcePosition) -> JSONNode {
    arrays.append(
      ParsedArray(
        shape: reader.extents.map { $0 ?? 0 }, values: reader.values, position: position,
        areStrings: reader.areStrings))
    return .numbers(arrays.count - 1)
  }
}
