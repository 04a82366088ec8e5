import PareFormat

/// Writes the bit fields of a coded part's description (spec section 9.1), or only counts them.
struct DescriptionWriter {
  private(set) var bytes: [UInt8] = []
  private var writer = BitWriter()

  /// The bits so far.
  private(set) var bitCount = 0

  mutating func bits(_ value: Int, _ width: Int) {
    bitCount += width
    writer.append(UInt32(truncatingIfNeeded: value), width: width, to: &bytes)
  }

  mutating func expGolomb(_ value: Int, _ order: Int) {
    let (prefix, rest) = Self.split(value, order)
    bits(1 << prefix - 1, prefix + 1)
    bits(rest, prefix + order)
  }

  /// Fills the last byte.
  mutating func flush() { writer.flush(to: &bytes) }

  /// The bits of an Exp-Golomb field.
  static func width(_ value: Int, _ order: Int) -> Int { 2 * split(value, order).prefix + 1 + order }

  private static func split(_ value: Int, _ order: Int) -> (prefix: Int, rest: Int) {
    let shifted = value >> order + 1
    let prefix = Int.bitWidth - 1 - shifted.leadingZeroBitCount
    return (prefix, value - (1 << prefix - 1) << order)
  }
}
