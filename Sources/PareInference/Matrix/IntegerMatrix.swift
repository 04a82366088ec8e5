public import PareFormat

/// A dense int8 tensor with row scales and without zero points that is multiplied in integers.
///
/// The input of a frame is rounded to integers of one scale; sums of integers are exact, so their order does not matter. The
/// result differs from that of `StoredMatrix` by the rounding of the input: at most half its scale for each channel.
public struct IntegerMatrix: Sendable {
  /// The tensor.
  public let tensor: Tensor

  /// Nil where the tensor is not dense in place, of int8 codes with a row scale, and without zero points.
  public init?(_ tensor: Tensor) { fatalError() }

  /// Rounds `columns` floats of x from `start` on, half to even, to multiples of a scale: the largest magnitude / `limit`.
  /// Gives the scale, 0 where all are 0, and then all integers are. A NaN counts as 0; an infinity makes the scale infinite and
  /// all integers 0.
  ///
  /// Preconditions: `limit` is 127 or 32767; the ranges are in their buffers. Linear.
  public static func quantize(
    _ x: Span<Float>, at start: Int, columns: Int, limit: Int, into integers: inout MutableSpan<Int16>
  ) -> Float { fatalError() }

  /// y[r] = f32(sum of code * integer) * (row scale * scale) + bias[r], of one frame.
  ///
  /// Preconditions: as for `StoredMatrix.multiply`; `integers` has a number for each column, at most 32767 in magnitude.
  public func multiply(
    rows: Range<Int>, _ bytes: Span<UInt8>, _ integers: Span<Int16>, scale: Float, bias: Span<Float>,
    into y: inout MutableSpan<Float>, at start: Int, path: ProductPath = .fastest
  ) { fatalError() }
}
