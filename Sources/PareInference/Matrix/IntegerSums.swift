#if !hasFeature(Embedded)
  /// The exact sums of some rows of int8 codes with some frames of integers.
  struct IntegerSums {
    /// The most sums.
    static let largestCount = 128

    /// The most frames.
    static let largestFrameCount = 4

    /// The rows, whose sums are side by side, and the frames.
    private let rows: Int
    private let frames: Int

    private var sums = InlineArray<128, Int64>(repeating: 0)

    /// Precondition: rows * frames is at most `largestCount`, and neither is 0.
    init(rows: Int, frames: Int) {
      precondition(rows > 0 && frames > 0 && rows &* frames <= Self.largestCount)
      self.rows = rows
      self.frames = frames
    }

    /// The sum of a row and a frame.
    subscript(row: Int, frame: Int) -> Int64 { sums[frame &* rows &+ row] }

    /// The sums of a frame.
    func withSums<Result>(ofFrame frame: Int, _ body: (Span<Int64>) -> Result) -> Result {
      body(sums.span.extracting(frame &* rows..<(frame &+ 1) &* rows))
    }

    /// Adds the products of columns of rows, whose codes are `stride` apart, the first row's at the start of `codes`, and of frames, whose
    /// integers are `distance` apart.
    ///
    /// Preconditions: all codes and integers are in their buffers; integers are at most `limit` in magnitude, 127 or 32767.
    mutating func add(
      _ codes: Span<UInt8>, stride: Int, columns: Int, _ integers: Span<Int16>, distance: Int, limit: Int,
      _ path: ProductPath
    ) {
      guard columns > 0 else { return }
      precondition(stride >= columns && distance >= columns)
      precondition(codes.count >= (rows &- 1) &* stride &+ columns, "codes outside the buffer")
      precondition(integers.count >= (frames &- 1) &* distance &+ columns, "integers outside the buffer")
      var span = sums.mutableSpan
      if path != .portable,
        VectorProducts.integers(
          codes, stride: stride, rows: rows, columns: columns, integers, distance: distance, frames: frames,
          limit: limit, lanes: path.lanes, into: &span)
      {
        return
      }
      for row in 0..<rows {
        let rowCodes = codes.extracting(row &* stride..<row &* stride &+ columns)
        for frame in 0..<frames {
          let numbers = integers.extracting(frame &* distance..<frame &* distance &+ columns)
          span[frame &* rows &+ row] &+= Self.sum(rowCodes, numbers)
        }
      }
    }

    /// The exact sum of the products of a row.
    @inline(never)
    private static func sum(_ codes: Span<UInt8>, _ integers: Span<Int16>) -> Int64 {
      precondition(codes.count == integers.count)
      var total: Int64 = 0
      var index = 0
      let whole = codes.count & ~7
      while index < whole {
        // So many products fit 32 bits. The machine's instruction for pairs of products comes of lanes that end in a sum.
        let end = min(whole, index &+ IntegerMatrix.exactCount)
        var sums = SIMD8<Int32>(repeating: 0)
        while index < end {
          var code = SIMD8<Int32>(repeating: 0)
          var number = code
          for lane in 0..<8 {
            // In range, as the counts are equal; with checks the loop is not vectorized, and takes twice as long.
            code[lane] = unsafe Int32(truncatingIfNeeded: Int8(bitPattern: codes[unchecked: index &+ lane]))
            number[lane] = unsafe Int32(truncatingIfNeeded: integers[unchecked: index &+ lane])
          }
          sums &+= code &* number
          index &+= 8
        }
        total &+= Int64(sums.wrappedSum())
      }
      while index < codes.count {
        total &+= Int64(Int32(Int8(bitPattern: codes[index])) &* Int32(integers[index]))
        index &+= 1
      }
      return total
    }
  }
#endif
