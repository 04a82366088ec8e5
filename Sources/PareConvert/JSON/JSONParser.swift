import PareEncode

/// A recursive-descent parser of JSON text that reads arrays of numbers straight into floats.
///
/// Which arrays are numbers of a tensor and which are settings is decided by the keys around them (`JSONKeys`).
/// Recursion is bounded by `maximumDepth`.
struct JSONParser {
  static let maximumDepth = 64
  static let maximumRank = 8

  let source: SourceBytes
  var offset = 0
  var line = 1
  var lineStart = 0
  var depth = 0

  /// The arrays of numbers, in the order in which they end.
  var arrays: [ParsedArray] = []

  /// The keys of the objects around the current value, outermost first; an array counts as a nameless one.
  var path: [String] = []

  /// For a template: the tensors' names; a reference is accepted in the place of a value.
  var templateNames: [String]?

  /// Each tensor is referenced once: those that were.
  var referenced: Set<Int> = []

  init(_ source: SourceBytes) {
    self.source = source
    if source.has("\u{FEFF}", at: 0) {
      offset = 3
      lineStart = 3
    }
  }

  /// Parses one value and the end of the text behind it.
  mutating func parseDocument() throws(SourceError) -> JSONNode {
    skipBlanks()
    let root = try parseValue(isMetadata: templateNames != nil)
    skipBlanks()
    guard offset == source.count else { throw unexpected("the end of the text") }
    return root
  }

  /// Parses the value at `offset`. In metadata, arrays of numbers are settings, not tensors.
  mutating func parseValue(isMetadata: Bool) throws(SourceError) -> JSONNode {
    switch source[offset] {
    case UInt8(ascii: "{"): return try parseObject(isMetadata: isMetadata)
    case UInt8(ascii: "["): return try parseArray(isMetadata: isMetadata)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "@") where templateNames != nil && source[offset + 1] == UInt8(ascii: "["):
      return .joined(try parseJoinedReferences())
    case UInt8(ascii: "@") where templateNames != nil: return .reference(try parseReference())
    default: return try parseScalar()
    }
  }

  private mutating func parseWord(_ word: StaticString, _ node: JSONNode) throws(SourceError) -> JSONNode {
    guard source.has(word, at: offset), !isWordByte(source[offset + word.utf8CodeUnitCount]) else {
      throw unexpected("a value")
    }
    offset += word.utf8CodeUnitCount
    return node
  }

  /// A number outside an array of numbers: checked, and kept as it is written.
  private mutating func parseScalar() throws(SourceError) -> JSONNode {
    let start = offset
    let position = position
    switch NumberText.read(source, at: offset, limit: source.count, .json) {
    case .value(_, let end), .outOfRange(let end): offset = end
    case .malformed(let at, _) where at == start: throw unexpected("a value")
    case .malformed(let at, let expected):
      offset = at
      throw unexpected(expected)
    }
    guard !isWordByte(source[offset]) else { throw unexpected("the end of the number") }
    return .number(source.string(start..<offset), position)
  }

  mutating func enter() throws(SourceError) {
    guard depth < Self.maximumDepth else {
      throw error("expected at most \(Self.maximumDepth) levels of nesting")
    }
    depth += 1
  }

  // MARK: Places

  /// A place to which the parser can return to read a list in another way.
  var mark: (offset: Int, line: Int, lineStart: Int) {
    get { (offset, line, lineStart) }
    set { (offset, line, lineStart) = newValue }
  }

  var position: SourcePosition { SourcePosition(line: line, column: offset - lineStart + 1) }

  /// Passes blanks, tabs and line ends.
  @inline(__always)
  mutating func skipBlanks() {
    if source[offset] <= 0x20 { skipBlanksSlowly() }
  }

  @inline(never)
  private mutating func skipBlanksSlowly() {
    while offset < source.count {
      switch source[offset] {
      case 0x20, 0x09, 0x0D: offset += 1
      case 0x0A:
        offset += 1
        line += 1
        lineStart = offset
      default: return
      }
    }
  }

  func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == 0x2E || byte == 0x2B || byte == 0x2D || byte == 0x5F
  }

  func error(_ message: String, at position: SourcePosition? = nil) -> SourceError {
    SourceError(message, path: source.path, at: position ?? self.position)
  }

  /// What was expected at `offset`, and what is there.
  func unexpected(_ expected: String) -> SourceError { error("expected \(expected), found \(found)") }

  /// What is at `offset`, in words.
  var found: String {
    guard offset < source.count else { return "the end of the text" }
    let byte = source[offset]
    switch byte {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "a list"
    case UInt8(ascii: "\""): return "a string"
    case 0x00..<0x20, 0x7F: return "control byte 0x" + String(byte, radix: 16)
    default: break
    }
    var end = offset
    while end < source.count, end - offset < 40, isWordByte(source[end]) { end += 1 }
    if end == offset { end += byte < 0x80 ? 1 : min(4, source.count - end) }
    let text = source.string(offset..<end)
    return byte < 0x80 ? "'\(text)'" : "'\(text.first ?? "?")'"
  }
}
