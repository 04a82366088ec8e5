extension Tensor {
  /// Checks a coded part: its description, then block by block its streams and elements (spec section 11).
  @_addressableSelf
  func validateCoded(_ bytes: Span<UInt8>) throws(FormatError) {
    #if !hasFeature(Embedded)
      // The exact walk runs only where something is wrong, or nearly, or where there is no fast way.
      if isSurelyValid(try CodedDescription.parse(self, bytes), bytes) { return }
    #endif
    var none = MutableSpan<Float>()
    try readCoded(0..<shape.rows, bytes, into: &none)
  }

  /// Reads the blocks that hold `rows`, and writes the elements of `rows` to `floats`; without any floats, checks the blocks.
  ///
  /// One function, since a microcontroller has room for one reader, in its code and on its stack. It throws only what is wrong
  /// with a tensor that has not been checked.
  @inline(never)
  @_addressableSelf
  func readCoded(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
  ) throws(FormatError) {
    let isChecking = floats.isEmpty
    let isSparse = encoding.isSparse
    var elements = CodedElements()
    try CodedElements.open(&elements, self, bytes)
    let first = rows.lowerBound &* shape.rowElementCount
    let needsValues = !isChecking || (isSparse && encoding.elementKind != .codebook)
    var value = StoredValue()
    var block = encoding.block(ofRow: rows.lowerBound)
    let blockCount = elements.description.blockCount
    while block < blockCount {
      elements.enter(blocks: block..<block &+ 1)
      block &+= 1
      while CodedElements.advance(&elements, bytes) {
        let start = elements.chunk.first &- first
        if !isChecking, start >= floats.count { return }
        // Nor those before the rows.
        if needsValues, isChecking || start &+ elements.chunk.elementCount > 0 {
          CodedChunk.decode(
            &elements.chunk, to: elements.chunk.elementCount, &value, self, bytes, into: &floats, at: start)
        }
      }
      if !isChecking { continue }
      try elements.checkEnd(record.index, bytes)
      if needsValues, elements.chunk.nonZeroCount != elements.storedCount {
        throw error(.storedZero, at: elements.start(ofStream: 1))
      }
    }
    if isChecking, isSparse, elements.storedCount != encoding.nonZeroCount {
      throw FormatError(
        .positionCountMismatch, at: elements.start(ofStream: 0), tensor: record.index, found: elements.storedCount,
        limit: encoding.nonZeroCount)
    }
  }
}
