/// Sizes as people write them.
enum ByteSize {
  private static let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("KB", 1000), ("MB", 1_000_000), ("B", 1), ("", 1)]

  /// The bytes that `98304`, `96KiB`, `96 KB` or `1.5MB` stand for, rounded down; nil for anything else and for 2^47 and more.
  static func read(_ text: String) -> Int? {
    for (unit, factor) in units where text.hasSuffix(unit) {
      let number = text.dropLast(unit.count)
      let digits = number.last == " " && !unit.isEmpty ? number.dropLast() : number
      guard let first = digits.utf8.first, first != UInt8(ascii: "."), digits.utf8.last != UInt8(ascii: "."),
        digits.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") }),
        let value = Double(digits), value * Double(factor) < 0x1p47
      else { return nil }
      return Int(value * Double(factor))
    }
    return nil
  }
}
