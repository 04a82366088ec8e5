public import PareFormat

/// The factors of a matrix as f32 in panels of 8 rows, for machines with memory: the fastest form of a matrix that fits a cache.
///
/// Layout of the floats: for each group of rows, for each panel of 8 rows, for each column, the factors of the 8 rows; rows behind
/// a group's last are 0. Behind all panels one scale for each row of each panel, 1 where the tensor has no row scale.
public struct Panels: Sendable, Equatable {
  /// The rows of a panel.
  static let width = 8

  /// The rows of each group; a group has an input of its own.
  public let rowsPerGroup: Int

  /// The columns.
  public let columnCount: Int

  /// The groups.
  public let groupCount: Int

  /// Whether sums are multiplied by the scales.
  public let hasRowScale: Bool

  /// The panels of a group.
  var panelsPerGroup: Int { (rowsPerGroup &+ 7) &>> 3 }

  /// Where the scales start.
  public var scalesStart: Int { groupCount &* panelsPerGroup &* Self.width &* columnCount }

  /// The floats that `build` writes and `multiply` reads.
  public var floatCount: Int { scalesStart &+ groupCount &* panelsPerGroup &* Self.width }

  /// Panels for a tensor whose rows are `groups` equal groups. Precondition: they are.
  public init(_ tensor: Tensor, groups: Int = 1) {
    precondition(groups > 0 && tensor.shape.rows % groups == 0, "the rows must be equal groups")
    rowsPerGroup = tensor.shape.rows / groups
    columnCount = tensor.shape.rowElementCount
    groupCount = groups
    hasRowScale = tensor.hasRowScale
  }

  /// Writes the factors of `tensor`, dense or sparse in any encoding. Linear in the elements.
  ///
  /// Preconditions: the tensor is the one of `init`; `bytes` is the span that its container was opened with; `floats` has
  /// `floatCount` elements.
  public func build(_ tensor: Tensor, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    precondition(self == Panels(tensor, groups: groupCount), "the panels are those of another tensor")
    precondition(floats.count == floatCount, "the buffer must hold the panels")
    for index in 0..<scalesStart { floats[index] = 0 }
    for index in scalesStart..<floatCount { floats[index] = 1 }
    let rows = tensor.shape.rows
    for row in 0..<rows { floats[scalesStart &+ paddedRow(row)] = tensor.rowScale(row, in: bytes) }
    guard rows > 0, columnCount > 0 else { return }
    if tensor.encoding.sparse != nil {
      fill(fromSparse: tensor, bytes, &floats)
    } else if tensor.encoding.coded != nil {
      var reader = CodedReader(tensor, rows: 0..<rows, asFactors: true, bytes)
      var row = 0
      while let next = reader.next(bytes) {
        while next.element >= (row &+ 1) &* columnCount { row &+= 1 }
        floats[place(row, next.element &- row &* columnCount)] = next.value
      }
    } else {
      fill(fromDense: tensor, bytes, &floats)
    }
  }

  /// The number of a row when each group is filled up to whole panels.
  @inline(__always)
  private func paddedRow(_ row: Int) -> Int {
    groupCount == 1 ? row : row / rowsPerGroup &* panelsPerGroup &* Self.width &+ row % rowsPerGroup
  }

  /// Where the factor of a row and column is.
  @inline(__always)
  private func place(_ row: Int, _ column: Int) -> Int {
    let padded = paddedRow(row)
    return (padded & ~7) &* columnCount &+ column &* Self.width &+ padded & 7
  }

  private func fill(fromDense tensor: Tensor, _ bytes: Span<UInt8>, _ floats: inout MutableSpan<Float>) {
    let table = tensor.codebookTable(bytes)
    let factors = DenseFactors(tensor)
    var buffer = InlineArray<64, Float>(repeating: 0)
    for row in 0..<tensor.shape.rows {
      let start = place(row, 0)
      var column = 0
      while column < columnCount {
        let count = min(64, columnCount &- column)
        var piece = buffer.mutableSpan
        factors.decode(row: row, columns: column..<column &+ count, table.span, bytes, into: &piece, at: 0)
        for index in 0..<count { floats[start &+ (column &+ index) &* Self.width] = buffer[index] }
        column &+= count
      }
    }
  }

  private func fill(fromSparse tensor: Tensor, _ bytes: Span<UInt8>, _ floats: inout MutableSpan<Float>) {
    let table = tensor.codebookTable(bytes)
    var reader = StoredReader(tensor, rows: 0..<tensor.shape.rows, asFactors: true, bytes)
    var row = 0
    while true {
      let count = reader.read(table.span, bytes)
      if count == 0 { return }
      for index in 0..<count {
        let element = reader.positions[index]
        while element >= (row &+ 1) &* columnCount { row &+= 1 }
        floats[place(row, element &- row &* columnCount)] = reader.values[index]
      }
    }
  }
}
