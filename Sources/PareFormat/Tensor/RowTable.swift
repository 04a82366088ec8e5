extension Tensor {
  /// Where block `block` starts: the number of stored elements before it, and the offset in the container of its positions;
  /// the ends of both for the block behind the last.
  ///
  /// The row table holds one column of ordinals, then, where bytes differ from ordinals, one of byte offsets (spec
  /// section 9).
  @inline(never)
  func start(ofBlock block: Int, in bytes: Span<UInt8>) -> (ordinal: Int, offset: Int) {
    let start = base &+ parts.positions.lowerBound
    let count = encoding.blockCount(of: shape)
    if block == 0 { return (0, start) }
    if block >= count { return (encoding.nonZeroCount, start &+ parts.positions.count) }
    let ordinal = rowTableEntry(block &- 1, in: bytes)
    switch encoding.positionNumber {
    case PositionKind.bitmap.rawValue:
      return (ordinal, start &+ block &* encoding.blockRows(of: shape) &* ((shape.rowElementCount &+ 7) &>> 3))
    case PositionKind.indicesU16.rawValue: return (ordinal, start &+ 2 &* ordinal)
    default:
      return (ordinal, start &+ (encoding.hasByteColumn ? rowTableEntry(count &+ block &- 2, in: bytes) : ordinal))
    }
  }

  @inline(never)
  private func rowTableEntry(_ index: Int, in bytes: Span<UInt8>) -> Int {
    let start = base &+ parts.rowTable.lowerBound
    if encoding.rowTableEntryByteCount == 2 { return Int(truncatingIfNeeded: bytes.u16(at: start &+ 2 &* index)) }
    return Int(truncatingIfNeeded: bytes.u32(at: start &+ 4 &* index))
  }

  /// Throws `rowTableOrder` where an entry falls or passes the end of its column.
  @inline(__always)
  func validateRowTable(_ bytes: Span<UInt8>) throws(FormatError) {
    let entries = encoding.blockCount(of: shape) &- 1
    var previous = 0
    var limit = encoding.nonZeroCount
    var index = 0
    var offset = base &+ parts.rowTable.lowerBound
    while offset < base &+ parts.rowTable.upperBound {
      if index == entries {
        previous = 0
        limit = encoding.positionByteCount
      }
      let entry = rowTableEntry(index, in: bytes)
      guard entry >= previous, entry <= limit else {
        throw FormatError(.rowTableOrder, at: offset, tensor: record.index, found: entry, limit: limit)
      }
      previous = entry
      index &+= 1
      offset &+= encoding.rowTableEntryByteCount
    }
  }
}
