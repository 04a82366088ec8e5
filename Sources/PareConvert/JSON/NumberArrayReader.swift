import PareEncode

/// Reads one nested list of numbers in a single pass; the first row at each level sets the extent of the others.
struct NumberArrayReader {
  let rank: Int
  var areStrings = false
  var values = FloatBuffer()

  /// The extents, outermost first; nil until the first list of that level has ended.
  private(set) var extents: [Int?]

  /// After an error: the element is the first of a later part, and of another rank than the first part.
  private(set) var isListOfArrays = false

  /// After an error: a string is no number.
  private(set) var isText = false

  /// The index at each level of the element being read.
  private var indices: [Int]

  init(rank: Int) {
    self.rank = rank
    extents = Array(repeating: nil, count: rank)
    indices = Array(repeating: 0, count: rank)
  }

  /// Parses the list at the parser's offset.
  mutating func parse(_ parser: inout JSONParser) throws(SourceError) {
    guard rank <= JSONParser.maximumRank else {
      throw parser.error("expected at most \(JSONParser.maximumRank) axes, found \(rank)")
    }
    try parseLevel(0, &parser)
  }

  private mutating func parseLevel(_ level: Int, _ parser: inout JSONParser) throws(SourceError) {
    guard parser.source[parser.offset] == UInt8(ascii: "[") else {
      noteRankChange(level)
      throw parser.unexpected("a list of numbers, as before")
    }
    let start = parser.position
    parser.offset += 1
    var count = 0
    if level == rank - 1 {
      count = areStrings ? try parseStringRow(&parser) : try parseRow(&parser)
    } else {
      while true {
        indices[level] = count
        parser.skipBlanks()
        try parseLevel(level + 1, &parser)
        count += 1
        parser.skipBlanks()
        if parser.source[parser.offset] == UInt8(ascii: "]") { break }
        guard parser.source[parser.offset] == UInt8(ascii: ",") else { throw parser.unexpected("',' or ']'") }
        parser.offset += 1
      }
      parser.offset += 1
    }
    guard let extent = extents[level] else {
      extents[level] = count
      return
    }
    guard count == extent else {
      let what = level == rank - 1 ? "numbers in this row" : "rows in this list"
      throw parser.error("expected \(extent) \(what) as in the first, found \(count)", at: start)
    }
  }

  /// Reads the numbers of one row and its closing bracket; the opening one is behind the offset.
  private mutating func parseRow(_ parser: inout JSONParser) throws(SourceError) -> Int {
    let source = parser.source
    // The pointer is the source's, which the parser keeps alive; `safeEnd` leaves room for what `scan` reads.
    let base = unsafe source.base
    let safeEnd = source.count - FloatScanner.readAhead
    let scanner = FloatScanner.shared
    var floats = StagedFloats(values)
    defer { floats.flush() }
    var count = 0
    var at = parser.offset
    var isBehindNumber = false
    while true {
      // The usual spelling: a number, a comma, at most one blank.
      while at <= safeEnd {
        let (value, end) = unsafe scanner.scan(base, at)
        guard end != at, unsafe base[end] == UInt8(ascii: ",") else { break }
        floats.append(value)
        count &+= 1
        at = end &+ (unsafe base[end &+ 1] == 0x20 ? 2 : 1)
      }
      // The row's last number, and one with other blanks around it.
      if at <= safeEnd {
        let (value, end) = unsafe scanner.scan(base, at)
        if end != at {
          floats.append(value)
          count &+= 1
          at = end
          isBehindNumber = true
        }
      }
      // More blanks and line ends, the end of the row, and other spellings.
      parser.offset = at
      parser.skipBlanks()
      if isBehindNumber {
        if source[parser.offset] == UInt8(ascii: "]") { break }
        guard source[parser.offset] == UInt8(ascii: ",") else {
          let isNumber = parser.offset == at && parser.isWordByte(source[at])
          throw parser.unexpected(isNumber ? "the end of the number" : "',' or ']'")
        }
        parser.offset += 1
        isBehindNumber = false
      } else if parser.offset == at {
        floats.append(try parseNumber(&parser, isFirst: count == 0))
        count += 1
        isBehindNumber = true
      }
      at = parser.offset
    }
    parser.offset += 1
    return count
  }

  /// One number in the general way, or the reason why there is none.
  @inline(never)
  private mutating func parseNumber(_ parser: inout JSONParser, isFirst: Bool) throws(SourceError) -> Float {
    let source = parser.source
    if isFirst, source[parser.offset] == UInt8(ascii: "[") {
      noteRankChange(rank)
      throw parser.unexpected("a number, as before")
    }
    switch NumberText.read(source, at: parser.offset, limit: source.count, .json) {
    case .value(let value, let end):
      if parser.isWordByte(source[end]) {
        parser.offset = end
        throw parser.unexpected("the end of the number")
      }
      parser.offset = end
      return value
    case .outOfRange(let end): throw outOfRange(parser, parser.offset..<end)
    case .malformed(let at, let expected):
      if source.has("null", at: parser.offset) { throw parser.error("expected a number, found null") }
      parser.offset = at
      throw parser.unexpected(expected)
    }
  }

  private func outOfRange(_ parser: JSONParser, _ range: Range<Int>) -> SourceError {
    parser.error(
      "expected a number that a 32-bit float holds (at most 3.4028235e38), found "
        + parser.source.string(range.prefix(40)))
  }

  /// As `parseRow`, for numbers in quotes.
  private mutating func parseStringRow(_ parser: inout JSONParser) throws(SourceError) -> Int {
    let source = parser.source
    var count = 0
    while true {
      parser.skipBlanks()
      let start = parser.offset
      if count == 0, source[start] == UInt8(ascii: "[") { throw parser.unexpected("a number in quotes, as before") }
      guard source[start] == UInt8(ascii: "\"") else { throw parser.unexpected("a number in quotes, as before") }
      switch NumberText.read(source, at: start + 1, limit: source.count, .table) {
      case .value(let value, let end) where source[end] == UInt8(ascii: "\""):
        values.append(value)
        parser.offset = end + 1
      case .outOfRange(let end) where source[end] == UInt8(ascii: "\""):
        throw outOfRange(parser, start + 1..<end)
      default:
        isText = true
        throw parser.error("expected a number in quotes, as before")
      }
      count += 1
      parser.skipBlanks()
      if source[parser.offset] == UInt8(ascii: "]") { break }
      guard source[parser.offset] == UInt8(ascii: ",") else { throw parser.unexpected("',' or ']'") }
      parser.offset += 1
    }
    parser.offset += 1
    return count
  }

  /// The part that starts here has another rank when it is a later one and this is its first element.
  private mutating func noteRankChange(_ level: Int) {
    isListOfArrays = level > 1 && indices[0] > 0 && indices[1..<level].allSatisfy { $0 == 0 }
  }
}

extension Range<Int> {
  fileprivate func prefix(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}
