import PareFormat

extension StoredMatrix {
  /// The columns that are decoded at a time, a multiple of 8.
  static let pieceCount = 64

  /// Rows that lie dense in place: pieces of some rows are decoded to factors, then multiplied and added.
  ///
  /// Four rows at once hide the latency of the additions, which each row must do in its order.
  func multiplyDense(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ bias: Span<Float>, _ output: RowOutput,
    _ y: inout MutableSpan<Float>, _ path: ProductPath
  ) {
    var row = rows.lowerBound
    if path == .fastest, tensor.hasRowScale, tensor.encoding.element.bitWidth == 8,
      x.count >= VectorProducts.fewestColumns
    {
      while row &+ 4 <= rows.upperBound, let sums = int8Sums4(row, bytes, x) {
        for index in 0..<4 { output.write(sums[index], row &+ index, tensor, bytes, bias, &y) }
        row &+= 4
      }
    }
    guard row < rows.upperBound else { return }
    let table = tensor.codebookTable(bytes)
    #if !hasFeature(Embedded)
      // A microcontroller has no registers for the sums of four rows.
      while row &+ 4 <= rows.upperBound {
        let sums = denseSums4(row, table.span, bytes, x)
        for index in 0..<4 { output.write(sums[index], row &+ index, tensor, bytes, bias, &y) }
        row &+= 4
      }
    #endif
    while row < rows.upperBound {
      output.write(denseSum(row, table.span, bytes, x), row, tensor, bytes, bias, &y)
      row &+= 1
    }
  }

  /// The sums of four rows of int8 codes with the machine's vectors, nil where it has none.
  @inline(__always)
  private func int8Sums4(_ row: Int, _ bytes: Span<UInt8>, _ x: Span<Float>) -> SIMD4<Float>? {
    let zeroPoints = SIMD4(
      tensor.rowZeroPoint(row, in: bytes), tensor.rowZeroPoint(row &+ 1, in: bytes),
      tensor.rowZeroPoint(row &+ 2, in: bytes), tensor.rowZeroPoint(row &+ 3, in: bytes))
    return VectorProducts.int8(bytes, at: tensor.denseRowStart(row), zeroPoints: zeroPoints, x)
  }

  /// The sum of a row's products.
  private func denseSum(_ row: Int, _ table: Span<Float>, _ bytes: Span<UInt8>, _ x: Span<Float>) -> Float {
    var buffer = InlineArray<64, Float>(repeating: 0)
    var sums = SIMD8<Float>(repeating: 0)
    var column = 0
    while column < x.count {
      let count = min(Self.pieceCount, x.count &- column)
      var piece = buffer.mutableSpan
      tensor.decodeFactors(row: row, columns: column..<column &+ count, table, bytes, into: &piece, at: 0)
      let factors = buffer.span
      let whole = count & ~7
      var index = 0
      while index < whole {
        sums += factors.lanes8(at: index) * x.lanes8(at: column &+ index)
        index &+= 8
      }
      while index < count {
        sums[index & 7] += factors[index] * x[column &+ index]
        index &+= 1
      }
      column &+= count
    }
    return SumTree.dense(sums)
  }

  /// The sums of four rows.
  private func denseSums4(
    _ row: Int, _ table: Span<Float>, _ bytes: Span<UInt8>, _ x: Span<Float>
  ) -> SIMD4<Float> {
    var buffer = InlineArray<256, Float>(repeating: 0)
    var sums0 = SIMD8<Float>(repeating: 0)
    var sums1 = SIMD8<Float>(repeating: 0)
    var sums2 = SIMD8<Float>(repeating: 0)
    var sums3 = SIMD8<Float>(repeating: 0)
    var column = 0
    while column < x.count {
      let count = min(Self.pieceCount, x.count &- column)
      var piece = buffer.mutableSpan
      for index in 0..<4 {
        tensor.decodeFactors(
          row: row &+ index, columns: column..<column &+ count, table, bytes, into: &piece, at: index &* Self.pieceCount
        )
      }
      let factors = buffer.span
      let whole = count & ~7
      var index = 0
      while index < whole {
        let input = x.lanes8(at: column &+ index)
        sums0 += factors.lanes8(at: index) * input
        sums1 += factors.lanes8(at: index &+ 64) * input
        sums2 += factors.lanes8(at: index &+ 128) * input
        sums3 += factors.lanes8(at: index &+ 192) * input
        index &+= 8
      }
      while index < count {
        let lane = index & 7
        let input = x[column &+ index]
        sums0[lane] += factors[index] * input
        sums1[lane] += factors[index &+ 64] * input
        sums2[lane] += factors[index &+ 128] * input
        sums3[lane] += factors[index &+ 192] * input
        index &+= 1
      }
      column &+= count
    }
    return SIMD4(SumTree.dense(sums0), SumTree.dense(sums1), SumTree.dense(sums2), SumTree.dense(sums3))
  }
}
