/// A function of each element, or of a frame for softmax.
///
/// Formulas are evaluated as written, each operation rounded to f32. NaN gives NaN.
public enum Activation: Sendable, Equatable {
  /// tanh(x).
  case tanh
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// x where x > 0, else 0.
  case relu
  /// min(max(x, 0), 6).
  case relu6
  /// x where x > 0, else alpha * x.
  case leakyReLU(alpha: Float)
  /// x where x > 0, else alpha * (exp(x) - 1).
  case elu(alpha: Float)
  /// min(max(x, -1), 1).
  case hardTanh
  /// min(max(0.2 * x + 0.5, 0), 1): Keras 2.
  case hardSigmoidKeras
  /// min(max(x + 3, 0), 6) / 6: torch, and Keras 3.
  case hardSigmoid
  /// x * (min(max(x + 3, 0), 6) / 6).
  case hardSwish
  /// x * sigmoid(x), also called swish.
  case silu
  /// x / (1 + |x|).
  case softsign
  /// 0.5 * x * (1 + tanh(0.7978846 * (x + 0.044715 * (x * x * x)))).
  case geluTanh
  /// exp(x - m) / sum over the frame of exp(x - m), where m is the frame's largest element; the sum has the order of a dense row.
  case softmax
}

extension Activation {
  /// Applies the function in place to frames of `channels` adjacent floats. Linear.
  ///
  /// Precondition: the frames are in `values`.
  public func apply(
    _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int, channels: Int
  ) { fatalError() }

  /// Applies the function to some floats in place; softmax takes them as one frame. Precondition: `range` is in `values`.
  public func apply(_ values: inout MutableSpan<Float>, _ range: Range<Int>) { fatalError() }
}
