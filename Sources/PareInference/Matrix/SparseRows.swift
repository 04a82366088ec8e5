public import PareFormat

/// The non-zeros of a sparse tensor expanded row by row to a column and a factor each, for machines with memory.
///
/// Layout, as words of 32 bits: the end of each row among the non-zeros; then the bits of a scale for each row, 1 where the tensor
/// has no row scale; then for each non-zero its column and the bits of its factor.
public struct SparseRows: Sendable, Equatable {
  /// The rows.
  public let rowCount: Int

  /// The columns.
  public let columnCount: Int

  /// The non-zeros.
  public let nnz: Int

  /// Whether sums are multiplied by the scales.
  let hasRowScale: Bool

  /// The words that `build` writes and `multiply` reads.
  public var wordCount: Int { 2 &* rowCount &+ 2 &* nnz }

  /// Precondition: the tensor is sparse, in place or entropy coded, with less than 2^31 non-zeros and columns.
  public init(_ tensor: Tensor) {
    guard let nnz = tensor.encoding.nnz else { preconditionFailure("a dense tensor has no sparse rows") }
    precondition(nnz <= Int(Int32.max) && tensor.shape.rowElementCount <= Int(Int32.max), "too many non-zeros")
    rowCount = tensor.shape.rows
    columnCount = tensor.shape.rowElementCount
    self.nnz = nnz
    hasRowScale = tensor.hasRowScale
  }

  /// Writes the non-zeros. Linear in the elements for bitmaps and entropy-coded tensors, else in the non-zeros and rows.
  ///
  /// Preconditions: the tensor is the one of `init`; `bytes` is the span that its container was opened with; `words` has
  /// `wordCount` elements.
  public func build(_ tensor: Tensor, _ bytes: Span<UInt8>, into words: inout MutableSpan<UInt32>) {
    precondition(self == SparseRows(tensor), "the rows are those of another tensor")
    precondition(words.count == wordCount, "the buffer must hold the rows")
    guard rowCount > 0, columnCount > 0 else { return }
    for row in 0..<rowCount { words[rowCount &+ row] = tensor.rowScale(row, in: bytes).bitPattern }
    var filling = Filling(ordinal: 0, row: 0, rowEnd: columnCount)
    if tensor.encoding.sparse != nil {
      let table = tensor.codebookTable(bytes)
      var reader = StoredReader(tensor, rows: 0..<rowCount, asFactors: true, bytes)
      while true {
        let count = reader.read(table.span, bytes)
        if count == 0 { break }
        for index in 0..<count { append(reader.positions[index], reader.values[index], &filling, &words) }
      }
    } else {
      var reader = CodedReader(tensor, rows: 0..<rowCount, asFactors: true, bytes)
      while let next = reader.next(bytes) { append(next.element, next.value, &filling, &words) }
    }
    while filling.row < rowCount { endRow(&filling, &words) }
  }

  /// How far `build` came.
  private struct Filling {
    var ordinal: Int
    var row: Int
    var rowEnd: Int
  }

  @inline(__always)
  private func append(_ element: Int, _ factor: Float, _ filling: inout Filling, _ words: inout MutableSpan<UInt32>) {
    while element >= filling.rowEnd { endRow(&filling, &words) }
    let place = 2 &* (rowCount &+ filling.ordinal)
    words[place] = UInt32(truncatingIfNeeded: element &- (filling.rowEnd &- columnCount))
    words[place &+ 1] = factor.bitPattern
    filling.ordinal &+= 1
  }

  private func endRow(_ filling: inout Filling, _ words: inout MutableSpan<UInt32>) {
    words[filling.row] = UInt32(truncatingIfNeeded: filling.ordinal)
    filling.row &+= 1
    filling.rowEnd &+= columnCount
  }

  /// Multiplies some rows with frames, as `StoredMatrix.multiply` does and with its bits. Linear in the non-zeros times the frames.
  ///
  /// Preconditions: `words` was written by `build`; else as there.
  public func multiply(
    rows: Range<Int>, _ words: Span<UInt32>, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout
  ) {
    precondition(words.count == wordCount, "the buffer must hold the rows")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the matrix")
    precondition(xLayout.channelStride == 1, "the channels of x must be adjacent")
    precondition(xLayout.fits(frames: frames, channels: columnCount, in: x.count), "frames outside x")
    precondition(yLayout.fits(frames: frames, channels: rows.count, in: y.count), "frames outside y")
    precondition(bias.isEmpty || bias.count == rows.count, "a bias for each row")
    for frame in 0..<frames {
      let input = xLayout.start(ofFrame: frame)
      let vector = columnCount == 0 ? Span() : x.extracting(input..<input &+ columnCount)
      var start = rows.lowerBound == 0 ? 0 : Int(truncatingIfNeeded: words[rows.lowerBound &- 1])
      for row in rows {
        let end = columnCount == 0 ? 0 : Int(truncatingIfNeeded: words[row])
        var sum = Self.sum(words.extracting(2 &* (rowCount &+ start)..<2 &* (rowCount &+ end)), vector)
        if hasRowScale { sum *= Float(bitPattern: words[rowCount &+ row]) }
        let channel = row &- rows.lowerBound
        if !bias.isEmpty { sum += bias[channel] }
        y[yLayout.start(ofFrame: frame) &+ channel &* yLayout.channelStride] = sum
        start = end
      }
    }
  }

  /// The sum of a row's products, from pairs of column and factor.
  @inline(__always)
  private static func sum(_ pairs: Span<UInt32>, _ x: Span<Float>) -> Float {
    var s0: Float = 0
    var s1: Float = 0
    var s2: Float = 0
    var s3: Float = 0
    var place = 0
    while place &+ 8 <= pairs.count {
      s0 += product(pairs, place, x)
      s1 += product(pairs, place &+ 2, x)
      s2 += product(pairs, place &+ 4, x)
      s3 += product(pairs, place &+ 6, x)
      place &+= 8
    }
    if place < pairs.count { s0 += product(pairs, place, x) }
    if place &+ 2 < pairs.count { s1 += product(pairs, place &+ 2, x) }
    if place &+ 4 < pairs.count { s2 += product(pairs, place &+ 4, x) }
    return (s0 + s1) + (s2 + s3)
  }

  @inline(__always)
  private static func product(_ pairs: Span<UInt32>, _ place: Int, _ x: Span<Float>) -> Float {
    Float(bitPattern: pairs[place &+ 1]) * x[Int(truncatingIfNeeded: pairs[place])]
  }
}
