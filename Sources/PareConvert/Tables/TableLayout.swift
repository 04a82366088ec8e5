/// How a table is written, found from its first lines.
struct TableLayout {
  /// A byte; a blank stands for runs of blanks and tabs; nil for a single column.
  var separator: UInt8?

  /// The columns' names without the corner's.
  var header: [String]?
  var corner: String?
  var hasRowNames = false

  /// The cells of a row, its name not counted.
  var columns = 0

  /// Where the first row of numbers begins.
  var dataStart = 0
  var dataLine = 1

  /// Finds the layout. Throws when there is no row of numbers.
  static func find(_ text: TableText, from offset: Int) throws(SourceError) -> TableLayout {
    var layout = TableLayout()
    var lines: [(line: TableText.Line, start: Int)] = []
    var at = offset
    var number = 1
    while lines.count < 16, at - offset < 1 << 20 || lines.count < 2,
      let (line, next) = text.line(at: at, number: number)
    {
      if !text.isBlankOrComment(line) { lines.append((line, at)) }
      at = next
      number += 1
    }
    guard let first = lines.first else {
      throw SourceError("this table has no rows; expected rows of numbers", path: text.source.path)
    }
    layout.separator = separator(text, lines.map(\.line))
    let top = try text.cells(first.line, separator: layout.separator)
    let second = lines.count > 1 ? try text.cells(lines[1].line, separator: layout.separator) : nil
    if layout.separator != UInt8(ascii: ",") {
      for (row, line) in [(top, first.line)] + (second.map { [($0, lines[1].line)] } ?? []) {
        for cell in row where cell.hasDecimalComma {
          throw text.error(
            "expected a number, found '\(cell.text)' (a decimal comma; expected a point)", line, at: cell.start)
        }
      }
    }
    if let cell = top.first, !cell.isQuoted, !cell.isNumber, cell.looksLikeNumber {
      throw text.error(
        "expected a number, or in quotes a name; found '\(cell.text.prefix(40))'", first.line, at: cell.start)
    }
    let isShort = second.map { $0.count == top.count + 1 && top.contains { $0.isQuoted || !$0.isNumber } } ?? false
    guard isShort || isHeader(top, second) else {
      layout.hasRowNames = hasRowNames(top)
      layout.columns = top.count - (layout.hasRowNames ? 1 : 0)
      (layout.dataStart, layout.dataLine) = (first.start, first.line.number)
      return layout
    }
    guard let second else {
      throw text.error(
        "expected a row of numbers behind the header, found the end of the text", first.line,
        at: first.line.range.upperBound)
    }
    (layout.dataStart, layout.dataLine) = (lines[1].start, lines[1].line.number)
    layout.header = top.map(\.text)
    layout.hasRowNames = isShort || top[0].text.isEmpty || hasRowNames(second)
    if layout.hasRowNames, !isShort { layout.corner = layout.header?.removeFirst() }
    layout.columns = top.count - (layout.corner == nil ? 0 : 1)
    return layout
  }

  /// A first cell that is no number is its row's name, when another cell follows.
  private static func hasRowNames(_ row: [TableText.Cell]) -> Bool {
    row.count > 1 && !row[0].text.isEmpty && !row[0].isNumber
  }

  /// Whether the first row names the columns rather than being one with a name or a mistake in it: it has a text, and
  /// its numbers, if any, are plain ones (`id,2019,2020`).
  private static func isHeader(_ top: [TableText.Cell], _ second: [TableText.Cell]?) -> Bool {
    if top.count == 1 { return !top[0].isNumber }
    guard !top[0].isNumber else { return false }
    let rest = top.dropFirst()
    let numbers = rest.filter(\.isNumber)
    guard numbers.allSatisfy(\.isPlainInteger), !rest.contains(where: \.text.isEmpty) else { return false }
    if numbers.count < rest.count { return true }
    // Numbers only behind the first cell: a header above row names without a name, or above a column of numbers.
    return top[0].text.isEmpty || (second.map { $0[0].isNumber } ?? false)
  }

  /// The first of tab, semicolon, comma that each line has equally often outside quotes (a header may have one less);
  /// else the first that any line has; else blanks, else none.
  private static func separator(_ text: TableText, _ lines: [TableText.Line]) -> UInt8? {
    let candidates: [UInt8] = [0x09, UInt8(ascii: ";"), UInt8(ascii: ",")]
    let counts = lines.map { count(text, $0, candidates) }
    // The second time, the first line may have one less.
    for missing in 0...1 {
      for candidate in candidates.indices {
        let own = counts.map { $0[candidate] }
        guard let last = own.last, last > 0, own[0] == last - missing, own.dropFirst().allSatisfy({ $0 == last })
        else { continue }
        // Blanks between numbers, and a tab among them.
        let isBlank = zip(lines, own).contains { line, tabs in
          let fields = text.blankFields(line.range)
          return fields.count > tabs + 1 && fields.allSatisfy(text.isNumber)
        }
        return candidates[candidate] == 0x09 && isBlank ? 0x20 : candidates[candidate]
      }
    }
    for candidate in candidates.indices where counts.contains(where: { $0[candidate] > 0 }) {
      return candidates[candidate]
    }
    return lines.contains { text.blankFields($0.range).count > 1 } ? 0x20 : nil
  }

  private static func count(_ text: TableText, _ line: TableText.Line, _ candidates: [UInt8]) -> [Int] {
    var counts = Array(repeating: 0, count: candidates.count)
    var isQuoted = false
    var at = text.skipBlanks(line.range)
    // A tab before the first cell or behind the last one is a separator too.
    if candidates.contains(0x09) { at = line.range.lowerBound }
    while at < line.range.upperBound {
      let byte = text.source[at]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, byte == UInt8(ascii: "#"), at > line.range.lowerBound, text.source[at - 1] == 0x20 { break }
      if !isQuoted, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
      at += 1
    }
    return counts
  }
}
