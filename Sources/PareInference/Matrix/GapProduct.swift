import PareFormat

extension StoredMatrix {
  /// Rows of int8 non-zeros with a row scale whose positions are u8 gaps, where each row can be reached; false, having done nothing,
  /// for any other tensor.
  func multiplyGaps(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ bias: Span<Float>, _ output: RowOutput,
    _ y: inout MutableSpan<Float>, _ path: ProductPath
  ) -> Bool {
    guard let sparse = tensor.encoding.sparse, sparse.kind == .gapsU8, tensor.hasRowScale,
      tensor.encoding.element.bitWidth == 8, tensor.nonZeros(ofRow: rows.lowerBound, in: bytes) != nil
    else { return false }
    let start = tensor.storedStart
    for row in rows {
      guard let (ordinals, positions) = tensor.nonZeros(ofRow: row, in: bytes) else { return false }
      let codes = bytes.extracting(start &+ ordinals.lowerBound..<start &+ ordinals.upperBound)
      let gaps = bytes.extracting(positions)
      let zeroPoint = tensor.rowZeroPoint(row, in: bytes)
      var sum: Float?
      if path == .fastest { sum = VectorProducts.gaps(gaps, codes, zeroPoint: zeroPoint, x) }
      output.write(
        sum ?? Self.gapSum(gaps, codes, zeroPoint: zeroPoint, x), row, tensor, bytes, bias, &y)
    }
    return true
  }

  /// The sum of a row's products: a gap is the number of zeros before a non-zero, 255 of them without one behind.
  static func gapSum(
    _ gaps: Span<UInt8>, _ codes: Span<UInt8>, zeroPoint: Int32, _ x: Span<Float>
  ) -> Float {
    var sums = SparseSums()
    var place = 0
    var column = 0
    var ordinal = 0
    while ordinal &+ 4 <= codes.count {
      let first = product(gaps, &place, &column, codes[ordinal], zeroPoint, x)
      let second = product(gaps, &place, &column, codes[ordinal &+ 1], zeroPoint, x)
      let third = product(gaps, &place, &column, codes[ordinal &+ 2], zeroPoint, x)
      let fourth = product(gaps, &place, &column, codes[ordinal &+ 3], zeroPoint, x)
      sums.add(first, second, third, fourth)
      ordinal &+= 4
    }
    while ordinal < codes.count {
      sums.add(product(gaps, &place, &column, codes[ordinal], zeroPoint, x))
      ordinal &+= 1
    }
    return sums.total
  }

  /// The product of the next non-zero.
  @inline(__always)
  private static func product(
    _ gaps: Span<UInt8>, _ place: inout Int, _ column: inout Int, _ code: UInt8, _ zeroPoint: Int32, _ x: Span<Float>
  ) -> Float {
    var gap = Int(truncatingIfNeeded: gaps[place])
    while gap == 255 {
      column &+= 255
      place &+= 1
      gap = Int(truncatingIfNeeded: gaps[place])
    }
    place &+= 1
    column &+= gap
    let factor = Float(Int(truncatingIfNeeded: Int32(truncatingIfNeeded: Int8(bitPattern: code)) &- zeroPoint))
    let product = factor * x[column]
    column &+= 1
    return product
  }
}
