/// The parameters of an entropy-coded tensor (spec section 8, position codings 16 and 17).
public struct CodedParameters: Sendable, Equatable {
  /// The number of stored elements of a sparse tensor; nil for a dense one, which stores all.
  public let nnz: Int?

  /// Rows in a block are 2 to this power; nil when the whole tensor is one block.
  public let blockRowsLog2: Int?

  /// The size of the coded part.
  public let codedByteCount: Int

  static let denseNumber: UInt8 = 16
  static let sparseNumber: UInt8 = 17

  /// The number in bits 0 to 4 of the position field.
  var number: UInt8 { nnz == nil ? Self.denseNumber : Self.sparseNumber }

  /// Creates parameters; the ranges are the spec's, and not checked here.
  public init(nnz: Int?, blockRowsLog2: Int?, codedByteCount: Int) {
    self.nnz = nnz
    self.blockRowsLog2 = blockRowsLog2
    self.codedByteCount = codedByteCount
  }

  /// The number of blocks of a tensor of `shape`, which has elements.
  func blockCount(of shape: Shape) -> Int {
    guard let blockRowsLog2 else { return 1 }
    return (shape.rows &- 1) &>> blockRowsLog2 &+ 1
  }

  /// The rows of a block, the last one perhaps aside.
  func blockRows(of shape: Shape) -> Int {
    // A block may be larger than the tensor; a product of rows that exist cannot overflow.
    blockRowsLog2.map { min(1 &<< $0, shape.rows) } ?? shape.rows
  }

  func write(to sink: inout some ByteSink) {
    if let nnz { sink.leb128(nnz) }
    sink.append(blockRowsLog2.map { UInt8(truncatingIfNeeded: $0) } ?? 255)
    sink.leb128(codedByteCount)
  }
}
