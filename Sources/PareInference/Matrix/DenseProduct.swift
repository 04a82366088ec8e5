#if !hasFeature(Embedded)
  import PareFormat

  extension Tensor {
    /// The columns that are decoded at a time, a multiple of 8 and enough to be worth a call.
    static var pieceCount: Int { 256 }
    private typealias Piece = InlineArray<256, Float>
    private typealias Pieces = InlineArray<1024, Float>

    /// Rows that lie dense in place: pieces of some rows are decoded to factors, then multiplied and added.
    ///
    /// Four rows at once hide the latency of the additions, which each row must do in its order.
    func multiplyDense(_ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>, _ path: ProductPath) {
      let factors = DenseFactors(self)
      let (rows, bytes, x) = (product.rows, product.bytes, product.x)
      var row = rows.lowerBound
      if path == .fastest, x.count >= VectorProducts.fewestColumns {
        while row &+ 4 <= rows.upperBound, let sums = vectorSums4(factors, row, bytes, x) {
          for index in 0..<4 { write(sums[index], row &+ index, product, &y) }
          row &+= 4
        }
      }
      guard row < rows.upperBound else { return }
      let table = codebookTable(bytes)
      while row &+ 4 <= rows.upperBound {
        let sums = Self.denseSums4(factors, row, table.span, bytes, x)
        for index in 0..<4 { write(sums[index], row &+ index, product, &y) }
        row &+= 4
      }
      while row < rows.upperBound {
        write(Self.denseSum(factors, row, table.span, bytes, x), row, product, &y)
        row &+= 1
      }
    }

    /// The sum of a row's products.
    private static func denseSum(
      _ factors: DenseFactors, _ row: Int, _ table: Span<Float>, _ bytes: Span<UInt8>, _ x: Span<Float>
    ) -> Float {
      var buffer = Piece(repeating: 0)
      var sums = SIMD8<Float>(repeating: 0)
      var column = 0
      while column < x.count {
        let count = min(Self.pieceCount, x.count &- column)
        var piece = buffer.mutableSpan
        factors.decode(row: row, columns: column..<column &+ count, table, bytes, into: &piece, at: 0)
        DenseSums.add(buffer.span.extracting(0..<count), x.extracting(column..<column &+ count), &sums)
        column &+= count
      }
      return sums.total
    }

    /// The sums of four rows with the machine's vectors, nil where they do not know the encoding.
    @inline(__always)
    private func vectorSums4(
      _ factors: DenseFactors, _ row: Int, _ bytes: Span<UInt8>, _ x: Span<Float>
    ) -> SIMD4<Float>? {
      let start = factors.rowStart(row)
      if encoding.element == .f32 { return VectorProducts.f32(bytes, at: start, x) }
      guard hasRowScale, encoding.element.bitWidth == 8 else { return nil }
      let zeroPoints = SIMD4(
        rowZeroPoint(row, in: bytes), rowZeroPoint(row &+ 1, in: bytes),
        rowZeroPoint(row &+ 2, in: bytes), rowZeroPoint(row &+ 3, in: bytes))
      return VectorProducts.int8(bytes, at: start, zeroPoints: zeroPoints, x)
    }

    /// The sums of four rows.
    private static func denseSums4(
      _ factors: DenseFactors, _ row: Int, _ table: Span<Float>, _ bytes: Span<UInt8>, _ x: Span<Float>
    ) -> SIMD4<Float> {
      var buffer = Pieces(repeating: 0)
      var sums = DenseSums()
      var column = 0
      while column < x.count {
        let count = min(Self.pieceCount, x.count &- column)
        var piece = buffer.mutableSpan
        for index in 0..<4 {
          factors.decode(
            row: row &+ index, columns: column..<column &+ count, table, bytes, into: &piece,
            at: index &* Self.pieceCount)
        }
        sums.add(buffer.span, distance: Self.pieceCount, x.extracting(column..<column &+ count))
        column &+= count
      }
      return sums.totals
    }
  }
#endif
