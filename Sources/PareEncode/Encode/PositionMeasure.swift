public import PareFormat

extension PruningMask {
  /// The sparse parameters worth comparing when the kept elements are stored, each with its exact size, in a fixed order.
  ///
  /// Bitmap, gaps and indices have a row table entry for each row, since they are there to be reached by row. Rice
  /// gaps are there to be small: their blocks hold the fewest rows whose table stays below 1/64 of the positions.
  public func candidates(shape: Shape) -> [SparseParameters] {
    // Where nothing is zero, positions would only add to the dense values; a tensor without elements is dense too.
    guard droppedCount > 0 else { return [] }
    let perRow = shape.rows > 1 ? 0 : nil
    var found = [
      SparseParameters(kind: .bitmap, nnz: keptCount, blockRowsLog2: perRow),
      SparseParameters(
        kind: .gapsU8, nnz: keptCount, blockRowsLog2: perRow,
        positionByteCount: gapByteCount(BlockWalk(shape: shape, blockRowsLog2: perRow))),
    ]
    if shape.rowElementCount <= SparseParameters.maximumIndexedRow {
      found.append(SparseParameters(kind: .indicesU16, nnz: keptCount, blockRowsLog2: perRow))
    }
    found.append(rice(shape: shape))
    return found
  }

  private func gapByteCount(_ walk: BlockWalk) -> Int {
    var byteCount = 0
    forEachGap(walk) {
      byteCount &+= $0 / 255 &+ 1
    } endBlock: {
    }
    return byteCount
  }

  private func rice(shape: Shape) -> SparseParameters {
    let riceBits = bestRiceBits(BlockWalk(shape: shape, blockRowsLog2: nil))
    let whole = riceByteCount(BlockWalk(shape: shape, blockRowsLog2: nil), riceBits: riceBits)
    var blockRowsLog2: Int?
    var k = 0
    while k <= 30, 1 << k < shape.rows {
      // Two columns of u16, or of u32 for long streams.
      let blocks = (shape.rows - 1) >> k
      if blocks * (max(whole, keptCount) > 65_535 ? 8 : 4) <= whole / 64 {
        blockRowsLog2 = k
        break
      }
      k += 1
    }
    let byteCount =
      blockRowsLog2 == nil
      ? whole : riceByteCount(BlockWalk(shape: shape, blockRowsLog2: blockRowsLog2), riceBits: riceBits)
    return SparseParameters(
      kind: .gapsRice, nnz: keptCount, blockRowsLog2: blockRowsLog2, positionByteCount: byteCount, riceBits: riceBits)
  }

  /// The number of low bits that makes the whole stream smallest; the lowest of equals.
  private func bestRiceBits(_ walk: BlockWalk) -> Int {
    var unary = [Int](repeating: 0, count: SparseParameters.maximumRiceBits + 1)
    forEachGap(walk) { gap in
      var rest = gap
      var bits = 0
      while rest > 0, bits < unary.count {
        unary[bits] &+= rest
        rest &>>= 1
        bits &+= 1
      }
    } endBlock: {
    }
    var best = 0
    for bits in 1..<unary.count where unary[bits] + bits * keptCount < unary[best] + best * keptCount { best = bits }
    return best
  }

  private func riceByteCount(_ walk: BlockWalk, riceBits: Int) -> Int {
    var byteCount = 0
    var bitCount = 0
    forEachGap(walk) {
      bitCount &+= $0 &>> riceBits &+ 1 &+ riceBits
    } endBlock: {
      byteCount &+= (bitCount &+ 7) / 8
      bitCount = 0
    }
    return byteCount
  }

  /// Calls `body` with the gap before each stored element, counted from the start of its block, and `endBlock` after
  /// each block.
  @inline(__always)
  private func forEachGap(_ walk: BlockWalk, _ body: (Int) -> Void, endBlock: () -> Void) {
    for block in 0..<walk.blockCount {
      let range = walk.elements(of: block)
      var next = range.lowerBound
      for element in kept(from: range.lowerBound, count: range.count) {
        body(element &- next)
        next = element &+ 1
      }
      endBlock()
    }
  }
}
