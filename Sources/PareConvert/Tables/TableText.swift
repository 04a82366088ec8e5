/// A text of lines, and its cells where a line is taken apart with care: the header, row names, and the first rows.
struct TableText {
  let source: SourceBytes

  /// The bytes of one line without its end, and its number from 1.
  struct Line {
    var range: Range<Int>
    var number: Int
  }

  /// One cell: its text without quotes, and its place.
  struct Cell {
    var text: String
    var start: Int
    var isQuoted: Bool
  }

  /// The line that begins at `offset`, and where the next one begins; nil at the end.
  func line(at offset: Int, number: Int) -> (Line, next: Int)? {
    guard offset < source.count else { return nil }
    var end = offset
    while end < source.count, source[end] != 0x0A { end += 1 }
    let next = min(end + 1, source.count)
    if end > offset, source[end - 1] == 0x0D { end -= 1 }
    return (Line(range: offset..<end, number: number), next)
  }

  /// The first offset in the range that is neither a blank nor a tab.
  func skipBlanks(_ range: Range<Int>) -> Int {
    var at = range.lowerBound
    while at < range.upperBound, source[at] == 0x20 || source[at] == 0x09 { at += 1 }
    return at
  }

  /// Whether a line holds nothing to read: blanks, or a comment.
  func isBlankOrComment(_ line: Line) -> Bool {
    let at = skipBlanks(line.range)
    return at == line.range.upperBound || source[at] == UInt8(ascii: "#")
  }

  /// The ranges between runs of blanks and tabs.
  func blankFields(_ range: Range<Int>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var at = skipBlanks(range)
    while at < range.upperBound {
      let start = at
      while at < range.upperBound, source[at] != 0x20, source[at] != 0x09 { at += 1 }
      fields.append(start..<at)
      at = skipBlanks(at..<range.upperBound)
    }
    return fields
  }

  /// Whether the bytes of the range are one number.
  func isNumber(_ range: Range<Int>) -> Bool {
    switch NumberText.read(source, at: range.lowerBound, limit: range.upperBound, .table) {
    case .value(_, let end), .outOfRange(let end): end == range.upperBound
    case .malformed: false
    }
  }

  /// Whether the bytes of the range are written as a number is elsewhere.
  func looksLikeNumber(_ range: Range<Int>) -> Bool { NumberText.looksLikeNumber(source.string(range).utf8) }

  func error(_ message: String, _ line: Line, at offset: Int) -> SourceError {
    SourceError(message, path: source.path, line: line.number, column: offset - lineStart(line) + 1)
  }

  /// A byte-order mark is no column.
  func lineStart(_ line: Line) -> Int { line.range.lowerBound }

  /// The cells of a line. `separator` is a byte, or a blank for runs of blanks and tabs; nil for a single column.
  func cells(_ line: Line, separator: UInt8?) throws(SourceError) -> [Cell] {
    var cells: [Cell] = []
    var at = line.range.lowerBound
    let end = line.range.upperBound
    while true {
      let (cell, next) = try cell(line, from: at, separator: separator)
      cells.append(cell)
      at = next
      if separator == 0x20 {
        at = skipBlanks(at..<end)
        if at >= end || source[at] == UInt8(ascii: "#") { return cells }
      } else {
        guard at < end, let separator, source[at] == separator else { return cells }
        at += 1
      }
    }
  }

  /// The cell from `start` on and the offset behind it, at a separator or the line's end.
  func cell(_ line: Line, from start: Int, separator: UInt8?) throws(SourceError) -> (Cell, next: Int) {
    let end = line.range.upperBound
    var at = start
    while at < end, source[at] == 0x20 || (source[at] == 0x09 && separator != 0x09) { at += 1 }
    let cellStart = at
    if at < end, source[at] == UInt8(ascii: "\"") {
      var text: [UInt8] = []
      at += 1
      while true {
        guard at < end else { throw error("expected the closing quote in this line", line, at: cellStart) }
        if source[at] == UInt8(ascii: "\"") {
          at += 1
          guard at < end, source[at] == UInt8(ascii: "\"") else { break }
        }
        text.append(source[at])
        at += 1
      }
      guard let string = String(validating: text, as: UTF8.self), !text.contains(0x0D) else {
        throw error("expected UTF-8 text of one line", line, at: cellStart)
      }
      while at < end, source[at] == 0x20 || (source[at] == 0x09 && separator != 0x09) { at += 1 }
      let isEnd = at >= end || separator == 0x20 || source[at] == separator || source[at] == UInt8(ascii: "#")
      guard isEnd else { throw error("expected a separator behind the closing quote", line, at: at) }
      if at < end, source[at] == UInt8(ascii: "#") { at = end }
      return (Cell(text: string, start: cellStart, isQuoted: true), at)
    }
    func isSeparator(_ byte: UInt8) -> Bool {
      separator == 0x20 ? byte == 0x20 || byte == 0x09 : separator.map { $0 == byte } ?? false
    }
    while at < end, !isSeparator(source[at]) {
      // A comment begins behind a blank, so that a name like "C#" is none.
      if source[at] == UInt8(ascii: "#"), at > cellStart, source[at - 1] == 0x20 || source[at - 1] == 0x09 { break }
      at += 1
    }
    var textEnd = at
    if at < end, !isSeparator(source[at]) { at = end }
    while textEnd > cellStart, source[textEnd - 1] == 0x20 || source[textEnd - 1] == 0x09 { textEnd -= 1 }
    guard let string = source.validString(cellStart..<textEnd), !string.utf8.contains(0x0D) else {
      throw error("expected UTF-8 text of one line", line, at: cellStart)
    }
    return (Cell(text: string, start: cellStart, isQuoted: false), at)
  }
}

extension TableText.Cell {
  /// Whether the text is one number in a table's grammar.
  var isNumber: Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, first != 0x20 else { return false }
    let source = SourceBytes(copying: bytes, path: "")
    return TableText(source: source).isNumber(0..<bytes.count)
  }

  /// Whether the text is written as a number is elsewhere.
  var looksLikeNumber: Bool { NumberText.looksLikeNumber(text.utf8) }

  /// Whether the text is a number with a comma for the point.
  var hasDecimalComma: Bool {
    text.utf8.filter { $0 == UInt8(ascii: ",") }.count == 1 && text.utf8.first != UInt8(ascii: ",")
      && text.utf8.last != UInt8(ascii: ",")
      && text.utf8.allSatisfy { $0 &- 0x30 <= 9 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "-") }
  }

  /// Whether the text is digits only, as in a column's number.
  var isPlainInteger: Bool { !text.isEmpty && text.utf8.allSatisfy { $0 &- 0x30 <= 9 } }
}
