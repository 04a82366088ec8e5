/// Bit patterns of f16 and bf16, converted by code of ours, so that results are the same on every machine
/// (spec section 7). NaN payloads, infinities, -0 and subnormals are kept.
public enum HalfPrecision {
  /// The f32 bits of an f16; exact.
  ///
  /// Without branches, so that a loop over many is vectorized.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public static func widenHalf(_ half: UInt16) -> UInt32 {
    let bits = UInt32(truncatingIfNeeded: half)
    let shifted = (bits & 0x7FFF) &<< 13
    // Infinity and NaN keep their fraction, below the exponent of all ones.
    let normal = shifted &+ (shifted >= 0x0F80_0000 ? 0x7000_0000 : 0x3800_0000)
    // A subnormal is a multiple of 2^-24: as the fraction of 2^-14 it is exact, and so is the difference.
    let subnormal = (Float(bitPattern: shifted &+ 0x3880_0000) - 0x1p-14).bitPattern
    let magnitude = shifted >= 0x0080_0000 ? normal : subnormal
    return (bits & 0x8000) &<< 16 | magnitude
  }

  /// The f32 bits of a bf16; exact.
  @inline(__always)
  public static func widenBrain(_ brain: UInt16) -> UInt32 {
    UInt32(truncatingIfNeeded: brain) &<< 16
  }

  /// The f16 nearest to an f32, ties to even; infinity from 65 520 on. A NaN keeps its sign and the top of its
  /// payload, and stays a NaN.
  public static func narrowToHalf(_ bits: UInt32) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: bits &>> 16) & 0x8000
    let rest = bits & 0x7FFF_FFFF
    if rest > 0x7F80_0000 {
      let fraction = UInt16(truncatingIfNeeded: (rest & 0x7F_FFFF) &>> 13)
      return sign | 0x7C00 | (fraction == 0 ? 0x200 : fraction)
    }
    if rest >= 0x4780_0000 { return sign | 0x7C00 }
    if rest >= 0x3880_0000 {
      return sign | UInt16(truncatingIfNeeded: roundedShift(rest &- 0x3800_0000, by: 13))
    }
    // Below 2^-14: a multiple of 2^-24; below half of that, 2^-25, it is zero.
    let exponent = rest &>> 23
    guard exponent >= 102 else { return sign }
    let fraction = rest & 0x7F_FFFF | 0x80_0000
    return sign | UInt16(truncatingIfNeeded: roundedShift(fraction, by: 126 &- exponent))
  }

  /// The bf16 nearest to an f32, ties to even. A NaN keeps its sign and the top of its payload, and stays a NaN.
  public static func narrowToBrain(_ bits: UInt32) -> UInt16 {
    if bits & 0x7FFF_FFFF > 0x7F80_0000 {
      let top = UInt16(truncatingIfNeeded: bits &>> 16)
      return top & 0x7F == 0 ? top | 0x40 : top
    }
    return UInt16(truncatingIfNeeded: roundedShift(bits, by: 16))
  }

  /// `value` / 2^`count`, rounded to nearest, ties to even; `count` is 1 to 31.
  private static func roundedShift(_ value: UInt32, by count: UInt32) -> UInt32 {
    let quotient = value &>> count
    let rest = value & (1 &<< count &- 1)
    let half: UInt32 = 1 &<< (count &- 1)
    return rest > half || (rest == half && quotient & 1 == 1) ? quotient &+ 1 : quotient
  }
}
