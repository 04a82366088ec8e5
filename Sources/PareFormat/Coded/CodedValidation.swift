extension Tensor {
  /// Checks a coded part: its description, then block by block its streams and elements (spec section 11).
  func validateCoded(_ bytes: Span<UInt8>) throws(FormatError) {
    let description = try CodedDescription.parse(self, bytes)
    #if !hasFeature(Embedded)
      // The exact walk runs only where something is wrong, or nearly, or where there is no fast way.
      if isSurelyValid(description, bytes) { return }
    #endif
    var stored = 0
    for block in 0..<description.blockCount {
      var elements = CodedElements(self, description, blocks: block..<block + 1)
      let checksZeros = encoding.isSparse && encoding.elementKind != .codebook
      var hasZero = false
      var value = StoredValue()
      while let next = elements.next(bytes) {
        if checksZeros, value.decode(next.field, element: next.element, self, bytes).bitPattern == 0 { hasZero = true }
      }
      try elements.checkEnd(bytes)
      guard !hasZero else {
        throw FormatError(
          .storedZero, at: description.range(ofStream: 1, block: block, bytes).lowerBound, tensor: record.index)
      }
      stored += elements.storedCount
    }
    if encoding.isSparse, stored != encoding.nonZeroCount {
      let last = description.range(ofStream: 0, block: description.blockCount - 1, bytes)
      throw FormatError(
        .positionCountMismatch, at: last.lowerBound, tensor: record.index, found: stored, limit: encoding.nonZeroCount)
    }
  }
}
