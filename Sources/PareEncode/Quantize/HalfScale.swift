/// Scales in f16.
enum HalfScale {
  /// The least f16 that is not below a positive, finite f32; nil above 65 504, the largest f16.
  ///
  /// Works on the bit patterns: f16 keeps 10 of the 23 fraction bits, and below 2^-14 counts in units of 2^-24.
  static func roundedUpHalf(_ value: Float) -> UInt16? {
    precondition(value > 0 && value.isFinite)
    let bits = value.bitPattern
    // 2^-14 has exponent field 113 in f32 and 1 in f16.
    if bits >= 113 << 23 {
      let half = (bits - 112 << 23 + 0x1FFF) >> 13
      return half > 0x7BFF ? nil : UInt16(half)
    }
    // value = fraction * 2^(exponent - 150), in units of 2^-24 divided by 2^(126 - exponent).
    let exponent = max(bits >> 23, 1)
    let fraction = bits & 0x7F_FFFF | (bits >> 23 == 0 ? 0 : 0x80_0000)
    let shift = 126 - exponent
    // Below 2^-24 the least f16 above zero is the answer.
    guard shift < 24 else { return 1 }
    return UInt16((fraction + (1 << shift) - 1) >> shift)
  }

  /// The value of a positive, normal f16.
  static func value(ofNormal half: UInt16) -> Float {
    Float(bitPattern: UInt32(half) << 13 + 112 << 23)
  }

  /// `scale` rounded up to a normal f16, as f32; nil where there is none.
  static func roundedUp(_ scale: Float) -> Float? {
    guard let half = roundedUpHalf(scale), half >= 0x0400 else { return nil }
    return value(ofNormal: half)
  }

  /// `scale` itself where it is a normal f16, else nil.
  static func exact(_ scale: Float) -> Float? { roundedUp(scale) == scale ? scale : nil }
}
