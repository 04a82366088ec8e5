import PareEncode

/// Reads word vectors: each line a word and its numbers, as GloVe and word2vec write them.
///
/// Words may be punctuation, quotes, fragments with `#`, and hold blanks: a word is what stands before the last
/// `dimensions` fields of its line.
struct WordVectorReader {
  private let text: TableText
  private let format: TableFormat.WordVectors
  private let dimensions: Int
  private let separator: UInt8

  /// Of a word2vec header: the number of words.
  private let count: Int?
  private let start: Int

  /// Nil when the first lines are not of this layout: equally many fields between blanks, of which all but the first
  /// are numbers. Below a header that fits, words may be numbers; without one most are none, and words in quotes are a
  /// table's row names instead.
  init?(_ text: TableText, from offset: Int) {
    self.text = text
    var at = offset
    var number = 1
    var header: [Int]?
    var dataStart = offset
    var fields = 0
    var lines = 0
    var words = 0
    var quoted = 0
    while lines < 64, at - offset < 1 << 20 || lines < 2, let (line, next) = text.line(at: at, number: number) {
      let found = text.blankFields(line.range)
      if number == 1, found.count == 2, found.allSatisfy({ Int(text.source.string($0)) != nil }) {
        header = found.compactMap { Int(text.source.string($0)) }
        dataStart = next
      } else if !found.isEmpty {
        if lines == 0 { fields = found.count }
        guard found.count == fields, fields > 2, found.dropFirst().allSatisfy(text.isNumber) else { return nil }
        lines += 1
        if !text.isNumber(found[0]), !text.looksLikeNumber(found[0]) { words += 1 }
        let first = text.source[found[0].lowerBound]
        if found[0].count > 1, first == UInt8(ascii: "\""), text.source[found[0].upperBound - 1] == first {
          quoted += 1
        }
      }
      at = next
      number += 1
    }
    if let header {
      // A table of numbers whose first row is short has a header that fits by chance at most.
      let isCount = at < text.source.count ? header[0] > lines : header[0] == lines
      guard lines > 0, header[1] == fields - 1, words > 0 || isCount else { return nil }
      format = .word2vec
      count = header[0]
    } else {
      guard lines > 1, words * 2 > lines, quoted < words else { return nil }
      format = .glove
      count = nil
    }
    let firstRow = text.line(at: dataStart, number: 1)?.0.range ?? 0..<0
    separator = text.source.string(firstRow).utf8.contains(0x09) ? 0x09 : 0x20
    dimensions = fields - 1
    start = dataStart
  }

  /// Reads all lines.
  func read(name: SourceName) throws(SourceError) -> SourceModel {
    let source = text.source
    let values = FloatBuffer()
    var words: [String] = []
    var row: [Float] = Array(repeating: 0, count: dimensions)
    var at = start
    var number = format == .word2vec ? 2 : 1
    let firstLine = number
    while let (line, next) = text.line(at: at, number: number) {
      if text.skipBlanks(line.range) < line.range.upperBound {
        let word = if let usual = readRow(line, &row) { usual } else { try readCarefully(line, &row) }
        guard let name = source.validString(word), !name.utf8.contains(0x0D) else {
          throw text.error("expected a word in UTF-8 of one line", line, at: word.lowerBound)
        }
        words.append(name)
        for value in row { values.append(value) }
      }
      at = next
      number += 1
    }
    if let count, count != words.count {
      throw SourceError(
        "expected \(count) words as the first line says, found \(words.count)", path: source.path, line: number,
        column: 1)
    }
    let format = TableFormat(
      TensorReference(index: 0), fileExtension: name.fileExtension,
      separator: Character(Unicode.Scalar(separator)), rowNames: words, wordVectors: format)
    return SourceModel(
      tensors: [FloatTensor(name: name.stem, shape: [words.count, dimensions], values: values)],
      document: .array([format.document]),
      origins: [SourceOrigin(path: source.path, line: firstLine, column: 1)], kind: .tables)
  }

  /// A word without blanks and numbers in the usual spelling; nil where the line is something else.
  private func readRow(_ line: TableText.Line, _ row: inout [Float]) -> Range<Int>? {
    let source = text.source
    let end = line.range.upperBound
    var at = line.range.lowerBound
    while at < end, source[at] != 0x20, source[at] != 0x09 { at += 1 }
    let word = line.range.lowerBound..<at
    // The pointer is the source's, which `text` keeps alive; `safeEnd` leaves room for what `scan` reads.
    let base = unsafe source.base
    let safeEnd = source.count - FloatScanner.readAhead
    let scanner = FloatScanner.shared
    for column in row.indices {
      let before = at
      while source[at] == 0x20 || source[at] == 0x09 { at += 1 }
      guard at > before, at <= safeEnd else { return nil }
      let (value, next) = unsafe scanner.scan(base, at)
      guard next != at, source[next] <= 0x20 else { return nil }
      row[column] = value
      at = next
    }
    return text.skipBlanks(at..<max(at, end)) == end ? word : nil
  }

  /// The last fields as numbers, and what stands before them as the word.
  private func readCarefully(_ line: TableText.Line, _ row: inout [Float]) throws(SourceError) -> Range<Int> {
    let fields = text.blankFields(line.range)
    let isEmptyWord = fields.count == dimensions && fields[0].lowerBound > line.range.lowerBound
    guard fields.count > dimensions || isEmptyWord else {
      throw text.error(
        "expected a word and \(dimensions) numbers as in the first line, found \(fields.count) fields", line,
        at: line.range.lowerBound)
    }
    let numbers = fields.suffix(dimensions)
    for (column, field) in numbers.enumerated() {
      switch NumberText.read(text.source, at: field.lowerBound, limit: field.upperBound, .table) {
      case .value(let value, let end) where end == field.upperBound: row[column] = value
      case .outOfRange:
        throw text.error(
          "expected a number that a 32-bit float holds (at most 3.4028235e38), found \(text.source.string(field).prefix(40))",
          line, at: field.lowerBound)
      default:
        throw text.error(
          "expected a number, found '\(text.source.string(field).prefix(40))'", line, at: field.lowerBound)
      }
    }
    if isEmptyWord { return line.range.lowerBound..<line.range.lowerBound }
    return line.range.lowerBound..<fields[fields.count - dimensions - 1].upperBound
  }
}
