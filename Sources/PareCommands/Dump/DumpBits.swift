import PareFormat

/// Fields of a bit string that stand in one line.
struct DumpBits {
  /// The first bit, counted from the first of the bit string.
  let start: Int

  /// The bits of each field.
  let widths: [Int]

  let name: String
  let meaning: String

  var bitCount: Int { widths.reduce(0, +) }

  /// The bits as they follow each other, the lowest of each byte first, with blanks between fields. `offset` is where the bit
  /// string begins.
  func text(_ bytes: Span<UInt8>, from offset: Int) -> String {
    var bit = start
    return widths.map { width in
      defer { bit += width }
      return (bit..<bit + width).map { bytes[offset + $0 / 8] >> UInt8($0 % 8) & 1 == 1 ? "1" : "0" }.joined()
    }.joined(separator: " ")
  }
}

/// What a bit string consists of, in its order.
enum DumpBitsItem {
  case line(DumpBits)
  /// Things of a kind, of which the first are shown where all would be too many.
  case list(noun: String, [Element])

  /// A part of a list: one thing or, in one line, some.
  struct Element {
    var items: [DumpBitsItem]
    var count = 1
  }

  var bitCount: Int { Self.lines([self]).reduce(0) { $0 + $1.bitCount } }

  /// The lines of all items, nothing left out.
  static func lines(_ items: [DumpBitsItem]) -> [DumpBits] {
    items.flatMap { item in
      switch item {
      case .line(let line): [line]
      case .list(_, let elements): elements.flatMap { lines($0.items) }
      }
    }
  }
}

extension DumpBitsItem.Element {
  var bitCount: Int { items.reduce(0) { $0 + $1.bitCount } }

  var firstBit: Int? { DumpBitsItem.lines(items).first?.start }
}
