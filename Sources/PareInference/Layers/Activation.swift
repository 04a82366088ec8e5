/// A function of each element, or of a frame for softmax.
///
/// Formulas are evaluated as written, each operation rounded to f32, with the functions of `FloatMath`. NaN gives NaN.
public enum Activation: Sendable, Equatable {
  /// tanh(x).
  case tanh
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// 0 where x < 0, else x.
  case relu
  /// 0 where x < 0, 6 where x > 6, else x.
  case relu6
  /// alpha * x where x < 0, else x.
  case leakyReLU(alpha: Float)
  /// alpha * (exp(x) - 1) where x < 0, else x.
  case elu(alpha: Float)
  /// -1 where x < -1, 1 where x > 1, else x.
  case hardTanh
  /// 0.2 * x + 0.5 between 0 and 1: Keras 2.
  case hardSigmoidKeras
  /// relu6(x + 3) / 6: torch, and Keras 3.
  case hardSigmoid
  /// x * (relu6(x + 3) / 6).
  case hardSwish
  /// x * sigmoid(x), also called swish.
  case silu
  /// x / (1 + |x|).
  case softsign
  /// (0.5 * x) * (1 + tanh(0.79788456 * (x + 0.044715 * ((x * x) * x)))).
  case geluTanh
  /// (0.5 * x) * (1 + erf(0.70710677 * x)).
  case geluErf
  /// exp(x - m) / s, where m is the frame's largest element and s the sum of exp(x - m), whose order is that of a dense row.
  case softmax
}

extension Activation {
  /// Applies the function in place to frames of `channels` adjacent floats. Linear.
  ///
  /// Preconditions: the frames are in `values`, and their channels adjacent.
  public func apply(
    _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int, channels: Int, path: ProductPath = .fastest
  ) {
    precondition(layout.channelStride == 1, "the channels must be adjacent")
    precondition(layout.fits(frames: frames, channels: channels, in: values.count), "frames outside the buffer")
    if layout.frameStride == channels, self != .softmax {
      apply(&values, layout.start..<layout.start &+ frames &* channels, path: path)
      return
    }
    for frame in 0..<frames {
      let start = layout.start(ofFrame: frame)
      apply(&values, start..<start &+ channels, path: path)
    }
  }

  /// Applies the function in place to some floats, which are one frame for softmax. Linear. Precondition: `range` is in `values`.
  public func apply(_ values: inout MutableSpan<Float>, _ range: Range<Int>, path: ProductPath = .fastest) {
    precondition(range.lowerBound >= 0 && range.upperBound <= values.count, "range outside the buffer")
    if case .softmax = self { return Self.softmax(&values, range, path) }
    applyEach(&values, range, path)
  }

  #if hasFeature(Embedded)
    /// One loop for all functions, which a microcontroller calls anyway.
    private func applyEach(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
      for index in range { values[index] = value(values[index]) }
    }
  #endif

  /// The function of one element; x for softmax, which is none.
  @inline(__always)
  func value(_ x: Float) -> Float {
    switch self {
    case .tanh: FloatMath.tanh(x)
    case .sigmoid: FloatMath.sigmoid(x)
    case .relu: x < 0 ? 0 : x
    case .relu6: Self.clip(x, 0, 6)
    case .leakyReLU(let alpha): x < 0 ? alpha * x : x
    case .elu(let alpha): x < 0 ? alpha * (FloatMath.exp(x) - 1) : x
    case .hardTanh: Self.clip(x, -1, 1)
    case .hardSigmoidKeras: Self.clip(0.2 * x + 0.5, 0, 1)
    case .hardSigmoid: Self.clip(x + 3, 0, 6) / 6
    case .hardSwish: x * (Self.clip(x + 3, 0, 6) / 6)
    case .silu: x * FloatMath.sigmoid(x)
    case .softsign: x / (1 + x.magnitude)
    case .geluTanh: (0.5 * x) * (1 + FloatMath.tanh(0.79788456 * (x + 0.044715 * ((x * x) * x))))
    case .geluErf: (0.5 * x) * (1 + FloatMath.erf(0.70710677 * x))
    case .softmax: x
    }
  }

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  private static func clip(_ x: Float, _ low: Float, _ high: Float) -> Float { x < low ? low : x > high ? high : x }

  private static func softmax(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
    guard !range.isEmpty else { return }
    var largest = values[range.lowerBound]
    for index in range { largest = values[index] > largest ? values[index] : largest }
    for index in range { values[index] -= largest }
    exponentiate(&values, range, path)
    let sum = LaneSums.total(of: values.span.extracting(range))
    for index in range { values[index] /= sum }
  }

  #if hasFeature(Embedded)
    private static func exponentiate(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
      for index in range { values[index] = FloatMath.exp(values[index]) }
    }
  #endif
}
