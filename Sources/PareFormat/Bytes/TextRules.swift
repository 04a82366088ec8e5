/// The least scalar is 2 to a power, which stands here by the scalar's bytes, six bits for each number of them: 5 for 0, which means
/// one; 31, which no scalar reaches, for 1, which means a byte that starts none; 7, 11 and 16 for 2 to 4.
private let leastPowers: UInt32 = 16 &<< 24 | 11 &<< 18 | 7 &<< 12 | 31 &<< 6 | 5

extension Span<UInt8> {
  /// Whether `self[range]` is well-formed UTF-8 without the control characters U+0000 to U+001F and U+007F to
  /// U+009F (spec sections 5 and 10.3).
  func isPlainText(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let lead = UInt32(truncatingIfNeeded: self[offset])
      offset &+= 1
      // The bytes of the scalar, but 0 for one, and 1 for a byte that starts none.
      let byteCount = (~(lead &<< 24)).leadingZeroBitCount
      guard byteCount <= 4 else { return false }
      var scalar = lead & 0x7F &>> UInt32(truncatingIfNeeded: byteCount)
      var rest = byteCount
      while rest > 1 {
        guard offset < range.upperBound, self[offset] & 0xC0 == 0x80 else { return false }
        scalar = scalar &<< 6 | UInt32(truncatingIfNeeded: self[offset] & 0x3F)
        offset &+= 1
        rest &-= 1
      }
      // Neither overlong nor below U+0020; no other control character; no surrogate; not above U+10FFFF.
      let leastPower = leastPowers &>> UInt32(truncatingIfNeeded: 6 &* byteCount)
      guard scalar &>> leastPower != 0, scalar &- 0x7F > 0x20, scalar &>> 11 != 0x1B, scalar <= 0x10_FFFF else {
        return false
      }
    }
    return true
  }

  /// Whether `self[left]` is less than `self[right]` in byte order, a proper prefix being less.
  func isLess(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    var a = left.lowerBound
    var b = right.lowerBound
    while b < right.upperBound {
      if a == left.upperBound { return true }
      if self[a] != self[b] { return self[a] < self[b] }
      a &+= 1
      b &+= 1
    }
    return false
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
