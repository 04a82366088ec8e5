/// One element of a sparse tensor that is not zero.
public struct NonZero: Sendable, Equatable {
  /// The row, an index of axis 0; 0 for ranks 0 and 1.
  public let row: Int
  /// The index in the row.
  public let column: Int
  /// The decoded value.
  public let value: Float

  /// Creates an element.
  public init(row: Int, column: Int, value: Float) {
    self.row = row
    self.column = column
    self.value = value
  }
}

/// Walks the stored elements of rows of a sparse tensor without expanding it (spec section 8).
///
/// Elements come in rising order. Starting at row r reads the row table and, where a block holds several rows, the
/// positions of the block before r; never the rows before that.
public struct NonZeroCursor {
  private let tensor: Tensor
  private var positions: PositionCursor
  private let rowElementCount: Int
  private let first: Int
  private let end: Int

  /// Preconditions: the tensor is sparse; `rows` is within its rows.
  public init(_ tensor: Tensor, rows: Range<Int>) {
    guard let sparse = tensor.encoding.sparse else { preconditionFailure("a dense tensor stores every element") }
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows)
    self.tensor = tensor
    rowElementCount = tensor.shape.rowElementCount
    first = rows.lowerBound &* rowElementCount
    end = rows.upperBound &* rowElementCount
    positions = PositionCursor(tensor, sparse, block: rows.lowerBound &>> (sparse.blockRowsLog2 ?? (Int.bitWidth - 1)))
  }

  /// All rows. Precondition: the tensor is sparse.
  public init(_ tensor: Tensor) { self.init(tensor, rows: 0..<tensor.shape.rows) }

  /// The next non-zero, nil behind the last. `bytes` is the span that the container was opened with.
  public mutating func next(in bytes: Span<UInt8>) -> NonZero? {
    guard let position = nextPosition(bytes) else { return nil }
    return NonZero(
      row: position.element / rowElementCount, column: position.element % rowElementCount,
      value: tensor.storedValue(position.ordinal, element: position.element, in: bytes))
  }

  @inline(__always)
  mutating func nextPosition(_ bytes: Span<UInt8>) -> PositionCursor.Position? {
    // The tensor was validated, so the walk has no errors left.
    while let position = (try? positions.next(bytes)) ?? nil {
      if position.element >= end { return nil }
      if position.element >= first { return position }
    }
    return nil
  }
}
