#if !hasFeature(Embedded)
  import PareFormat

  extension Tensor {
    /// Calls `body` with each stored element's row, column and factor, in rising order. Linear in the elements.
    ///
    /// `bytes` is the span that the container was opened with.
    @inline(__always)
    func forEachFactor(_ bytes: Span<UInt8>, _ body: (_ row: Int, _ column: Int, _ factor: Float) -> Void) {
      let rows = shape.rows
      let columns = shape.rowElementCount
      guard rows > 0, columns > 0 else { return }
      let table = codebookTable(bytes)
      var row = 0
      var start = 0
      if encoding.coded != nil {
        var reader = CodedReader(self, rows: 0..<rows, asFactors: true, bytes)
        while let next = reader.next(bytes) {
          while next.element >= start &+ columns { (row, start) = (row &+ 1, start &+ columns) }
          body(row, next.element &- start, next.value)
        }
      } else if encoding.sparse != nil {
        var reader = StoredReader(self, rows: 0..<rows, asFactors: true, bytes)
        while true {
          let count = reader.read(table.span, bytes)
          if count == 0 { return }
          for index in 0..<count {
            let element = reader.positions[index]
            while element >= start &+ columns { (row, start) = (row &+ 1, start &+ columns) }
            body(row, element &- start, reader.values[index])
          }
        }
      } else {
        let factors = DenseFactors(self)
        var buffer = InlineArray<64, Float>(repeating: 0)
        while row < rows {
          var column = 0
          while column < columns {
            let count = min(64, columns &- column)
            var piece = buffer.mutableSpan
            factors.decode(row: row, columns: column..<column &+ count, table.span, bytes, into: &piece, at: 0)
            for index in 0..<count { body(row, column &+ index, buffer[index]) }
            column &+= count
          }
          row &+= 1
        }
      }
    }
  }
#endif
