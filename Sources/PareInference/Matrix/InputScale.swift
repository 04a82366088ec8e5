/// The scale of the integers that a vector is quantized to, so that its largest magnitude becomes `limit` (spec section 10.4.6).
///
/// A vector with a NaN or an infinity has the scale NaN, one whose largest magnitude is so small that limit / largest is infinite the
/// scale 0; all integers are 0 then.
public struct InputScale: Sendable {
  /// What the integers are multiples of.
  public let scale: Float

  /// What floats are multiplied with; 0 where all integers are 0.
  private let inverse: Float

  /// The scale of a vector. Precondition: `limit` is 127 or 32767. Linear.
  public init(_ x: Span<Float>, limit: Int) {
    precondition(limit == 127 || limit == 32767)
    // As integers, magnitudes rise as those of floats do, and NaN is above infinity.
    var bits: Int32 = 0
    for index in x.indices { bits = max(bits, Int32(bitPattern: x[index].bitPattern & 0x7FFF_FFFF)) }
    let largest = Float(bitPattern: UInt32(bitPattern: bits))
    let bound = Float(limit)
    let inverse = bound / largest
    let isUsable = largest.isFinite && inverse.isFinite
    scale = isUsable ? largest / bound : largest.isFinite ? 0 : .nan
    self.inverse = isUsable ? inverse : 0
  }

  /// Writes f32(x * f32(limit / largest)), rounded half to even, to `integers` from `start` on. Preconditions: x is of the vector; there
  /// is room. Linear.
  public func quantize(_ x: Span<Float>, into integers: inout MutableSpan<Int16>, at start: Int = 0) {
    precondition(start >= 0 && start <= integers.count &- x.count)
    guard inverse != 0 else {
      for index in x.indices { integers[start &+ index] = 0 }
      return
    }
    let rounder = FloatMath.Constants.rounder
    for index in x.indices {
      let shifted = x[index] * inverse + rounder
      // In range, as checked above; with a check here the loop is not vectorized.
      unsafe integers[unchecked: start &+ index] = Int16(
        truncatingIfNeeded: Int32(bitPattern: shifted.bitPattern &- rounder.bitPattern))
    }
  }
}
