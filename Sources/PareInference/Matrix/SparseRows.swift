public import PareFormat

/// The non-zeros of a sparse tensor expanded row by row to a column of 32 bits and a factor of f32 each, for machines with memory.
///
/// Layout of the words, as UInt32: the end of each row among the non-zeros; then the columns; then the bits of the factors; then
/// those of a scale for each row, 1 where the tensor has no row scale.
public struct SparseRows: Sendable, Equatable {
  public let rowCount: Int
  public let columnCount: Int
  /// The non-zeros.
  public let nnz: Int

  /// The words that `build` writes and `multiply` reads.
  public var wordCount: Int { 2 * rowCount + 2 * nnz }

  /// Precondition: the tensor is sparse, in place or entropy coded, with less than 2^32 non-zeros.
  public init(_ tensor: Tensor) { fatalError() }

  /// Writes the non-zeros. Linear in the elements for bitmaps and entropy-coded tensors, else in the non-zeros.
  ///
  /// Preconditions: the tensor is the one of `init`; `words` has `wordCount` elements.
  public func build(_ tensor: Tensor, _ bytes: Span<UInt8>, into words: inout MutableSpan<UInt32>) { fatalError() }

  /// Multiplies some rows with frames, as `StoredMatrix.multiply` does and with its bits. Linear in the non-zeros times the frames.
  public func multiply(
    rows: Range<Int>, _ words: Span<UInt32>, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout
  ) { fatalError() }
}
