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
    switch self {
    case .tanh: Self.apply(.tanh, &values, range, path)
    case .sigmoid: Self.apply(.sigmoid, &values, range, path)
    case .relu: Self.map(&values, range) { $0 < 0 ? 0 : $0 }
    case .relu6: Self.map(&values, range) { Self.relu6($0) }
    case .leakyReLU(let alpha): Self.map(&values, range) { $0 < 0 ? alpha * $0 : $0 }
    case .elu(let alpha):
      Self.map(&values, range) { x in
        x.replacing(with: alpha * (FloatMath4.exp(x) - 1), where: x .< 0)
      } scalar: { x in
        x < 0 ? alpha * (FloatMath.exp(x) - 1) : x
      }
    case .hardTanh: Self.map(&values, range) { $0 < -1 ? -1 : $0 > 1 ? 1 : $0 }
    case .hardSigmoidKeras:
      Self.map(&values, range) { x in
        let line = 0.2 * x + 0.5
        return line < 0 ? 0 : line > 1 ? 1 : line
      }
    case .hardSigmoid: Self.map(&values, range) { Self.relu6($0 + 3) / 6 }
    case .hardSwish: Self.map(&values, range) { $0 * (Self.relu6($0 + 3) / 6) }
    case .silu:
      Self.map(&values, range) {
        $0 * FloatMath4.sigmoid($0)
      } scalar: {
        $0 * FloatMath.sigmoid($0)
      }
    case .softsign: Self.map(&values, range) { $0 / (1 + $0.magnitude) }
    case .geluTanh:
      Self.map(&values, range) { x in
        (0.5 * x) * (1 + FloatMath4.tanh(0.79788456 * (x + 0.044715 * ((x * x) * x))))
      } scalar: { x in
        (0.5 * x) * (1 + FloatMath.tanh(0.79788456 * (x + 0.044715 * ((x * x) * x))))
      }
    case .geluErf:
      Self.map(&values, range) { x in
        (0.5 * x) * (1 + FloatMath4.erf(0.70710677 * x))
      } scalar: { x in
        (0.5 * x) * (1 + FloatMath.erf(0.70710677 * x))
      }
    case .softmax: Self.softmax(&values, range, path)
    }
  }

  @inline(__always)
  private static func relu6(_ x: Float) -> Float { x < 0 ? 0 : x > 6 ? 6 : x }

  @inline(__always)
  private static func map(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ body: (Float) -> Float) {
    for index in range { values[index] = body(values[index]) }
  }

  /// Four at a time, then one by one; all one by one on a microcontroller.
  @inline(__always)
  private static func map(
    _ values: inout MutableSpan<Float>, _ range: Range<Int>, _ lanes: (SIMD4<Float>) -> SIMD4<Float>,
    scalar: (Float) -> Float
  ) {
    var index = range.lowerBound
    #if !hasFeature(Embedded)
      while index &+ 4 <= range.upperBound {
        values.setLanes4(lanes(values.lanes4(at: index)), at: index)
        index &+= 4
      }
    #endif
    while index < range.upperBound {
      values[index] = scalar(values[index])
      index &+= 1
    }
  }

  /// A function of `FloatMath`: with the machine's vectors as far as they go, then four at a time, then one by one.
  private static func apply(
    _ function: VectorFunctions.Function, _ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath
  ) {
    let done = path == .fastest ? VectorFunctions.map(function, &values, range) : 0
    let rest = range.lowerBound &+ done..<range.upperBound
    switch function {
    case .exp: map(&values, rest, FloatMath4.exp, scalar: FloatMath.exp)
    case .tanh: map(&values, rest, FloatMath4.tanh, scalar: FloatMath.tanh)
    case .sigmoid: map(&values, rest, FloatMath4.sigmoid, scalar: FloatMath.sigmoid)
    }
  }

  private static func softmax(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
    guard !range.isEmpty else { return }
    var largest = values[range.lowerBound]
    for index in range { largest = values[index] > largest ? values[index] : largest }
    map(&values, range) { $0 - largest }
    apply(.exp, &values, range, path)
    let sum = SumTree.dense(values.span.extracting(range))
    map(&values, range) { $0 / sum }
  }
}
