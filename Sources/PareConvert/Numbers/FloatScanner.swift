/// Float text to f32: the number means the nearest f64, then the nearest f32, as in Python's `float32(float(text))`.
///
/// Eight digits at a time go into an integer mantissa m. Where m < 2^53 and the power of ten is exact, one
/// multiplication or division of doubles gives the nearest f64 (Clinger). Elsewhere it gives a double within 4 units
/// in the last place of it; as a float has 29 bits less, the rounding to f32 is the same unless those bits lie within
/// 8 of a tie, which is checked. What remains is one number in 30 million, and `NumberText` reads it exactly.
@safe struct FloatScanner: @unchecked Sendable {
  /// `scan` reads within this many bytes from where it starts.
  static let readAhead = 64

  /// The one scanner. Loops copy it into a local, so that the tables' addresses stay in registers.
  static let shared = FloatScanner()

  /// 10^0 to 10^64: the nearest doubles, exact up to 10^22.
  private let powers: UnsafePointer<Double>

  /// 10^0 to 10^8: the weight of the digits that one step takes.
  private let weights: UnsafePointer<UInt64>

  /// A mantissa below the entry at c has room for c more digits: 64 bits hold 19.
  private let limits: UnsafePointer<UInt64>

  /// The tables live as long as the process and are never written again. (An `InlineArray` would be copied to the
  /// stack for each look-up.)
  private init() {
    let powers = UnsafeMutablePointer<Double>.allocate(capacity: PowersOfTen.count)
    for index in 0..<PowersOfTen.count { unsafe powers[index] = PowersOfTen.doubles[index] }
    let weights = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
    let limits = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
    var weight: UInt64 = 1
    for count in 0..<9 {
      unsafe weights[count] = weight
      unsafe limits[count] = count == 0 ? .max : 10_000_000_000_000_000_000 / weight
      weight *= 10
    }
    unsafe self.powers = unsafe UnsafePointer(powers)
    unsafe self.weights = unsafe UnsafePointer(weights)
    unsafe self.limits = unsafe UnsafePointer(limits)
  }

  /// The mantissa and the power of ten as a float, nil where the rounding is not certain.
  @inline(__always)
  func nearest(mantissa: UInt64, exponent: Int, isNegative: Bool) -> Float? {
    guard exponent >= -64, exponent <= 64 else { return nil }
    // The guard is the bounds check.
    let power = unsafe powers[exponent < 0 ? 0 &- exponent : exponent]
    let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    if mantissa >> 53 != 0 || exponent < -22 || exponent > 22 {
      guard mantissa == 0 || Self.isCertain(magnitude) else { return nil }
    }
    return Self.signed(Float(magnitude), isNegative)
  }

  /// Whether a double within 4 units in the last place of this one rounds to the same float.
  @inline(__always)
  private static func isCertain(_ magnitude: Double) -> Bool {
    let bits = magnitude.bitPattern
    // Below 2^-125, floats are subnormal and have fewer bits; above 2^127, they overflow.
    let isNormal = bits &- (1023 - 125) << 52 < (127 + 125) << 52
    return isNormal && (bits & 0x1FFF_FFFF) &- (0x1000_0000 - 8) > 16
  }

  /// The sign as an operation on bits: it is as good as random, and a branch on it would be guessed wrong half the time.
  @inline(__always)
  private static func signed(_ magnitude: Float, _ isNegative: Bool) -> Float {
    Float(bitPattern: magnitude.bitPattern | (isNegative ? 0x8000_0000 : 0))
  }

  /// Reads the number at `start`: JSON's grammar, up to 24 fraction digits and 3 exponent digits.
  ///
  /// The result's `end` is `start` where this is no such number, or no certain one; `NumberText` decides then. The
  /// byte behind the number is the caller's to check. Precondition: `readAhead` bytes are readable from `start`.
  @inline(__always)
  func scan(_ base: UnsafePointer<UInt8>, _ start: Int) -> (value: Float, end: Int) {
    let refused = (value: Float(0), end: start)
    let isNegative = unsafe base[start] == UInt8(ascii: "-")
    var at = start &+ (isNegative ? 1 : 0)
    var mantissa = UInt64(unsafe base[at] &- 0x30)
    guard mantissa <= 9 else { return refused }
    at &+= 1
    var next = unsafe base[at]
    if next != UInt8(ascii: "."), next &- 0x30 <= 9 {
      guard mantissa != 0 else { return refused }
      // Bounded by the digits that a mantissa holds without overflow.
      let limit = at &+ 17
      repeat {
        mantissa = mantissa &* 10 &+ UInt64(next &- 0x30)
        at &+= 1
        next = unsafe base[at]
      } while next &- 0x30 <= 9 && at < limit
    }
    var exponent = 0
    if next == UInt8(ascii: ".") {
      guard unsafe limits[8] > mantissa else { return refused }
      at &+= 1
      let fraction = at
      var count = unsafe appendDigits(base, &at, &mantissa)
      // Weights have 8 digits and more as a rule; the second step takes what follows, even if that is nothing.
      if count == 8 {
        let head = mantissa
        count = unsafe appendDigits(base, &at, &mantissa)
        guard unsafe limits[count] > head else { return refused }
        if count == 8 {
          let head = mantissa
          count = unsafe appendDigits(base, &at, &mantissa)
          guard count < 8, unsafe limits[count] > head else { return refused }
        }
      }
      guard at != fraction else { return refused }
      exponent = fraction &- at
      next = unsafe base[at]
    }
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

  /// Appends up to 8 digits at `at` to the mantissa, and moves `at` behind them; the result is how many there were.
  @inline(__always)
  private func appendDigits(
    _ base: UnsafePointer<UInt8>, _ at: inout Int, _ mantissa: inout UInt64
  ) -> Int {
    // Within the bytes that `scan` may read.
    let word = unsafe UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self) ^ 0x3030_3030_3030_3030
    // The lowest byte that is no digit sets its high bit; a carry reaches only the bytes above.
    let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
    let count = others.trailingZeroBitCount &>> 3
    // The digits move to the high bytes, zeros before them; in two steps, as a shift by 64 is none.
    let half = UInt64(truncatingIfNeeded: 32 &- count &* 4)
    let digits = Self.eightDigits((word &<< half) &<< half)
    // `count` is at most 8.
    mantissa = mantissa &* (unsafe weights[count]) &+ digits
    at &+= count
    return count
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
