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
/// positions of the block before r; never other blocks.
public struct NonZeroCursor {
  private let tensor: Tensor
  private let rowElementCount: Int
  private var first: Int
  private let end: Int

  // The reader, of elements in place or coded ones, starts when it first gets the bytes; elements `next` to `count` of what
  // the first kind read are yet to be given.
  private var reader: StoredReader?
  private var codedReader: CodedReader?
  private var count = 0
  private var next = 0

  // The row of the last element and where it ends.
  private var row = 0
  private var rowEnd = 0

  /// Preconditions: the tensor is sparse; `rows` is within its rows.
  public init(_ tensor: Tensor, rows: Range<Int>) {
    precondition(tensor.encoding.nnz != nil, "a dense tensor stores every element")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows)
    self.tensor = tensor
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
    guard first < end else { return nil }
    while let (element, value) = nextStored(bytes) {
      // Behind the rows, nothing is left of them.
      if element >= end { break }
      if element < first { continue }
      if element >= rowEnd {
        row = element / rowElementCount
        rowEnd = (row &+ 1) &* rowElementCount
      }
      return NonZero(row: row, column: element &- (rowEnd &- rowElementCount), value: value)
    }
    first = end
    return nil
  }

  /// The next stored element of the blocks that hold the rows.
  private mutating func nextStored(_ bytes: Span<UInt8>) -> (element: Int, value: Float)? {
    if tensor.encoding.isCoded {
      if codedReader == nil { codedReader = CodedReader(tensor, rows: rows, asFactors: false, bytes) }
      return codedReader?.next(bytes)
    }
    if next == count {
      if reader == nil { reader = StoredReader(tensor, rows: rows, asFactors: false, bytes) }
      next = 0
      count = reader?.read(Span(), bytes) ?? 0
      if count == 0 { return nil }
    }
    guard let element = reader?.positions[next], let value = reader?.values[next] else { return nil }
    next &+= 1
    return (element, value)
  }

  private var rows: Range<Int> { first / rowElementCount..<end / rowElementCount }
}
