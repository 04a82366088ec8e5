extension Tensor {
  /// The number of stored elements before block `block`; all of them for the block behind the last.
  ///
  /// The row table holds one column of ordinals, then, where bytes differ from ordinals, one of byte offsets (spec
  /// section 9).
  @inline(__always)
  func ordinalStart(ofBlock block: Int, _ sparse: SparseParameters, in bytes: Span<UInt8>) -> Int {
    if block == 0 { return 0 }
    let count = sparse.blockCount(of: shape)
    if block >= count { return sparse.nnz }
    return rowTableEntry(block &- 1, sparse, in: bytes)
  }

  /// The offset in the container of the positions of block `block`; their end for the block behind the last.
  func positionStart(ofBlock block: Int, _ sparse: SparseParameters, in bytes: Span<UInt8>) -> Int {
    let start = base &+ parts.positions.lowerBound
    if block == 0 { return start }
    let count = sparse.blockCount(of: shape)
    if block >= count { return base &+ parts.positions.upperBound }
    switch sparse.kind {
    case .bitmap:
      // A table is present, so blockRowsLog2 is too.
      return start &+ (block &<< (sparse.blockRowsLog2 ?? 0)) &* ((shape.rowElementCount &+ 7) &>> 3)
    case .indicesU16: return start &+ 2 &* rowTableEntry(block &- 1, sparse, in: bytes)
    case .gapsU8, .gapsRice:
      let column = sparse.hasByteColumn ? count &- 1 : 0
      return start &+ rowTableEntry(column &+ block &- 1, sparse, in: bytes)
    }
  }

  @inline(__always)
  private func rowTableEntry(_ index: Int, _ sparse: SparseParameters, in bytes: Span<UInt8>) -> Int {
    let start = base &+ parts.rowTable.lowerBound
    if sparse.rowTableEntryByteCount == 2 {
      return Int(truncatingIfNeeded: bytes.u16(at: start &+ 2 &* index))
    }
    return Int(truncatingIfNeeded: bytes.u32(at: start &+ 4 &* index))
  }

  /// Throws `rowTableOrder` where an entry falls or passes the end of its column.
  func validateRowTable(_ sparse: SparseParameters, _ bytes: Span<UInt8>) throws(FormatError) {
    let entries = sparse.blockCount(of: shape) - 1
    for column in 0..<(sparse.hasByteColumn ? 2 : 1) {
      let limit = column == 0 ? sparse.nnz : sparse.positionByteCount
      var previous = 0
      for index in 0..<entries {
        let entry = rowTableEntry(column &* entries &+ index, sparse, in: bytes)
        guard entry >= previous, entry <= limit else {
          throw FormatError(
            .rowTableOrder,
            at: base + parts.rowTable.lowerBound + (column * entries + index) * sparse.rowTableEntryByteCount,
            tensor: record.index, found: entry,
            limit: limit)
        }
        previous = entry
      }
    }
  }
}
