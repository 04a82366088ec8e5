#if !hasFeature(Embedded)
  /// The exact sums of some rows of int8 codes with integers.
  struct IntegerSums {
    /// The most rows.
    static let rowCount = 128

    private var sums = InlineArray<128, Int64>(repeating: 0)

    /// The sum of a row.
    subscript(row: Int) -> Int64 { sums[row] }

    /// Adds the products of columns of rows, whose codes are `stride` apart, the first row's at the start of `codes`.
    ///
    /// Preconditions: `rows` is at most `rowCount`; all their codes are in `codes`, a code for each integer.
    mutating func add(_ codes: Span<UInt8>, stride: Int, rows: Int, _ integers: Span<Int16>, _ path: ProductPath) {
      guard rows > 0 else { return }
      precondition(rows <= Self.rowCount && stride >= integers.count)
      precondition(codes.count >= (rows &- 1) &* stride &+ integers.count, "codes outside the buffer")
      var span = sums.mutableSpan
      if path != .portable, VectorProducts.integers(codes, stride: stride, rows: rows, integers, into: &span) { return }
      for row in 0..<rows {
        let start = row &* stride
        span[row] &+= IntegerMatrix.sum(codes.extracting(start..<start &+ integers.count), integers).integer
      }
    }
  }
#endif
