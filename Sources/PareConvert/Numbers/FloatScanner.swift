/// Float text to f32: the number means the nearest f64, then the nearest f32, as in Python's `float32(float(text))`.
///
/// Eight digits at a time go into an integer mantissa m. Where m < 2^53 and the power of ten is exact, one
/// multiplication or division of doubles gives the nearest f64 (Clinger). Elsewhere it gives a double within 4 units
/// in the last place of it; as a float has 29 bits less, the rounding to f32 is the same unless those bits lie within
/// 8 of a tie, which is checked. What remains is one number in 30 million, and `NumberText` reads it exactly.
enum FloatScanner {
  /// `scan` reads within this many bytes from where it starts.
  static let readAhead = 64

  /// The mantissa and the power of ten as a float, nil where the rounding is not certain.
  @inline(__always)
  static func nearest(mantissa: UInt64, exponent: Int, isNegative: Bool) -> Float? {
    guard exponent >= -64, exponent <= 64 else { return nil }
    // The guard is the bounds check.
    let power = unsafe PowersOfTen.doubles[unchecked: exponent < 0 ? 0 &- exponent : exponent]
    let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    if mantissa >> 53 == 0, exponent >= -22, exponent <= 22 {
      return Float(isNegative ? -magnitude : magnitude)
    }
    if mantissa == 0 { return isNegative ? -0.0 : 0.0 }
    // Below, floats are subnormal and have fewer bits; above, they overflow.
    guard magnitude > 0x1p-125, magnitude < 0x1p127 else { return nil }
    let dropped = magnitude.bitPattern & 0x1FFF_FFFF
    guard dropped &- (0x1000_0000 - 8) > 16 else { return nil }
    return Float(isNegative ? -magnitude : magnitude)
  }

  /// Reads the number at `start`: JSON's grammar, up to 24 fraction digits and 3 exponent digits.
  ///
  /// The result's `end` is `start` where this is no such number, or no certain one; `NumberText` decides then. The
  /// byte behind the number is the caller's to check. Precondition: `readAhead` bytes are readable from `start`.
  @inline(__always)
  static func scan(_ base: UnsafePointer<UInt8>, _ start: Int) -> (value: Float, end: Int) {
    let refused = (value: Float(0), end: start)
    var at = start
    let isNegative = unsafe base[at] == UInt8(ascii: "-")
    if isNegative { at &+= 1 }
    var mantissa = UInt64(unsafe base[at] &- 0x30)
    guard mantissa <= 9 else { return refused }
    at &+= 1
    if mantissa != 0 {
      // Bounded by the digits that a mantissa holds without overflow.
      let limit = at &+ 18
      while at < limit {
        let digit = unsafe base[at] &- 0x30
        guard digit <= 9 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at &+= 1
      }
    }
    var exponent = 0
    if unsafe base[at] == UInt8(ascii: ".") {
      at &+= 1
      let fraction = at
      let limit = at &+ 24
      while true {
        let word = unsafe UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self) ^ 0x3030_3030_3030_3030
        // The lowest byte that is no digit sets its high bit; a carry reaches only the bytes above.
        let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount &>> 3
        if count == 0 { break }
        // The digits move to the high bytes, zeros before them.
        let digits = eightDigits(word &<< UInt64(truncatingIfNeeded: 64 &- count &* 8))
        // `count` is at most 8.
        let (product, isTooLong) = mantissa.multipliedReportingOverflow(
          by: unsafe PowersOfTen.integers[unchecked: count])
        let (sum, isCarried) = product.addingReportingOverflow(digits)
        guard !isTooLong, !isCarried else { return refused }
        mantissa = sum
        at &+= count
        if count < 8 { break }
        guard at < limit else { return refused }
      }
      guard at > fraction else { return refused }
      exponent = fraction &- at
    }
    let next = unsafe base[at]
    if next | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      let sign = unsafe base[at]
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { at &+= 1 }
      let digits = at
      var written = 0
      while at < digits &+ 3 {
        let digit = unsafe base[at] &- 0x30
        guard digit <= 9 else { break }
        written = written &* 10 &+ Int(digit)
        at &+= 1
      }
      guard at > digits, unsafe base[at] &- 0x30 > 9 else { return refused }
      exponent = sign == UInt8(ascii: "-") ? exponent &- written : exponent &+ written
    } else if next &- 0x30 <= 9 {
      return refused
    }
    guard let value = nearest(mantissa: mantissa, exponent: exponent, isNegative: isNegative) else {
      return refused
    }
    return (value, at)
  }

  /// The number of which the bytes of `word`, lowest first, are the digits (each 0 to 9).
  @inline(__always)
  private static func eightDigits(_ word: UInt64) -> UInt64 {
    let pairs = word &* 10 &+ (word &>> 8)
    let upper = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let lower = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (upper &+ lower) &>> 32
  }
}
