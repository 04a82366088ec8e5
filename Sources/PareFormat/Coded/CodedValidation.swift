extension Tensor {
  /// Checks a coded part: its description, then block by block its streams and elements (spec section 11).
  @_addressableSelf
  func validateCoded(_ bytes: Span<UInt8>) throws(FormatError) {
    #if !hasFeature(Embedded)
      // The exact walk runs only where something is wrong, or nearly, or where there is no fast way.
      if isSurelyValid(try CodedDescription.parse(self, bytes), bytes) { return }
    #endif
    var none = MutableSpan<Float>()
    try readCoded(0..<shape.rows, isChecking: true, bytes, into: &none)
  }

  /// Reads the blocks that hold `rows`: either to check them, or to write the elements of `rows` that are stored to `floats`.
  ///
  /// One function, since a microcontroller has room for one reader, in its code and on its stack. It throws only what is wrong
  /// with a tensor that has not been checked.
  @inline(never)
  @_addressableSelf
  func readCoded(
    _ rows: Range<Int>, isChecking: Bool, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
  ) throws(FormatError) {
    var elements = CodedElements(self)
    try elements.open(self, bytes)
    let first = rows.lowerBound &* shape.rowElementCount
    let needsValues = !isChecking || (encoding.isSparse && encoding.elementKind != .codebook)
    var value = StoredValue()
    var values = InlineArray<128, Float>(repeating: 0)
    for block in encoding.blocks(of: rows) {
      elements.enter(blocks: block..<block &+ 1)
      var hasZero = false
      while elements.advance(bytes) {
        if !needsValues { continue }
        let start = elements.chunk.first &- first
        if !isChecking, start >= 0, start &+ values.count <= floats.count {
          elements.chunk.decode(&value, self, bytes, into: &floats, at: start)
          continue
        }
        if !isChecking, start >= floats.count { return }
        // To be looked at, or partly before the rows or behind them.
        for index in values.indices { values[index] = 0 }
        var piece = values.mutableSpan
        elements.chunk.decode(&value, self, bytes, into: &piece, at: 0)
        var nonZeroCount = 0
        for index in values.indices {
          if values[index].bitPattern != 0 { nonZeroCount &+= 1 }
          let place = start &+ index
          if !isChecking, place >= 0, place < floats.count { floats[place] = values[index] }
        }
        if nonZeroCount < elements.chunk.count { hasZero = true }
      }
      if !isChecking { continue }
      try elements.checkEnd(record.index, bytes)
      guard !hasZero else { throw error(.storedZero, at: elements.start(ofStream: 1)) }
    }
    if isChecking, encoding.isSparse, elements.storedCount != encoding.nonZeroCount {
      throw FormatError(
        .positionCountMismatch, at: elements.start(ofStream: 0), tensor: record.index, found: elements.storedCount,
        limit: encoding.nonZeroCount)
    }
  }
}
