/// Functions of one number, the same bits on every machine: f32 arithmetic and no libm.
///
/// Each has a scalar form and, in `FloatMath4`, one of 4 lanes with the same operations in the same order, so with the same bits.
/// Stated errors are maxima over all floats, in units in the last place of the result. Polynomials are evaluated in independent
/// chains (Estrin). There are no branches, and comparisons are written so that a NaN passes through them. On a microcontroller each is
/// a call: it has no vectors for a loop around them.
public enum FloatMath {
  /// e^x, at most 1.02 ulp off, 0 and subnormal results included; 0 below -104, infinity from 88.72284 on; NaN for NaN.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public static func exp(_ x: Float) -> Float {
    // Behind these limits the result is 0 or infinity.
    let raised = x < -104 ? -104 : x
    let bounded = raised > 89 ? 89 : raised
    let shifted = bounded * Constants.log2E + Constants.rounder
    let n = shifted - Constants.rounder
    let r = (bounded - n * Constants.ln2High) - n * Constants.ln2Low
    let r2 = r * r
    let low = Constants.e0 + Constants.e1 * r
    let middle = Constants.e2 + Constants.e3 * r
    let q = (low + r2 * middle) + (r2 * r2) * Constants.e4
    let power = 1 + (r + r2 * q)
    // 2^n in two factors, both of them normal numbers.
    let exponent = Int32(bitPattern: shifted.bitPattern &- Constants.rounder.bitPattern)
    let half = exponent &>> 1
    let first = Float(bitPattern: UInt32(bitPattern: (half &+ 127) &<< 23))
    let second = Float(bitPattern: UInt32(bitPattern: (exponent &- half &+ 127) &<< 23))
    return (power * first) * second
  }

  /// tanh(x), odd, at most 2.7 ulp off; exactly 1 from 9.1 on; NaN for NaN.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public static func tanh(_ x: Float) -> Float {
    // t / (t + 2), where t is e^2z - 1 = 2^n (e^r - 1) + (2^n - 1): near 0 n is 0, and nothing cancels.
    // The chain of operations that wait for each other is kept short.
    let z = x.magnitude > 10 ? 10 : x.magnitude
    let shifted = z * (2 * Constants.log2E) + Constants.rounder
    let r = z * 2 - (shifted - Constants.rounder) * Constants.ln2
    let r2 = r * r
    let low = Constants.e0 + Constants.e1 * r
    let middle = Constants.e2 + Constants.e3 * r
    let q = (low + r2 * middle) + (r2 * r2) * Constants.e4
    let power = Float(bitPattern: Float(1).bitPattern &+ shifted.bitPattern &<< 23)
    let t = (power * r2) * q + (power * r + (power - 1))
    return Float(bitPattern: (t / (t + 2)).bitPattern | (x.bitPattern & 0x8000_0000))
  }

  /// 1 / (1 + e^-x), at most 1e-7 off; exactly 0 below -88.8 and exactly 1 from 18 on; NaN for NaN.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  public static func sigmoid(_ x: Float) -> Float {
    let raised = -x < -80 ? -80 : -x
    return 1 / (1 + boundedExp(raised > Constants.infinityLog ? Constants.infinityLog : raised))
  }

  /// The error function, odd, at most 1e-7 off; exactly 1 from 4 on; NaN for NaN.
  @inline(__always)
  public static func erf(_ x: Float) -> Float {
    // 1 - erf z = e^(-z q(z)), whose exponent is a smooth function.
    let z = x.magnitude > 4 ? 4 : x.magnitude
    let z2 = z * z
    let low = (Constants.q0 + Constants.q1 * z) + z2 * (Constants.q2 + Constants.q3 * z)
    let high = (Constants.q4 + Constants.q5 * z) + z2 * (Constants.q6 + Constants.q7 * z)
    let rest = exp(-z * (low + (z2 * z2) * high))
    return Float(bitPattern: (1 - rest).bitPattern | (x.bitPattern & 0x8000_0000))
  }

  /// e^y for -80 <= y <= 128 ln 2, where it is infinity: off by 2^-23 of the result, and by 2^-24 |y| of it, which a sum with 1 hides.
  @inline(__always)
  private static func boundedExp(_ y: Float) -> Float {
    let shifted = y * Constants.log2E + Constants.rounder
    let n = shifted - Constants.rounder
    let r = y - n * Constants.ln2
    let r2 = r * r
    let low = Constants.p0 + Constants.p1 * r
    let middle = Constants.p2 + Constants.p3 * r
    let power = 1 + (r + r2 * (low + r2 * middle))
    // The integer n is in the low bits of `shifted`, whose others are shifted out; adding it to the exponent multiplies by 2^n.
    return Float(bitPattern: power.bitPattern &+ shifted.bitPattern &<< 23)
  }

  enum Constants {
    /// 1.5 * 2^23: adding it rounds to an integer, half to even, which is then in the low bits.
    static var rounder: Float { 0x1.8p23 }
    static var log2E: Float { 0x1.715476p0 }
    static var ln2: Float { 0x1.62e43p-1 }
    // ln 2 in two parts; the first has 9 bits, so that its multiples here are exact.
    static var ln2High: Float { 0x1.63p-1 }
    static var ln2Low: Float { -0x1.bd0106p-13 }
    /// 128 * ln2, where `boundedExp` gives infinity exactly.
    static var infinityLog: Float { 0x1.62e43p6 }
    // (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2, fitted for the least relative error of e^r: 0.05 ulp.
    static var e0: Float { 0.49999993448 }
    static var e1: Float { 0.16666520631 }
    static var e2: Float { 0.04166838805 }
    static var e3: Float { 0.00836871698 }
    static var e4: Float { 0.00138145986 }
    // The same with one term less: 1.8 ulp.
    static var p0: Float { 0.49999231489 }
    static var p1: Float { 0.16667114650 }
    static var p2: Float { 0.04189015764 }
    static var p3: Float { 0.00831252039 }
    // -log(1 - erf z) / z for 0 <= z <= 4.2, fitted for the least absolute error of erf: 1.6e-8.
    static var q0: Float { 1.1283802513808452 }
    static var q1: Float { 0.6365977353931345 }
    static var q2: Float { 0.1029196035626866 }
    static var q3: Float { -0.019583939248348864 }
    static var q4: Float { 0.0005369116174246265 }
    static var q5: Float { 0.0010324125239625425 }
    static var q6: Float { -0.0003088046065779765 }
    static var q7: Float { 3.1440338960562035e-05 }
  }
}
