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
/// positions of the block before r; never the rows before that. Some positions are read at a time, so positions behind
/// `rows` may be looked at, but nothing of them is given out.
public struct NonZeroCursor {
  private let tensor: Tensor
  private let sparse: SparseParameters
  private let rowElementCount: Int
  private let first: Int
  private let end: Int

  // The reader starts when it first gets the bytes.
  private var reader: PositionReader?
  private var positions = PositionReader.Chunk(repeating: 0)
  private var count = 0
  private var next = 0
  private var ordinal = 0

  // The row of the last element and where it ends.
  private var row = 0
  private var rowEnd = 0

  /// Preconditions: the tensor is sparse; `rows` is within its rows.
  public init(_ tensor: Tensor, rows: Range<Int>) {
    guard let sparse = tensor.encoding.sparse else { preconditionFailure("a dense tensor stores every element") }
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows)
    self.tensor = tensor
    self.sparse = sparse
    rowElementCount = tensor.shape.rowElementCount
    first = rows.lowerBound &* rowElementCount
    end = rows.upperBound &* rowElementCount
    row = rows.lowerBound
    rowEnd = first &+ rowElementCount
  }

  /// All rows. Precondition: the tensor is sparse.
  public init(_ tensor: Tensor) { self.init(tensor, rows: 0..<tensor.shape.rows) }

  /// The next non-zero, nil behind the last. `bytes` is the span that the container was opened with.
  public mutating func next(in bytes: Span<UInt8>) -> NonZero? {
    while true {
      if next == count {
        read(bytes)
        if count == 0 { return nil }
      }
      let element = positions[next]
      let ordinal = ordinal &+ next
      next &+= 1
      if element < first { continue }
      guard element < end else {
        // Nothing of the rows is left, now or in another call.
        next &-= 1
        return nil
      }
      if element >= rowEnd {
        row = element / rowElementCount
        rowEnd = (row &+ 1) &* rowElementCount
      }
      return NonZero(
        row: row, column: element &- (rowEnd &- rowElementCount),
        value: tensor.storedValue(ordinal, element: element, in: bytes))
    }
  }

  private mutating func read(_ bytes: Span<UInt8>) {
    next = 0
    count = 0
    guard first < end else { return }
    if reader == nil { reader = PositionReader(tensor, sparse, block: sparse.block(ofRow: first / rowElementCount), bytes) }
    ordinal = reader?.ordinal ?? 0
    count = reader?.read(&positions, bytes) ?? 0
  }
}
