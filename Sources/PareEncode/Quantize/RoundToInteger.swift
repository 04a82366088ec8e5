/// Rounding to integers without a call into the C library: the baseline x86-64 target has no instruction for it.
///
/// Adding 1.5 * 2^52 leaves no room for a fraction, so the addition itself rounds, half to even as IEEE 754 prescribes;
/// subtracting it is exact. Valid below 2^51, for the default rounding mode, in which Swift always runs.
enum RoundToInteger {
  private static var shifter: Double { 0x1.8p52 }

  /// The nearest integer, ties to even. Precondition: |x| < 2^51.
  @inline(__always)
  static func even(_ x: Double) -> Double { (x + shifter) - shifter }

  /// The nearest integer, ties away from zero. Precondition: |x| < 2^51.
  @inline(__always)
  static func away(_ x: Double) -> Double {
    let nearest = even(x)
    // Exact: x and nearest are less than 1 apart. It is +-0.5 only for a tie.
    let rest = x - nearest
    let up = rest == 0.5 && x > 0 ? 1.0 : 0.0
    let down = rest == -0.5 && x < 0 ? 1.0 : 0.0
    return nearest + up - down
  }

  /// The low 16 bits of an integer of at most 16 bits. Precondition: x is one.
  @inline(__always)
  static func code(_ x: Double) -> Int16 { Int16(truncatingIfNeeded: (x + shifter).bitPattern) }
}
