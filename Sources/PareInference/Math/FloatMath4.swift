/// `FloatMath` in 4 lanes, the vectors that every machine has: the same operations, so the same bits.
///
/// Written for this type: code that is generic over SIMD is slow, and of 8 lanes the compiler makes no minimum of two vectors, but six
/// instructions.
public enum FloatMath4 {
  typealias Constants = FloatMath.Constants

  /// As `FloatMath.exp`.
  @inline(__always)
  public static func exp(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let raised = x.replacing(with: -104, where: x .< -104)
    let bounded = raised.replacing(with: 89, where: raised .> 89)
    let shifted = bounded * Constants.log2E + Constants.rounder
    let n = shifted - Constants.rounder
    let r = (bounded - n * Constants.ln2High) - n * Constants.ln2Low
    let r2 = r * r
    let low = Constants.e0 + Constants.e1 * r
    let middle = Constants.e2 + Constants.e3 * r
    let q = (low + r2 * middle) + (r2 * r2) * Constants.e4
    let power = 1 + (r + r2 * q)
    let exponent = bits(shifted) &- Int32(bitPattern: Constants.rounder.bitPattern)
    let half = exponent &>> 1
    return (power * floats((half &+ 127) &<< 23)) * floats((exponent &- half &+ 127) &<< 23)
  }

  /// As `FloatMath.tanh`.
  @inline(__always)
  public static func tanh(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let sign = bits(x) & Int32.min
    let magnitude = floats(bits(x) & Int32.max)
    let z = magnitude.replacing(with: 10, where: magnitude .> 10)
    let shifted = z * (2 * Constants.log2E) + Constants.rounder
    let r = z * 2 - (shifted - Constants.rounder) * Constants.ln2
    let r2 = r * r
    let low = Constants.e0 + Constants.e1 * r
    let middle = Constants.e2 + Constants.e3 * r
    let q = (low + r2 * middle) + (r2 * r2) * Constants.e4
    let power = floats(Int32(bitPattern: Float(1).bitPattern) &+ bits(shifted) &<< 23)
    let t = (power * r2) * q + (power * r + (power - 1))
    return floats(bits(t / (t + 2)) | sign)
  }

  /// As `FloatMath.sigmoid`.
  @inline(__always)
  public static func sigmoid(_ x: SIMD4<Float>) -> SIMD4<Float> {
    // The limits come before the sign, or the compiler finds no minimum.
    let lowered = x.replacing(with: 80, where: x .> 80)
    let bounded = lowered.replacing(with: -Constants.infinityLog, where: lowered .< -Constants.infinityLog)
    return 1 / (1 + negatedExp(bounded))
  }

  /// As `FloatMath.erf`.
  @inline(__always)
  public static func erf(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let sign = bits(x) & Int32.min
    let magnitude = floats(bits(x) & Int32.max)
    let z = magnitude.replacing(with: 4, where: magnitude .> 4)
    let z2 = z * z
    let low = (Constants.q0 + Constants.q1 * z) + z2 * (Constants.q2 + Constants.q3 * z)
    let high = (Constants.q4 + Constants.q5 * z) + z2 * (Constants.q6 + Constants.q7 * z)
    let rest = exp(-z * (low + (z2 * z2) * high))
    return floats(bits(1 - rest) | sign)
  }

  /// `boundedExp` of -x.
  @inline(__always)
  private static func negatedExp(_ x: SIMD4<Float>) -> SIMD4<Float> {
    let shifted = x * -Constants.log2E + Constants.rounder
    let n = shifted - Constants.rounder
    let r = floats(bits(x) ^ Int32.min) - n * Constants.ln2
    let r2 = r * r
    let low = Constants.p0 + Constants.p1 * r
    let middle = Constants.p2 + Constants.p3 * r
    let power = 1 + (r + r2 * (low + r2 * middle))
    return floats(bits(power) &+ bits(shifted) &<< 23)
  }

  @inline(__always)
  private static func bits(_ x: SIMD4<Float>) -> SIMD4<Int32> { unsafe unsafeBitCast(x, to: SIMD4<Int32>.self) }

  @inline(__always)
  private static func floats(_ x: SIMD4<Int32>) -> SIMD4<Float> { unsafe unsafeBitCast(x, to: SIMD4<Float>.self) }
}
