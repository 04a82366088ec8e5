#if !hasFeature(Embedded)
  /// The partial sums of four dense rows, eight each: lane l has the products of the columns that are l modulo 8.
  struct DenseSums {
    private var row0 = SIMD8<Float>(repeating: 0)
    private var row1 = SIMD8<Float>(repeating: 0)
    private var row2 = SIMD8<Float>(repeating: 0)
    private var row3 = SIMD8<Float>(repeating: 0)

    /// The sums of the rows.
    var totals: SIMD4<Float> {
      SIMD4(row0.total, row1.total, row2.total, row3.total)
    }

    /// Adds the products of a piece of each row, which are `distance` apart in `factors`. Precondition: a piece
    /// starts at a column that is a multiple of 8.
    ///
    /// A function of its own: inlined into the loop over pieces, or with the last columns in the same loop, it is not vectorized.
    @inline(never)
    mutating func add(_ factors: Span<Float>, distance: Int, _ x: Span<Float>) {
      let first = factors.extracting(0..<x.count)
      let second = factors.extracting(distance..<distance &+ x.count)
      let third = factors.extracting(2 &* distance..<2 &* distance &+ x.count)
      let fourth = factors.extracting(3 &* distance..<3 &* distance &+ x.count)
      let whole = x.count & ~7
      var s0 = row0
      var s1 = row1
      var s2 = row2
      var s3 = row3
      var index = 0
      while index < whole {
        let input = x.lanes8(at: index)
        s0 += first.lanes8(at: index) * input
        s1 += second.lanes8(at: index) * input
        s2 += third.lanes8(at: index) * input
        s3 += fourth.lanes8(at: index) * input
        index &+= 8
      }
      row0 = s0
      row1 = s1
      row2 = s2
      row3 = s3
      if whole < x.count {
        let rest = x.extracting(whole..<x.count)
        Self.addRest(first.extracting(whole..<x.count), rest, &row0)
        Self.addRest(second.extracting(whole..<x.count), rest, &row1)
        Self.addRest(third.extracting(whole..<x.count), rest, &row2)
        Self.addRest(fourth.extracting(whole..<x.count), rest, &row3)
      }
    }

    /// Adds the products of a piece of one row, as above.
    @inline(never)
    static func add(_ factors: Span<Float>, _ x: Span<Float>, _ sums: inout SIMD8<Float>) {
      let whole = x.count & ~7
      var s = sums
      var index = 0
      while index < whole {
        s += factors.lanes8(at: index) * x.lanes8(at: index)
        index &+= 8
      }
      sums = s
      if whole < x.count { addRest(factors.extracting(whole..<x.count), x.extracting(whole..<x.count), &sums) }
    }

    /// Adds the products of fewer than 8 columns. A lane is a place in memory when its number is not a constant.
    @inline(never)
    private static func addRest(_ factors: Span<Float>, _ x: Span<Float>, _ sums: inout SIMD8<Float>) {
      for index in x.indices { sums[index] += factors[index] * x[index] }
    }
  }
#endif
