public import PareFormat

/// A dense int8 tensor with row scales and without zero points that is multiplied in integers.
///
/// The input of a frame is rounded to integers of one scale; sums of integers are exact, so their order does not matter (spec section
/// 10.4.6). The result differs from that of `StoredMatrix` by the rounding of the input, at most half its scale for each channel.
public struct IntegerMatrix: Sendable {
  /// The tensor.
  public let tensor: Tensor

  /// The products that a 32-bit sum holds for certain: 256 * 128 * 32767 is below 2^31.
  static let exactCount = 256

  /// Nil where the tensor is not dense in place, of int8 codes with a row scale, and without zero points.
  public init?(_ tensor: Tensor) {
    guard tensor.encoding.position == .dense, let affine = tensor.encoding.affine, affine.bitWidth == 8,
      tensor.hasRowScale, !affine.hasZeroPoints
    else { return nil }
    self.tensor = tensor
  }

  /// Quantizes floats of x as `InputScale` does, and gives the scale.
  ///
  /// Preconditions: `limit` is 127 or 32767; the input is in `x`; `integers` has a number for each. Linear.
  public static func quantize(
    _ x: Span<Float>, at start: Int, columns: Int, limit: Int, into integers: inout MutableSpan<Int16>
  ) -> Float {
    precondition(integers.count == columns)
    let input = columns == 0 ? Span() : x.extracting(start..<start &+ columns)
    let scale = InputScale(input, limit: limit)
    scale.quantize(input, into: &integers)
    return scale.scale
  }

  /// One frame: y[r] = f32(sum of code * integer) * (row scale * scale) + bias[r]; the product of the scales is rounded first.
  ///
  /// Linear in the elements. Preconditions: `rows` is within the tensor's; `bytes` is the span that the container was opened with;
  /// `integers` has a number for each column, at most 32767 in magnitude; `bias` is empty or has `rows.count` floats; y has
  /// `rows.count` floats from `start` on.
  public func multiply(
    rows: Range<Int>, _ bytes: Span<UInt8>, _ integers: Span<Int16>, scale: Float, bias: Span<Float>,
    into y: inout MutableSpan<Float>, at start: Int, path: ProductPath = .fastest
  ) {
    let columns = tensor.shape.rowElementCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows, "rows outside the matrix")
    precondition(integers.count == columns, "an integer for each column")
    precondition(bias.isEmpty || bias.count == rows.count, "a bias for each row")
    guard columns > 0, !rows.isEmpty else {
      for row in rows { write(0, row, rows, bytes, scale, bias, &y, start) }
      return
    }
    let factors = DenseFactors(tensor)
    var row = rows.lowerBound
    #if !hasFeature(Embedded)
      if path != .portable, columns >= VectorProducts.fewestColumns {
        while row < rows.upperBound {
          let count = min(IntegerSums.largestCount, rows.upperBound &- row)
          let first = factors.rowStart(row)
          var sums = IntegerSums(rows: count, frames: 1)
          sums.add(
            bytes.extracting(first..<first &+ count &* columns), stride: columns, columns: columns, integers,
            distance: columns, limit: 32767, path)
          for index in 0..<count { write(Float(sums[index, 0]), row &+ index, rows, bytes, scale, bias, &y, start) }
          row &+= count
        }
      }
    #endif
    while row < rows.upperBound {
      let rowStart = factors.rowStart(row)
      let sum = Self.sum(bytes.extracting(rowStart..<rowStart &+ columns), integers)
      write(sum.float, row, rows, bytes, scale, bias, &y, start)
      row &+= 1
    }
  }

  /// Ends a row.
  @inline(__always)
  private func write(
    _ sum: Float, _ row: Int, _ rows: Range<Int>, _ bytes: Span<UInt8>, _ scale: Float, _ bias: Span<Float>,
    _ y: inout MutableSpan<Float>, _ start: Int
  ) {
    let value = sum * (tensor.rowScale(row, in: bytes) * scale)
    let channel = row &- rows.lowerBound
    y[start &+ channel] = bias.isEmpty ? value : value + bias[channel]
  }

  /// The exact sum of the products.
  @inline(never)
  private static func sum(_ codes: Span<UInt8>, _ integers: Span<Int16>) -> ExactSum {
    precondition(codes.count == integers.count)
    var total = ExactSum()
    var index = 0
    while index < codes.count {
      let end = min(index &+ exactCount, codes.count)
      #if hasFeature(Embedded)
        let sum = ByteSums.integers(codes.extracting(index..<end), integers.extracting(index..<end))
        index = end
      #else
        var sum: Int32 = 0
        while index < end {
          // In range, as the counts are equal; a check for each element keeps the loop from being vectorized.
          let code = unsafe Int32(truncatingIfNeeded: Int8(bitPattern: codes[unchecked: index]))
          sum &+= unsafe code &* Int32(truncatingIfNeeded: integers[unchecked: index])
          index &+= 1
        }
      #endif
      total.add(sum)
    }
    return total
  }
}
