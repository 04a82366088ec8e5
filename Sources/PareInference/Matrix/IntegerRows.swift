#if !hasFeature(Embedded)
  public import PareFormat

  /// A tensor of integers of at most 8 bits with row scales as bytes, for products in exact integers: each vector that it is multiplied
  /// with is quantized by itself (spec section 10.4.6).
  ///
  /// Sums are exact, so that the bits depend neither on how the tensor is stored nor on how sums are made. Large tensors that are dense
  /// bytes in place stay there; of all others a byte for each element is written, the rows filled up to a multiple of 16. Floats are one
  /// scale for each row, then one zero point for each row, where there are any. A product needs 2 to 36 KB of stack.
  public struct IntegerRows: Sendable, Equatable {
    /// The rows, which are the outputs.
    public let rowCount: Int

    /// The columns, which are the inputs.
    public let columnCount: Int

    /// Where the codes start: in the container where they are in place, else in a buffer for the codes of several tensors.
    public var start = 0

    // The order of the fields is that of other forms of a matrix, so that an enum of them needs no byte more.

    /// Whether codes are read where they lie in the container.
    public let isInPlace: Bool

    private let hasZeroPoints: Bool

    /// The largest integer of a vector: 127 or 32767.
    private let limit: Int16

    /// Whether there are no zero points, and all sums are below 2^31, a code being at most 128 in magnitude.
    private let fits32Bits: Bool

    /// Tensors in place are copied up to this many codes: these stay in a core's own cache.
    private static let largestCopied = 1 << 18

    /// Nil where the tensor is not of affine codes of at most 8 bits whose rows have one scale each. Precondition: `limit` is 127 or 32767.
    public init?(_ tensor: Tensor, limit: Int) {
      precondition(limit == 127 || limit == 32767)
      guard let affine = tensor.encoding.affine, affine.bitWidth <= 8, tensor.hasRowScale else { return nil }
      rowCount = tensor.shape.rows
      columnCount = tensor.shape.rowElementCount
      self.limit = Int16(truncatingIfNeeded: limit)
      isInPlace =
        affine.bitWidth == 8 && tensor.encoding.position == .dense && tensor.shape.elementCount > Self.largestCopied
      hasZeroPoints = affine.hasZeroPoints
      if isInPlace { start = DenseFactors(tensor).rowStart(0) }
      fits32Bits = !hasZeroPoints && columnCount <= Int(Int32.max) / 128 / limit
    }

    /// The distance from a row to the next.
    private var stride: Int { isInPlace ? columnCount : (columnCount &+ 15) & ~15 }

    /// The codes that `multiply` reads: in place those of the container.
    public var codeCount: Int { rowCount &* stride }

    /// The floats that `build` writes and `multiply` reads.
    public var floatCount: Int { hasZeroPoints ? 2 &* rowCount : rowCount }

    /// Writes the scales and zero points, and the codes unless they are in place. Linear in the elements.
    ///
    /// Preconditions: the tensor is the one of `init`; `bytes` is the span that its container was opened with; `codes` is empty for a tensor
    /// in place, else it has `codeCount` elements; `floats` has `floatCount`.
    public func build(
      _ tensor: Tensor, _ bytes: Span<UInt8>, codes: inout MutableSpan<UInt8>, floats: inout MutableSpan<Float>
    ) {
      var rows = IntegerRows(tensor, limit: Int(limit))
      rows?.start = start
      precondition(self == rows, "the rows are those of another tensor")
      precondition(codes.count == (isInPlace ? 0 : codeCount) && floats.count == floatCount, "buffers of other sizes")
      for row in 0..<rowCount {
        floats[row] = tensor.rowScale(row, in: bytes)
        // Exact.
        if hasZeroPoints { floats[rowCount &+ row] = Float(tensor.rowZeroPoint(row, in: bytes)) }
      }
      guard !isInPlace else { return }
      codes.update(repeating: 0)
      guard hasZeroPoints else {
        let stride = stride
        return tensor.forEachFactor(bytes) { row, column, factor in
          codes[row &* stride &+ column] = UInt8(truncatingIfNeeded: Int32(factor))
        }
      }
      for row in 0..<rowCount {
        let zero = Int32(floats[rowCount &+ row])
        for column in 0..<columnCount { codes[row &* stride &+ column] = UInt8(truncatingIfNeeded: zero) }
      }
      // What is not stored is a zero, and so its code the zero point.
      let stride = stride
      tensor.forEachFactor(bytes) { row, column, factor in
        codes[row &* stride &+ column] = UInt8(truncatingIfNeeded: Int32(factor) &+ Int32(floats[rowCount &+ row]))
      }
    }

    /// Multiplies some rows with frames: y[f][r] = f32(sum of (code - zero point) * integer) * (row scale * scale), plus bias[r].
    ///
    /// Linear in the elements of the rows times the frames. Preconditions: `codes` are the `codeCount` codes from `start` on, and
    /// `floats` those of `build`; else as for `StoredMatrix.multiply`.
    public func multiply(
      rows: Range<Int>, _ codes: Span<UInt8>, _ floats: Span<Float>, _ x: Span<Float>, _ xLayout: FrameLayout,
      frames: Int, bias: Span<Float>, into y: inout MutableSpan<Float>, _ yLayout: FrameLayout,
      path: ProductPath = .fastest
    ) {
      precondition(codes.count == codeCount && floats.count == floatCount, "buffers of other sizes")
      precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the matrix")
      precondition(xLayout.channelStride == 1, "the channels of x must be adjacent")
      precondition(xLayout.fits(frames: frames, channels: columnCount, in: x.count), "frames outside x")
      precondition(yLayout.fits(frames: frames, channels: rows.count, in: y.count), "frames outside y")
      precondition(bias.isEmpty || bias.count == rows.count, "a bias for each row")
      guard frames > 0, !rows.isEmpty else { return }
      // Cleared for each product, which for a small one should cost little.
      switch stride &* min(frames, IntegerSums.largestFrameCount) {
      case ...256:
        var buffer = InlineArray<256, Int16>(repeating: 0)
        var integers = buffer.mutableSpan
        multiply(rows, codes, floats, x, xLayout, frames, bias, &y, yLayout, path, &integers)
      case ...2048:
        var buffer = InlineArray<2048, Int16>(repeating: 0)
        var integers = buffer.mutableSpan
        multiply(rows, codes, floats, x, xLayout, frames, bias, &y, yLayout, path, &integers)
      default:
        var buffer = InlineArray<16384, Int16>(repeating: 0)
        var integers = buffer.mutableSpan
        multiply(rows, codes, floats, x, xLayout, frames, bias, &y, yLayout, path, &integers)
      }
    }

    /// The same with room for the integers of some frames, or of pieces of them.
    private func multiply(
      _ rows: Range<Int>, _ codes: Span<UInt8>, _ floats: Span<Float>, _ x: Span<Float>, _ xLayout: FrameLayout,
      _ frames: Int, _ bias: Span<Float>, _ y: inout MutableSpan<Float>, _ yLayout: FrameLayout, _ path: ProductPath,
      _ integers: inout MutableSpan<Int16>
    ) {
      let most = min(IntegerSums.largestFrameCount, integers.count / max(1, stride))
      var frame = 0
      while frame < frames {
        let part = frame..<min(frame &+ max(1, most), frames)
        multiply(rows, codes, floats, x, xLayout, part, bias, &y, yLayout, path, &integers)
        frame = part.upperBound
      }
    }

    /// The same for a few frames, so that a matrix is read once for all of them. A frame of several pieces is quantized anew for each block of
    /// rows.
    private func multiply(
      _ rows: Range<Int>, _ codes: Span<UInt8>, _ floats: Span<Float>, _ x: Span<Float>, _ xLayout: FrameLayout,
      _ frames: Range<Int>, _ bias: Span<Float>, _ y: inout MutableSpan<Float>, _ yLayout: FrameLayout,
      _ path: ProductPath, _ integers: inout MutableSpan<Int16>
    ) {
      let stride = stride
      let distance = min(stride, integers.count)
      let pieces = distance == 0 ? 0 : (stride &+ distance &- 1) / distance
      var scales = InlineArray<4, InputScale>(repeating: InputScale(Span(), limit: Int(limit)))
      var inputSums = InlineArray<4, Int64>(repeating: 0)
      let blockRows = IntegerSums.largestCount / frames.count
      var row = rows.lowerBound
      while row < rows.upperBound {
        let count = min(blockRows, rows.upperBound &- row)
        var sums = IntegerSums(rows: count, frames: frames.count)
        for piece in 0..<pieces {
          let first = piece &* distance
          let end = min(first &+ distance, stride)
          if pieces > 1 || row == rows.lowerBound {
            for frame in frames {
              let input = xLayout.start(ofFrame: frame)
              let index = frame &- frames.lowerBound
              let vector = x.extracting(input..<input &+ columnCount)
              if piece == 0 {
                if row == rows.lowerBound { scales[index] = InputScale(vector, limit: Int(limit)) }
                inputSums[index] = 0
              }
              inputSums[index] &+= quantize(
                vector.extracting(first..<min(end, columnCount)), scales[index], &integers, at: index &* distance,
                count: end &- first)
            }
          }
          let start = row &* stride &+ first
          sums.add(
            codes.extracting(start..<start &+ (count &- 1) &* stride &+ end &- first), stride: stride,
            columns: end &- first, integers.span, distance: distance, limit: Int(limit), path)
        }
        let block = row..<row &+ count
        let channel = row &- rows.lowerBound
        let blockBias = bias.isEmpty ? bias : bias.extracting(channel..<channel &+ count)
        for frame in frames {
          let index = frame &- frames.lowerBound
          let output = yLayout.start(ofFrame: frame) &+ channel &* yLayout.channelStride
          sums.withSums(ofFrame: index) { sums in
            finish(
              block, sums, floats, scale: scales[index].scale, inputSum: inputSums[index], blockBias, &y, at: output,
              yLayout.channelStride)
          }
        }
        row &+= count
      }
    }

    /// Brings the sums of some rows to their end.
    private func finish(
      _ rows: Range<Int>, _ sums: Span<Int64>, _ floats: Span<Float>, scale: Float, inputSum: Int64,
      _ bias: Span<Float>, _ y: inout MutableSpan<Float>, at start: Int, _ channelStride: Int
    ) {
      let scales = floats.extracting(rows)
      let count = rows.count
      precondition(sums.count == count && (bias.isEmpty || bias.count == count))
      if fits32Bits, channelStride == 1 {
        precondition(start >= 0 && start <= y.count &- count)
        // In range, as checked above; with checks, and with conversions from 64 bits, the loops are not vectorized.
        for place in 0..<count {
          let sum = unsafe Float(Int32(truncatingIfNeeded: sums[unchecked: place]))
          unsafe y[unchecked: start &+ place] = unsafe sum * (scales[unchecked: place] * scale)
        }
        for place in bias.indices { unsafe y[unchecked: start &+ place] += unsafe bias[unchecked: place] }
        return
      }
      for place in 0..<count {
        let zeroPoint = hasZeroPoints ? Int64(floats[rowCount &+ rows.lowerBound &+ place]) : 0
        let value = Float(sums[place] &- zeroPoint &* inputSum) * (scales[place] * scale)
        y[start &+ place &* channelStride] = bias.isEmpty ? value : value + bias[place]
      }
    }

    /// Quantizes a piece of a vector, and gives the sum of its integers where there are zero points. Integers behind them, up to `count`, are
    /// 0.
    private func quantize(
      _ piece: Span<Float>, _ scale: InputScale, _ integers: inout MutableSpan<Int16>, at start: Int, count: Int
    ) -> Int64 {
      scale.quantize(piece, into: &integers, at: start)
      for index in piece.count..<count { integers[start &+ index] = 0 }
      var sum: Int64 = 0
      if hasZeroPoints { for index in piece.indices { sum &+= Int64(integers[start &+ index]) } }
      return sum
    }
  }
#endif
