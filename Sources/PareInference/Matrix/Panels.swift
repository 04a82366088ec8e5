public import PareFormat

/// The factors of a matrix as f32 in panels of 8 rows, for machines with memory: the fastest form for matrices in a cache.
///
/// Layout of the floats: for each group of rows, for each panel of 8 rows, for each column, the factors of the 8 rows; rows behind
/// a group's last are 0. Behind all panels one scale for each row of each panel, 1 where the tensor has no row scale.
public struct Panels: Sendable, Equatable {
  /// The rows of one group, the columns, and the groups, which are multiplied each with an input of its own.
  public let rowsPerGroup: Int
  public let columnCount: Int
  public let groupCount: Int

  /// The floats that `build` writes and `multiply` reads.
  public var floatCount: Int { fatalError() }

  /// Panels for a tensor whose rows are `groups` equal groups. Precondition: they are.
  public init(_ tensor: Tensor, groups: Int = 1) { fatalError() }

  /// Writes the factors of `tensor`, dense or sparse in any encoding. Linear in the elements.
  ///
  /// Preconditions: the tensor is the one of `init`; `floats` has `floatCount` elements.
  public func build(_ tensor: Tensor, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) { fatalError() }

  /// Multiplies the rows of a group with frames: y[f][r] = scale[r] * (sum over c of factor[r][c] * x[f][c]) + bias[r].
  ///
  /// The bits are those of `StoredMatrix` for a dense tensor; those of a sparse one differ, since its sums are others.
  /// Preconditions: `floats` was written by `build`; the frames of `columnCount` channels are in `x`, those of `rowsPerGroup`
  /// channels in `y`; the channels of `x` are adjacent; `bias` is empty or has `rowsPerGroup` floats.
  public func multiply(
    _ floats: Span<Float>, group: Int = 0, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout, path: ProductPath = .fastest
  ) { fatalError() }
}
