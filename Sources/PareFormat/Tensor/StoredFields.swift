extension Tensor {
  /// Calls `body` with each stored element, in rising order, and the raw bits of its float, code or index: what an encoder
  /// needs to store the same content in another way. Linear in the elements.
  public func forEachStored(_ bytes: Span<UInt8>, _ body: (_ element: Int, _ field: UInt32) -> Void) {
    guard shape.elementCount > 0 else { return }
    if encoding.isCoded {
      var elements = CodedElements(self)
      elements.open(self, rows: 0..<shape.rows, bytes)
      while let next = elements.next(bytes) { body(next.element, next.field) }
    } else if encoding.isSparseInPlace {
      #if hasFeature(Embedded)
        var cursor = PositionCursor(self, block: 0, bytes)
        while (try? cursor.advance(self, bytes)) == true {
          body(cursor.element, storedBits(cursor.ordinal &- 1, in: bytes))
        }
      #else
        var reader = PositionReader(self, rows: 0..<shape.rows, bytes)
        var positions = PositionReader.Chunk(repeating: 0)
        while true {
          let first = reader.ordinal
          let count = reader.read(&positions, bytes)
          if count == 0 { return }
          for index in 0..<count { body(positions[index], storedBits(first &+ index, in: bytes)) }
        }
      #endif
    } else {
      let width = encoding.bitWidth
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
