extension Tensor {
  /// Calls `body` with each stored element, in rising order, and the raw bits of its float, code or index: what an encoder
  /// needs to store the same content in another way. Linear in the elements.
  public func forEachStored(_ bytes: Span<UInt8>, _ body: (_ element: Int, _ field: UInt32) -> Void) {
    guard shape.elementCount > 0 else { return }
    if encoding.isCoded {
      var elements = CodedElements()
      elements.open(self, rows: 0..<shape.rows, bytes)
      let width: UInt32 = .max &>> UInt32(truncatingIfNeeded: 32 &- encoding.bitWidth)
      while CodedElements.advance(&elements, bytes) {
        var index = 0
        var first = 0
        while first < elements.chunk.elementCount {
          var rest = elements.chunk.mask(first)
          while rest != 0 {
            let element = elements.chunk.first &+ first &+ rest.trailingZeroBitCount
            let field = CodedChunk.field(index, &elements.chunk, bitWidth: encoding.bitWidth)
            body(element, (field &- UInt32(truncatingIfNeeded: CodedChunk.middle(encoding))) & width)
            index &+= 1
            rest &= rest &- 1
          }
          first &+= 32
        }
      }
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
      let stride = parts.valueByteCount / shape.rows
      for row in 0..<shape.rows {
        let start = base &+ parts.valueStart &+ row &* stride
        for column in 0..<shape.rowElementCount {
          let place = BitOffset(field: column, width: width, from: start)
          body(row &* shape.rowElementCount &+ column, bytes.bits(at: place, width: width))
        }
      }
    }
  }
}
