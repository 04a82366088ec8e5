extension FloatMath {
  /// The square root, rounded to nearest as in IEEE 754; NaN for NaN and below 0.
  @inline(__always)
  static func squareRoot(_ x: Float) -> Float {
    #if hasFeature(Embedded)
      // The compiler may call libm, which firmware need not have.
      portableSquareRoot(x)
    #else
      x.squareRoot()
    #endif
  }

  /// The same from integers alone.
  public static func portableSquareRoot(_ x: Float) -> Float {
    guard x > 0, x < .infinity else { return x == 0 || x == .infinity ? x : .nan }
    // x = significand * 2^exponent, with a significand of 24 bits.
    var significand = x.bitPattern & 0x7F_FFFF
    var exponent = Int32(truncatingIfNeeded: x.bitPattern &>> 23)
    if exponent == 0 {
      let shift = Int32(truncatingIfNeeded: significand.leadingZeroBitCount &- 8)
      significand = significand &<< UInt32(truncatingIfNeeded: shift)
      exponent = 1 &- shift
    } else {
      significand |= 0x80_0000
    }
    // One more bit, and one again where the exponent is odd: the root has 25 bits then, found one by one.
    exponent &-= 151
    significand = significand &<< (exponent & 1 == 0 ? 1 : 2)
    exponent &-= exponent & 1
    var root: UInt32 = 0
    var rest: UInt32 = 0
    for step in 0..<25 {
      // The next two bits of the number: those of the significand, then zeros.
      let shift = 24 &- 2 &* step
      let bits = shift >= 0 ? significand &>> UInt32(truncatingIfNeeded: shift) & 3 : 0
      rest = rest &<< 2 | bits
      let trial = root &<< 2 | 1
      root = root &<< 1
      if rest >= trial {
        rest &-= trial
        root |= 1
      }
    }
    // The last bit is worth a half, and no root lies exactly there: half is to be rounded up.
    let rounded = (root &+ 1) &>> 1
    let biased = exponent &>> 1 &+ 139
    return Float(bitPattern: UInt32(bitPattern: biased) &<< 23 &+ rounded &- 0x80_0000)
  }
}
