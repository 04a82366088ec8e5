/// Lengths of codes in 1/65536 of a bit, from integers only, so that every choice made by them is the same everywhere.
enum CodeLength {
  /// One bit.
  static let bit = 1 << 16

  /// log2 of `value` times 65536, rounded down in the last places. Precondition: `value` is 1 or more.
  static func log2(_ value: Int) -> Int {
    precondition(value > 0)
    let exponent = Int.bitWidth - 1 - value.leadingZeroBitCount
    // The mantissa in [1, 2) with 31 fraction bits; squaring it doubles its logarithm, whose bits come out one by one.
    var mantissa = exponent <= 31 ? UInt64(value) << UInt64(31 - exponent) : UInt64(value) >> UInt64(exponent - 31)
    var fraction = 0
    for _ in 0..<16 {
      mantissa = (mantissa &* mantissa) >> 31
      fraction <<= 1
      if mantissa >= 1 << 32 {
        mantissa >>= 1
        fraction |= 1
      }
    }
    return exponent << 16 | fraction
  }

  /// log2 of 0 to 2^14 times 65536; that of 0 is given as 0.
  static let log2OfFrequency: [Int32] = (0...1 << 14).map { $0 == 0 ? 0 : Int32(log2($0)) }

  /// What a symbol of frequency `frequency` of 2^`precision` costs; one that is absent more than anything.
  @inline(__always)
  static func cost(frequency: Int, precision: Int) -> Int {
    frequency == 0 ? 40 << 16 : precision << 16 - Int(log2OfFrequency[frequency])
  }
}
