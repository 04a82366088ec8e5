import PareFormat

/// Prints items: offset, up to 8 bytes, name, meaning.
struct DumpPrinter {
  private let streams: Streams
  private let showsAll: Bool
  private let offsetDigits: Int
  private let failure: FormatError?

  private static let bytesPerLine = 8
  /// Long fields show this many lines at their beginning.
  private static let shownLines = 4
  private static let nameWidth = 16

  /// `failure` is shown beside the byte that it is about.
  init(_ streams: Streams, byteCount: Int, showsAll: Bool, failure: FormatError?) {
    self.streams = streams
    self.showsAll = showsAll
    self.failure = failure
    let digits = String(max(byteCount - 1, 0), radix: 16).count
    offsetDigits = max(2, (digits + 1) / 2 * 2)
  }

  func print(_ items: [DumpItem], _ bytes: Span<UInt8>) throws(CommandError) {
    var rest = items[...]
    while let item = rest.first {
      let hidden = hiddenBlocks(rest)
      if hidden.count > 1, let first = hidden.first, let last = hidden.last {
        let start = first.range.lowerBound
        try streams.print(
          line(place(start), "... \(counted(last.range.upperBound - start, "byte"))", "", Self.blocks(first, last)))
        rest = rest.dropFirst(hidden.count)
      } else {
        try print(item, bytes)
        rest = rest.dropFirst()
      }
    }
  }

  /// The fields from the next on that belong to later blocks of an entropy-coded tensor, which are only counted.
  private func hiddenBlocks(_ items: ArraySlice<DumpItem>) -> [DumpField] {
    var hidden: [DumpField] = []
    for item in items {
      guard !showsAll, case .field(let field) = item, let block = field.block, block >= Self.shownLines else { break }
      if let failure, field.range ~= failure.offset { break }
      hidden.append(field)
    }
    return hidden
  }

  private static func blocks(_ first: DumpField, _ last: DumpField) -> String {
    guard let first = first.block, let last = last.block else { return "" }
    return first == last ? "block \(first)" : "blocks \(first) to \(last)"
  }

  private func print(_ item: DumpItem, _ bytes: Span<UInt8>) throws(CommandError) {
    switch item {
    case .heading(let text): try streams.print(clipped("-- \(printable(text))", to: streams.width) + "\n")
    case .field(let field): try print(field, bytes)
    }
  }

  private func print(_ field: DumpField, _ bytes: Span<UInt8>) throws(CommandError) {
    var start = field.range.lowerBound
    var lineCount = 0
    while start < field.range.upperBound {
      if let end = endOfHidden(field.range, from: start, lineCount) {
        try streams.print(line(place(start), "... \(counted(end - start, "byte"))", "", ""))
        start = end
        lineCount = 0
        continue
      }
      let end = min(start + Self.bytesPerLine, field.range.upperBound)
      var words: [String] = []
      if start == field.range.lowerBound, !field.meaning.isEmpty { words.append(field.meaning) }
      if let values = field.values?.words(start..<end, bytes), !values.isEmpty { words.append(values) }
      var meaning = words.joined(separator: ": ")
      if let failure, start..<end ~= failure.offset {
        meaning += (meaning.isEmpty ? "" : " ") + "<==[\(failure.code)]"
      }
      let hex = (start..<end).map { offset in
        let digits = String(bytes[offset], radix: 16, uppercase: true)
        return digits.count < 2 ? "0" + digits : digits
      }
      try streams.print(
        line(
          place(start), hex.joined(separator: " "), start == field.range.lowerBound ? field.name : "",
          printable(meaning)))
      start = end
      lineCount += 1
    }
    try print(field.bits, from: field.range.lowerBound, bytes)
  }

  /// Prints what the bits of the bit string at `offset` are.
  private func print(_ items: [DumpBitsItem], from offset: Int, _ bytes: Span<UInt8>) throws(CommandError) {
    for item in items {
      switch item {
      case .line(let bits):
        try streams.print(
          line(place(offset, bit: bits.start), bits.text(bytes, from: offset), bits.name, bits.meaning))
      case .list(let noun, let elements):
        let isLong = !showsAll && elements.count > Self.shownLines + 1
        let shown = elements.prefix(isLong ? Self.shownLines : elements.count)
        for element in shown { try print(element.items, from: offset, bytes) }
        let hidden = elements.dropFirst(shown.count)
        guard let first = hidden.first?.firstBit else { continue }
        let bitCount = hidden.reduce(0) { $0 + $1.bitCount }
        try streams.print(
          line(
            place(offset, bit: first), "... \(counted(bitCount, "bit"))", "",
            counted(hidden.reduce(0) { $0 + $1.count }, noun)))
      }
    }
  }

  private func place(_ offset: Int) -> String {
    padded(hexadecimal(offset, digits: offsetDigits), to: offsetDigits + 4)
  }

  /// Bit `bit` of the bit string at `offset`: one column wider, which the bits make up for.
  private func place(_ offset: Int, bit: Int) -> String {
    hexadecimal(offset + bit / 8, digits: offsetDigits) + ".\(bit % 8) "
  }

  /// Where the bytes that are only counted end, nil when the next line is shown.
  private func endOfHidden(_ range: Range<Int>, from start: Int, _ lineCount: Int) -> Int? {
    guard !showsAll, lineCount >= Self.shownLines else { return nil }
    var end = range.upperBound
    if let failure, failure.offset >= start, failure.offset < end {
      end = failure.offset - (failure.offset - range.lowerBound) % Self.bytesPerLine
    }
    // A line that says how many bytes are left out is no shorter than one that shows 8.
    return end - start > Self.bytesPerLine ? end : nil
  }

  private func line(_ place: String, _ bytes: String, _ name: String, _ meaning: String) -> String {
    let nameColumn = offsetDigits + 5 + 3 * Self.bytesPerLine
    let prefix =
      padded(place + bytes, to: max(nameColumn, columns(of: place + bytes) + 2))
      + padded(name, to: max(Self.nameWidth, columns(of: name) + 2))
    let column = columns(of: prefix)
    guard !meaning.isEmpty else { return withoutBlanksAtEnd(prefix) + "\n" }
    // On a narrow terminal the meaning goes below.
    guard streams.width >= column + 20 else {
      return withoutBlanksAtEnd(prefix) + "\n" + wrapped("    " + meaning, width: streams.width, indent: 4)
    }
    let lines = wrapped(String(repeating: " ", count: column) + meaning, width: streams.width, indent: column)
    return prefix + lines.dropFirst(column)
  }
}
