extension Tensor {
  /// Calls `body` with each stored element, in rising order, and the raw bits of its float, code or index: what an encoder
  /// needs to store the same content in another way. Linear in the elements.
  public func forEachStored(_ bytes: Span<UInt8>, _ body: (_ element: Int, _ field: UInt32) -> Void) {
    guard shape.elementCount > 0 else { return }
    if let coded = encoding.coded {
      // The tensor has been validated, so its description is in order.
      guard let description = try? CodedDescription.parse(self, coded, bytes) else { return }
      var elements = CodedElements(self, coded, description, blocks: 0..<description.blockCount, bytes)
      while let next = elements.next(bytes) { body(next.element, next.field) }
    } else if let sparse = encoding.sparse {
      var reader = PositionReader(self, sparse, rows: 0..<shape.rows, bytes)
      var positions = PositionReader.Chunk(repeating: 0)
      while true {
        let first = reader.ordinal
        let count = reader.read(&positions, bytes)
        if count == 0 { return }
        for index in 0..<count { body(positions[index], storedBits(first &+ index, in: bytes)) }
      }
    } else {
      let width = encoding.element.bitWidth
      let stride = parts.values.count / shape.rows
      for row in 0..<shape.rows {
        let start = base &+ parts.values.lowerBound &+ row &* stride
        for column in 0..<shape.rowElementCount {
          let place = BitOffset(field: column, width: width, from: start)
          body(row &* shape.rowElementCount &+ column, bytes.bits(at: place, width: width))
        }
      }
    }
  }
}
