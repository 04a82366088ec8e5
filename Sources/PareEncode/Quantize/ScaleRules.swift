import PareFormat

/// The scale and the zero point of a slice, by the formulas of the quantizations.
///
/// Every scale is finite and above 0, and decodes every weight of the slice to a finite number. With f16 scales the result is rounded up to a normal f16, and nil where there is none.
enum ScaleRules {
  /// max |w| / limit, limit being the largest code; 1 for a slice of zeros.
  ///
  /// The quotient is rounded to nearest. Two corners need a neighbour: a subnormal quotient can round so far down that the
  /// largest weight would clip, and one next to the largest f32 so far up that decoding would overflow.
  static func symmetric(_ maximumMagnitude: Float, limit: Int, as type: ScaleType) -> Float? {
    guard maximumMagnitude > 0 else { return 1 }
    var scale = max(maximumMagnitude / Float(limit), .leastNonzeroMagnitude)
    while RoundToInteger.even(Double(maximumMagnitude) / Double(scale)) > Double(limit) {
      scale = scale.nextUp
    }
    if !(scale * Float(limit)).isFinite { scale = scale.nextDown }
    return type == .f16 ? HalfScale.roundedUp(scale) : scale
  }

  /// (highest - lowest) / (2^bits - 1), and the zero point at which both ends are kept.
  ///
  /// In ONNX's unsigned terms z = round(0 - lowest / s); the result is shifted by 2^(bits-1) into the range of a code.
  /// The formula itself can cut an end off by slightly more than half a step, when s was rounded down and both ends lie
  /// next to a tie; s is then raised to its neighbour. Throws `rangeTooLarge` when an end would decode to infinity.
  static func affine(
    lowest: Float, highest: Float, kernel: CodeKernel, as type: ScaleType
  ) throws(AffineRangeError) -> (scale: Float, zeroPoint: Int16)? {
    let shift = kernel.range.lowerBound
    guard lowest < highest else { return (1, Int16(shift)) }
    let steps = kernel.range.upperBound - shift
    var scale: Float
    if kernel.quotient == .floatEven {
      scale = (highest - lowest) / Float(steps)
    } else {
      scale = Float((Double(highest) - Double(lowest)) / Double(steps))
    }
    // Three neighbours make up for every rounding of the scale, the ends and the zero point; the fourth is for none.
    for _ in 0..<4 {
      scale = max(scale, .leastNonzeroMagnitude)
      guard scale.isFinite else { break }
      if type == .f16 {
        guard let half = HalfScale.roundedUp(scale) else { return nil }
        scale = half
      }
      let down =
        kernel.quotient == .floatEven ? Double(-lowest / scale) : -Double(lowest) / Double(scale)
      let zeroPoint = Int16(Int(RoundToInteger.even(min(down, Double(steps)))) + shift)
      func isKept(_ weight: Float) -> Bool {
        let code = kernel.code(weight, scale: scale, zeroPoint: zeroPoint)
        let decoded = scale * Float(Int(code) - Int(zeroPoint))
        return abs(Double(decoded) - Double(weight))
          <= QuantizedTensor.promisedBound(scale: scale, weight: weight)
      }
      if isKept(lowest) && isKept(highest) { return (scale, zeroPoint) }
      scale = scale.nextUp
    }
    throw AffineRangeError()
  }

  /// 2^-b with the largest b of `Quantization.fractionBitsRange` at which no weight leaves -128...127; 1 for zeros.
  /// Nil also where the largest weight would then be rounded to 2^128, which is no f32.
  static func powerOfTwo(lowest: Float, highest: Float, as type: ScaleType) -> Float? {
    let magnitude = max(-lowest, highest)
    guard magnitude > 0 else { return 1 }
    // With this b the largest magnitude is in [128, 256), with one less in [64, 128), which 128 may become by rounding,
    // and with two less it always fits.
    var bits = min(7 - Int(magnitude.exponent), Quantization.fractionBitsRange.upperBound)
    while true {
      let scale = powerOfTwo(fractionBits: bits)
      let low = RoundToInteger.even(Double(lowest) / Double(scale))
      let high = RoundToInteger.even(Double(highest) / Double(scale))
      if high <= 127 && low >= -128 {
        guard (scale * Float(low)).isFinite && (scale * Float(high)).isFinite else { return nil }
        return type == .f16 ? HalfScale.exact(scale) : scale
      }
      bits -= 1
    }
  }

  /// 2^-b. Precondition: b is in `Quantization.fractionBitsRange`.
  static func powerOfTwo(fractionBits: Int) -> Float {
    Float(sign: .plus, exponent: -fractionBits, significand: 1)
  }
}

/// A range of weights that no affine scale represents.
struct AffineRangeError: Error {}
