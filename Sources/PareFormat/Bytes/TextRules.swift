/// What a scalar must be above, by its bytes, where 0 stands for one, and 1 for a byte that starts none.
private let belowLeast: InlineArray<5, UInt16> = [0x1F, 0xFFFF, 0x9F, 0x7FF, 0xFFFF]

extension Span<UInt8> {
  /// Whether `self[range]` is well-formed UTF-8 without the control characters U+0000 to U+001F and U+007F to
  /// U+009F (spec sections 5 and 10.3).
  func isPlainText(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let lead = UInt32(truncatingIfNeeded: self[offset])
      offset &+= 1
      // The bytes of the scalar, but 0 for one.
      let byteCount = (~(lead &<< 24)).leadingZeroBitCount
      guard byteCount < belowLeast.count else { return false }
      var scalar = lead & 0x7F &>> UInt32(truncatingIfNeeded: byteCount)
      var rest = byteCount
      while rest > 1 {
        guard offset < range.upperBound, self[offset] & 0xC0 == 0x80 else { return false }
        scalar = scalar &<< 6 | UInt32(truncatingIfNeeded: self[offset] & 0x3F)
        offset &+= 1
        rest &-= 1
      }
      // Neither overlong nor a control character; no surrogate; not above U+10FFFF.
      guard scalar > UInt32(truncatingIfNeeded: belowLeast[byteCount]), scalar != 0x7F, scalar &>> 11 != 0x1B,
        scalar <= 0x10_FFFF
      else { return false }
    }
    return true
  }

  /// Whether `self[left]` is less than `self[right]` in byte order, a proper prefix being less.
  func isLess(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    var a = left.lowerBound
    var b = right.lowerBound
    while a < left.upperBound, b < right.upperBound {
      if self[a] != self[b] { return self[a] < self[b] }
      a &+= 1
      b &+= 1
    }
    return a == left.upperBound && b < right.upperBound
  }

  /// Whether `self[range]` is `other`.
  func isEqual(_ range: Range<Int>, _ other: Span<UInt8>) -> Bool {
    guard range.upperBound &- range.lowerBound == other.count else { return false }
    var index = 0
    while index < other.count {
      guard self[range.lowerBound &+ index] == other[index] else { return false }
      index &+= 1
    }
    return true
  }
}
