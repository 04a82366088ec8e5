import PareFormat

extension Tensor {
  /// Rows of int8 non-zeros with a row scale whose positions are u8 gaps, where each row can be reached; false, having done nothing,
  /// for any other tensor.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  func multiplyGaps(
    _ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>, _ path: ProductPath
  ) -> Bool {
    guard encoding.isGapsU8, encoding.bitWidth == 8, hasRowScale else { return false }
    for row in product.rows {
      // Nil for all rows or none.
      guard let (ordinals, positions) = nonZeros(ofRow: row, in: product.bytes) else { return false }
      let codes = product.bytes.extracting(storedStart &+ ordinals.lowerBound..<storedStart &+ ordinals.upperBound)
      let gaps = product.bytes.extracting(positions)
      let zeroPoint = rowZeroPoint(row, in: product.bytes)
      var sum: Float?
      if path == .fastest { sum = VectorProducts.gaps(gaps, codes, zeroPoint: zeroPoint, product.x) }
      write(sum ?? Self.gapSum(gaps, codes, zeroPoint: zeroPoint, product.x), row, product, &y)
    }
    return true
  }

  /// The sum of a row's products: a gap is the number of zeros before a non-zero, 255 of them without one behind.
  static func gapSum(
    _ gaps: Span<UInt8>, _ codes: Span<UInt8>, zeroPoint: Int32, _ x: Span<Float>
  ) -> Float {
    precondition(gaps.count >= codes.count)
    var place = 0
    var column = 0
    var skips = gaps.count &- codes.count
    var s0: Float = 0
    var s1: Float = 0
    var s2: Float = 0
    var s3: Float = 0
    let whole = codes.count & ~3
    var ordinal = 0
    while ordinal < whole {
      // As many gaps are left as codes, and `skips`: reading four of each needs no other check.
      let four = unsafe gaps.word(at: place)
      var first = column &+ Int(truncatingIfNeeded: four & 255)
      var second = first &+ Int(truncatingIfNeeded: four &>> 8 & 255) &+ 1
      var third = second &+ Int(truncatingIfNeeded: four &>> 16 & 255) &+ 1
      var fourth = third &+ Int(truncatingIfNeeded: four &>> 24) &+ 1
      // The highest bit of each byte that is 255.
      if (four & 0x7F7F_7F7F &+ 0x0101_0101) & four & 0x8080_8080 == 0 {
        place &+= 4
      } else {
        var walk = GapWalk(place: place, column: column, skips: skips)
        (first, second, third, fourth) = (walk.next(gaps), walk.next(gaps), walk.next(gaps), walk.next(gaps))
        (place, skips) = (walk.place, walk.skips)
      }
      column = fourth &+ 1
      // Columns rise, so that one check stands for all.
      precondition(fourth < x.count)
      let word = unsafe codes.word(at: ordinal)
      s0 += unsafe factor(word, zeroPoint) * x[unchecked: first]
      s1 += unsafe factor(word &>> 8, zeroPoint) * x[unchecked: second]
      s2 += unsafe factor(word &>> 16, zeroPoint) * x[unchecked: third]
      s3 += unsafe factor(word &>> 24, zeroPoint) * x[unchecked: fourth]
      ordinal &+= 4
    }
    var walk = GapWalk(place: place, column: column, skips: skips)
    while ordinal < codes.count {
      let product = factor(UInt32(truncatingIfNeeded: codes[ordinal]), zeroPoint) * x[walk.next(gaps)]
      switch ordinal &- whole {
      case 0: s0 += product
      case 1: s1 += product
      default: s2 += product
      }
      ordinal &+= 1
    }
    return (s0 + s1) + (s2 + s3)
  }

  /// The factor of the code in the lowest byte.
  @inline(__always)
  private static func factor(_ bits: UInt32, _ zeroPoint: Int32) -> Float {
    Float(Int(truncatingIfNeeded: Int32(truncatingIfNeeded: Int8(truncatingIfNeeded: bits)) &- zeroPoint))
  }
}

/// A walk along the columns of a row's non-zeros, one at a time.
private struct GapWalk {
  private(set) var place: Int

  /// The column behind the last non-zero.
  private var column: Int

  /// The gaps that are yet to come without a non-zero behind them.
  private(set) var skips: Int

  init(place: Int, column: Int, skips: Int) {
    self.place = place
    self.column = column
    self.skips = skips
  }

  /// The column of the next non-zero.
  @inline(never)
  mutating func next(_ gaps: Span<UInt8>) -> Int {
    while gaps[place] == 255 {
      precondition(skips > 0)
      skips &-= 1
      column &+= 255
      place &+= 1
    }
    let found = column &+ Int(truncatingIfNeeded: gaps[place])
    column = found &+ 1
    place &+= 1
    return found
  }
}

extension Span<UInt8> {
  /// Four bytes, the first in the lowest bits. Precondition, not checked: they are in the span.
  @unsafe @inline(__always)
  func word(at index: Int) -> UInt32 {
    unsafe UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt32.self))
  }
}
