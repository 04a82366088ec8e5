public import PareFormat

/// A stored tensor as a matrix that is multiplied where it lies: rows are those of the tensor, columns the elements of a row.
///
/// It takes every encoding and needs no memory but a few hundred bytes of stack: about 1 KB in place, 4 KB for an entropy-coded
/// tensor. Dense f32 and dense int8 with a row scale, and sparse int8 with u8 gaps, have loops of their own.
public struct StoredMatrix: Sendable {
  /// The tensor.
  public let tensor: Tensor

  /// The rows, which are the outputs.
  public var rowCount: Int { tensor.shape.rows }

  /// The columns, which are the inputs.
  public var columnCount: Int { tensor.shape.rowElementCount }

  /// Creates a matrix; it holds no bytes.
  public init(_ tensor: Tensor) { self.tensor = tensor }

  /// Multiplies some rows with frames: y[f][r] = sum over c of W[rows.lowerBound + r][c] * x[f][c], plus bias[r].
  ///
  /// Linear in the stored elements of the rows times the frames; an entropy-coded tensor, and a sparse one whose row table is
  /// coarse, is read from the start of the first row's block on. Preconditions: `rows` is within the matrix; `bytes` is the span
  /// that the container was opened with; the frames of `columnCount` channels are in `x`, those of `rows.count` channels in `y`;
  /// the channels of `x` are adjacent; `bias` is empty or has `rows.count` floats.
  public func multiply(
    rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout, path: ProductPath = .fastest
  ) {
    fatalError()
  }
}

/// How a product is computed; all ways give the same bits.
public enum ProductPath: Sendable {
  /// In Swift alone.
  case portable
  /// With the machine's vectors where the package's C kernels know them.
  case fastest
}
