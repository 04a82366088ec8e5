import PareEncode

/// Writes a tensor as a table: a row for each index of the first axis, the other axes in order; rank 0 and 1 one number
/// a line.
struct TableWriter {
  private let rows: Int
  private let columns: Int
  private let format: TableFormat

  init(_ shape: [Int], _ format: TableFormat) {
    rows = shape.first ?? 1
    columns = shape.dropFirst().reduce(1, *)
    self.format = format
  }

  /// Throws when the format's names are not those of a table of this shape.
  func check(_ path: String) throws(SourceError) {
    if let names = format.rowNames, names.count != rows {
      throw SourceError("expected \(rows) row names, found \(names.count)", path: path)
    }
    if let names = format.header, names.count != columns {
      throw SourceError("expected \(columns) names in the header, found \(names.count)", path: path)
    }
    for name in (format.rowNames ?? []) + (format.header ?? []) + [format.corner ?? ""]
    where name.utf8.contains(0x0A) || name.utf8.contains(0x0D) {
      throw SourceError("expected a name of one line, found \(name.debugDescription)", path: path)
    }
  }

  func write<Sink: ByteSink>(_ floats: FloatBuffer, to output: inout BufferedSink<Sink>) throws {
    let separator = String(format.separator)
    if format.wordVectors == .word2vec { output.append("\(rows) \(columns)\n") }
    if let header = format.header {
      let names = (format.rowNames == nil ? [] : format.corner.map { [$0] } ?? []) + header
      output.append(names.map { quoted($0, isHeader: true) }.joined(separator: separator) + "\n")
    }
    for row in 0..<rows {
      if let name = format.rowNames?[row] {
        output.append(format.wordVectors == nil ? quoted(name, isHeader: false) : name)
        output.append(separator)
      }
      for column in 0..<columns {
        if column > 0 { output.append(separator) }
        FloatText.append(floats.span[row * columns + column], to: &output.bytes, .table)
        try output.flushIfFull()
      }
      output.append("\n")
    }
  }

  /// A name in quotes where it would be read as something else without them.
  private func quoted(_ name: String, isHeader: Bool) -> String {
    // At the start of a file a bracket or a brace would be JSON's.
    let needsQuotes =
      " [{".utf8.contains(name.utf8.first ?? 0) || name.utf8.last == 0x20 || (name.isEmpty && format.separator == " ")
      || name.utf8.contains { byte in
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") || byte < 0x20
          || ",;".utf8.contains(byte) || (byte == 0x20 && format.separator == " ")
      } || (isHeader && format.corner == nil && format.rowNames != nil)
    guard needsQuotes else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
