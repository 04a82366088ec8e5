import PareEncode

/// Reads a table of numbers: one matrix, or a vector where it has one column.
struct TableReader {
  private let text: TableText
  private let layout: TableLayout
  private let values = FloatBuffer()
  private var rowNames: [String] = []
  private var rows = 0

  /// Reads the text in `source`: word vectors where its lines look like it, else a table.
  static func read(_ source: SourceBytes, name: SourceName) throws(SourceError) -> SourceModel {
    let text = TableText(source: source)
    let start = source.has("\u{FEFF}", at: 0) ? 3 : 0
    if let vectors = WordVectorReader(text, from: start) { return try vectors.read(name: name) }
    var reader = TableReader(text, try TableLayout.find(text, from: start))
    guard reader.layout.columns > 0 else {
      throw SourceError(
        "expected rows of numbers, found none", path: source.path, line: reader.layout.dataLine, column: 1)
    }
    try reader.readRows()
    let layout = reader.layout
    let format = TableFormat(
      TensorReference(index: 0), fileExtension: name.fileExtension,
      separator: Character(Unicode.Scalar(layout.separator ?? UInt8(ascii: ","))), header: layout.header,
      rowNames: layout.hasRowNames ? reader.rowNames : nil, corner: layout.corner)
    let shape = layout.columns == 1 ? [reader.rows] : [reader.rows, layout.columns]
    return SourceModel(
      tensors: [FloatTensor(name: name.stem, shape: shape, values: reader.values)],
      document: .array([format.document]),
      origins: [SourceOrigin(path: source.path, line: layout.dataLine, column: 1)], kind: .tables)
  }

  private init(_ text: TableText, _ layout: TableLayout) {
    self.text = text
    self.layout = layout
  }

  private mutating func readRows() throws(SourceError) {
    let source = text.source
    var floats = StagedFloats(values)
    defer { floats.flush() }
    var at = layout.dataStart
    var number = layout.dataLine
    while at < source.count {
      let start = at
      if try readRow(&at, number, &floats) { rows += 1 }
      // `readRow` ends at a line's end, or has not begun and the line is to be skipped.
      if at == start || !isLineEnd(at) {
        while at < source.count, source[at] != 0x0A { at += 1 }
      }
      if source[at] == 0x0D { at += 1 }
      at += 1
      number += 1
    }
  }

  @inline(__always)
  private func isLineEnd(_ at: Int) -> Bool {
    let source = text.source
    return at >= source.count || source[at] == 0x0A
      || (source[at] == 0x0D && (source[at + 1] == 0x0A || at + 1 >= source.count))
  }

  /// The first offset from `at` on that is no blank between cells.
  private func skip(_ at: Int) -> Int {
    let source = text.source
    var at = at
    if layout.separator == 0x09 {
      while source[at] == 0x20 { at &+= 1 }
    } else {
      while source[at] == 0x20 || source[at] == 0x09 { at &+= 1 }
    }
    return at
  }

  /// Reads the row at `at`; false when the line is blank or a comment. Leaves `at` behind the row's last cell.
  private mutating func readRow(
    _ at: inout Int, _ number: Int, _ floats: inout StagedFloats
  ) throws(SourceError) -> Bool {
    let source = text.source
    let lineStart = at
    var first = at
    while source[first] == 0x20 || source[first] == 0x09 { first &+= 1 }
    if isLineEnd(first) || source[first] == UInt8(ascii: "#") { return false }
    if layout.hasRowNames {
      let line = line(lineStart, number)
      let (cell, next) = try text.cell(line, from: at, separator: layout.separator)
      try requireRowName(cell, line)
      rowNames.append(cell.text)
      at = next
      if layout.separator != 0x20 {
        guard source[at] == layout.separator else { throw ragged(line, at: at) }
        at += 1
      }
    }
    // The pointer is the source's, which `text` keeps alive; `safeEnd` leaves room for what `scan` reads.
    let base = unsafe source.base
    let safeEnd = source.count - FloatScanner.readAhead
    let scanner = FloatScanner.shared
    let separator = layout.separator
    let columns = layout.columns
    var column = 0
    while true {
      // The usual spelling: a number, and the separator or the line's end behind it.
      if let separator, separator != 0x20 {
        while at <= safeEnd {
          let (value, end) = unsafe scanner.scan(base, at)
          guard end != at, column &+ 1 < columns, unsafe base[end] == separator else { break }
          floats.append(value)
          column &+= 1
          at = end &+ 1
        }
      }
      if source[at] == 0x20 || source[at] == 0x09 { at = skip(at) }
      var end = at
      if at <= safeEnd {
        let (value, next) = unsafe scanner.scan(base, at)
        if next != at, isCellEnd(source[next]) {
          floats.append(value)
          end = next
        }
      }
      if end == at {
        let (value, next) = try readCell(at, column: column, lineStart, number)
        floats.append(value)
        end = next
      }
      at = end
      column &+= 1
      if source[at] == 0x20 || source[at] == 0x09 { at = skip(at) }
      if column == columns { break }
      if separator == 0x20 { continue }
      guard source[at] == separator else { throw ragged(line(lineStart, number), at: at) }
      at &+= 1
    }
    guard isLineEnd(at) || source[at] == UInt8(ascii: "#") else { throw ragged(line(lineStart, number), at: at) }
    return true
  }

  /// Below a header without a corner (an index, as pandas and R write one) anything is a row's name; elsewhere names were
  /// recognized by being no numbers, and a number or nothing among them is a mistake.
  private func requireRowName(_ cell: TableText.Cell, _ line: TableText.Line) throws(SourceError) {
    if layout.header != nil, layout.corner?.isEmpty ?? true { return }
    guard cell.text.isEmpty || (cell.isNumber && !cell.isQuoted) else { return }
    let found = cell.text.isEmpty ? "an empty cell" : "the number \(cell.text)"
    throw text.error("expected a row name as in the first row, found \(found)", line, at: cell.start)
  }

  /// Whether a number may end before this byte.
  @inline(__always)
  private func isCellEnd(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == layout.separator }

  private func line(_ start: Int, _ number: Int) -> TableText.Line {
    guard let (line, _) = text.line(at: start, number: number) else {
      return TableText.Line(range: start..<start, number: number)
    }
    return line
  }

  /// A row that ends early or goes on.
  private func ragged(_ line: TableText.Line, at offset: Int) -> SourceError {
    let cells: Int
    do {
      cells = try text.cells(line, separator: layout.separator).count
    } catch {
      return error
    }
    let expected = layout.columns + (layout.hasRowNames ? 1 : 0)
    guard cells != expected else { return unexpected(line, at: offset) }
    return text.error("expected \(expected) cells in this row as in the first, found \(cells)", line, at: offset)
  }

  /// What is at a place where a number, or its end, was expected.
  private func unexpected(_ line: TableText.Line, at offset: Int) -> SourceError {
    let cell: TableText.Cell
    do {
      cell = try text.cell(line, from: offset, separator: layout.separator).0
    } catch {
      return error
    }
    if cell.text.isEmpty { return text.error("expected a number, found an empty cell", line, at: offset) }
    let hint =
      layout.separator != UInt8(ascii: ",") && cell.hasDecimalComma ? " (a decimal comma; expected a point)" : ""
    return text.error("expected a number, found '\(cell.text.prefix(40))'\(hint)", line, at: offset)
  }

  /// One cell in the general way: with quotes, another way to write a number, or the reason why there is none.
  @inline(never)
  private func readCell(
    _ start: Int, column: Int, _ lineStart: Int, _ number: Int
  ) throws(SourceError) -> (Float, end: Int) {
    let source = text.source
    let line = line(lineStart, number)
    if layout.separator == 0x20, start >= line.range.upperBound { throw ragged(line, at: start) }
    let isQuoted = source[start] == UInt8(ascii: "\"")
    var from = isQuoted ? start + 1 : start
    while isQuoted, source[from] == 0x20 { from += 1 }
    switch NumberText.read(source, at: from, limit: line.range.upperBound, .table) {
    case .outOfRange(let end):
      throw text.error(
        "expected a number that a 32-bit float holds (at most 3.4028235e38), found \(source.string(start..<min(end, start + 40)))",
        line, at: start)
    case .value(let value, var end):
      if isQuoted {
        while source[end] == 0x20 { end += 1 }
        guard source[end] == UInt8(ascii: "\"") else { throw unexpected(line, at: start) }
        return (value, end + 1)
      }
      guard end >= line.range.upperBound || isCellEnd(source[end]) else { throw unexpected(line, at: start) }
      return (value, end)
    case .malformed: throw unexpected(line, at: start)
    }
  }
}
