public import PareFormat

/// A dense int8 tensor with row scales and without zero points that is multiplied in integers.
///
/// The input of a frame is rounded to integers of one scale; sums of integers are exact, so their order does not matter. The
/// result differs from that of `StoredMatrix` by the rounding of the input, at most half its scale for each channel.
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

  /// Rounds floats of x, half to even, to multiples of a scale, which is their largest magnitude / `limit`, and gives the scale.
  ///
  /// The integers are f32(x * (limit / largest)) rounded. A NaN counts as 0. Where the largest is infinite, or so small that
  /// limit / largest is infinite, all integers are 0, and the scale is infinite or 0. Preconditions: `limit` is 127 or 32767;
  /// the input is in `x`; `integers` has a number for each. Linear.
  public static func quantize(
    _ x: Span<Float>, at start: Int, columns: Int, limit: Int, into integers: inout MutableSpan<Int16>
  ) -> Float {
    precondition(limit == 127 || limit == 32767)
    precondition(integers.count == columns)
    let input = columns == 0 ? Span() : x.extracting(start..<start &+ columns)
    var largest: Float = 0
    for index in input.indices {
      let magnitude = input[index].magnitude
      largest = magnitude > largest ? magnitude : largest
    }
    let bound = Float(limit)
    let inverse = bound / largest
    guard largest.isFinite, inverse.isFinite else {
      for index in integers.indices { integers[index] = 0 }
      return largest.isFinite ? 0 : .infinity
    }
    let rounder = FloatMath.Constants.rounder
    for index in input.indices {
      let value = input[index]
      let number = value == value ? value : 0
      let shifted = number * inverse + rounder
      integers[index] = Int16(truncatingIfNeeded: Int32(bitPattern: shifted.bitPattern &- rounder.bitPattern))
    }
    return largest / bound
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
    if path == .fastest, columns >= VectorProducts.fewestColumns {
      while row &+ 4 <= rows.upperBound,
        let sums = VectorProducts.integers(bytes, at: factors.rowStart(row), integers)
      {
        for index in 0..<4 {
          // Below 2^53: one rounding.
          write(Float(sums[index]), row &+ index, rows, bytes, scale, bias, &y, start)
        }
        row &+= 4
      }
    }
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
