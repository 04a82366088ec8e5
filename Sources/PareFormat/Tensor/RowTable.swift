extension Tensor {
  /// Where block `block` starts: the number of stored elements before it, and the offset in the container of its positions;
  /// the ends of both for the block behind the last.
  ///
  /// The row table holds one column of ordinals, then, where bytes differ from ordinals, one of byte offsets (spec
  /// section 9).
  @inline(never)
  @_addressableSelf
  func start(ofBlock block: Int, in bytes: Span<UInt8>) -> (ordinal: Int, offset: Int) {
    let ordinal = rowTableStart(ofBlock: block, column: 0, end: encoding.nonZeroCount, in: bytes)
    var offset = ordinal
    if encoding.hasByteColumn {
      offset = rowTableStart(ofBlock: block, column: 1, end: encoding.positionByteCount, in: bytes)
    } else if encoding.positionNumber == PositionKind.indicesU16.rawValue {
      offset = 2 &* ordinal
    } else if encoding.positionNumber == PositionKind.bitmap.rawValue {
      // The last block may have fewer rows than its number says.
      let row = min(block &* encoding.blockRows(of: shape), shape.rows)
      offset = row &* ((shape.rowElementCount &+ 7) &>> 3)
    }
    return (ordinal, base &+ parts.positionStart &+ offset)
  }

  /// The elements of a block, the last one perhaps aside.
  var blockElementCount: Int {
    @inline(never) @_addressableSelf get { encoding.blockRows(of: shape) &* shape.rowElementCount }
  }

  /// Where block `block` starts in what a column of the table counts, whose last block ends at `end`.
  @inline(__always)
  @_addressableSelf
  private func rowTableStart(ofBlock block: Int, column: Int, end: Int, in bytes: Span<UInt8>) -> Int {
    if block == 0 { return 0 }
    if block > parts.rowTableColumn { return end }
    return rowTableEntry(column &* parts.rowTableColumn &+ block &- 1, in: bytes)
  }

  @inline(never)
  @_addressableSelf
  private func rowTableEntry(_ index: Int, in bytes: Span<UInt8>) -> Int {
    let start = base &+ parts.rowTableStart
    if encoding.rowTableEntryByteCount == 2 { return Int(truncatingIfNeeded: bytes.u16(at: start &+ 2 &* index)) }
    return Int(truncatingIfNeeded: bytes.u32(at: start &+ 4 &* index))
  }

  /// Throws `rowTableOrder` where an entry falls or passes the end of its column.
  @inline(never)
  @_addressableSelf
  func validateRowTable(_ bytes: Span<UInt8>) throws(FormatError) {
    var previous = 0
    var limit = encoding.nonZeroCount
    var index = 0
    var offset = base &+ parts.rowTableStart
    while offset < base &+ parts.rowTableEnd {
      if index == parts.rowTableColumn {
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
