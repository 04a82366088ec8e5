#if hasFeature(Embedded)
  import PareFormat

  extension Tensor {
    /// Rows that lie dense in place, each by itself: on a microcontroller no vectors wait to be filled.
    @inline(never)
    @_addressableSelf
    func multiplyDense(_ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>, _ path: ProductPath) {
      for row in product.rows { write(denseSum(row, product), row, product, &y) }
    }

    /// The sum of a row's products. Most codes are of a byte each, and have no zero point.
    @inline(never)
    @_addressableSelf
    private func denseSum(_ row: Int, _ product: @_addressable RowProduct) -> Float {
      guard encoding.bitWidth == 8, hasRowScale else { return elementSum(row, product) }
      let (bytes, x) = (product.bytes, product.x)
      let start = storedStart &+ row &* x.count
      let zeroPoint = rowZeroPoint(row, in: bytes)
      if zeroPoint == 0 { return ByteSums.dense(bytes, at: start, x) }
      var sums = LaneSums()
      for column in x.indices {
        let code = Int32(truncatingIfNeeded: Int8(bitPattern: bytes[start &+ column]))
        sums.add(Float(Int(truncatingIfNeeded: code &- zeroPoint)) * x[column], to: column)
      }
      return sums.total()
    }

    /// The same for any element coding.
    @inline(never)
    @_addressableSelf
    private func elementSum(_ row: Int, _ product: @_addressable RowProduct) -> Float {
      let x = product.x
      var factors = RowFactors(self, row: row, from: 0)
      var sums = LaneSums()
      for column in x.indices { sums.add(factors.next(self, product.bytes) * x[column], to: column) }
      return sums.total()
    }
  }
#endif
