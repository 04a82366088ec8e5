/// Rows under headings that fit the width of a terminal.
///
/// The first column, a name, is shortened in its middle to make room; then columns with the highest `drop` move to a note
/// below their row. Every row may be followed by notes of its own, which are wrapped; where names became the same by
/// shortening, the whole name is the first one.
struct Table {
  struct Column {
    let title: String
    var isRight = false
    /// Columns with a higher number move first; 0 stays.
    var drop = 0
  }

  let columns: [Column]
  private var rows: [(cells: [String], notes: [String])] = []

  /// The least width that the name is shortened to before a column leaves.
  private static let leastNameWidth = 12
  private static let gap = 2

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row. Precondition: a cell for each column.
  mutating func add(_ cells: [String], notes: [String] = []) {
    precondition(cells.count == columns.count)
    rows.append((cells, notes))
  }

  /// The lines, each ended by a newline and at most `width` columns long, notes with longer words aside. Without
  /// `shortensNames` the same columns are shown, and names are whole, whatever the width.
  func text(width: Int, shortensNames: Bool) -> String {
    var shown = Array(columns.indices)
    var widths = columns.indices.map { index in
      rows.map { PareCommands.columns(of: $0.cells[index]) }.reduce(PareCommands.columns(of: columns[index].title), max)
    }
    func total() -> Int { shown.map { widths[$0] }.reduce(0, +) + Self.gap * (shown.count - 1) }
    while total() > width {
      let excess = total() - width
      let room = widths[0] - Self.leastNameWidth
      if room >= excess {
        widths[0] -= excess
      } else if let leaving = shown.filter({ columns[$0].drop > 0 }).max(by: { columns[$0].drop < columns[$1].drop }) {
        shown.removeAll { $0 == leaving }
      } else {
        widths[0] = max(1, widths[0] - excess)
        break
      }
    }
    var width = width
    let noteWidth = width
    if !shortensNames {
      widths[0] = rows.map { PareCommands.columns(of: $0.cells[0]) }.reduce(widths[0], max)
      width = max(width, total())
    }
    let names = Dictionary(grouping: rows.map { $0.cells[0] }) { shortened($0, to: widths[0]) }
    var text = line(columns.map(\.title), shown, widths, width)
    for row in rows {
      text += line(row.cells, shown, widths, width)
      let name = row.cells[0]
      let isAmbiguous = names[shortened(name, to: widths[0])]?.contains { $0 != name } ?? false
      if isAmbiguous { text += wrapped("  " + name, width: noteWidth, indent: 4) }
      let moved = columns.indices.filter { !shown.contains($0) && row.cells[$0] != "-" }
      let note = moved.map { "\(columns[$0].title) \(row.cells[$0])" }.joined(separator: ", ")
      for note in (note.isEmpty ? [] : [note]) + row.notes { text += wrapped("  " + note, width: noteWidth, indent: 4) }
    }
    return text
  }

  private func line(_ cells: [String], _ shown: [Int], _ widths: [Int], _ width: Int) -> String {
    let parts = shown.map { index in
      padded(shortened(cells[index], to: widths[index]), to: widths[index], isRight: columns[index].isRight)
    }
    let text = parts.joined(separator: String(repeating: " ", count: Self.gap))
    return clipped(withoutBlanksAtEnd(text), to: width) + "\n"
  }
}
