/// Decibels without a logarithm or a power of the C library, whose last bits differ between machines.
enum Decibels {
  /// 10^(decibels / 10) for 0 or more decibels, from multiplications and square roots, which IEEE 754 defines to the bit.
  ///
  /// The exponent's whole part multiplies by 10; binary digit k of its fraction multiplies by 10^(2^-k), the k-th
  /// square root of 10. Good to about 52 roundings, 2^-47.
  static func powerRatio(_ decibels: Double) -> Double {
    let exponent = max(decibels, 0) / 10
    var ratio = 1.0
    for _ in 0..<Int(exponent) { ratio *= 10 }
    var fraction = exponent - Double(Int(exponent))
    var root = 10.0
    while fraction > 0 {
      root = root.squareRoot()
      // Doubling and subtracting 1 are exact, so this ends after at most 53 digits behind the first one.
      fraction *= 2
      if fraction >= 1 {
        ratio *= root
        fraction -= 1
      }
    }
    return ratio
  }
}
