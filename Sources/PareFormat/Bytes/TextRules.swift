extension Span<UInt8> {
  /// Whether `self[range]` is well-formed UTF-8 without the control characters U+0000 to U+001F and U+007F to
  /// U+009F (spec sections 5 and 10.3).
  func isPlainText(_ range: Range<Int>) -> Bool {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let lead = self[offset]
      offset += 1
      if lead < 0x80 {
        if lead < 0x20 || lead == 0x7F { return false }
        continue
      }
      // The range of the second byte excludes overlong forms, surrogates, values above U+10FFFF, and U+0080 to
      // U+009F (Unicode 16, table 3-7).
      var lowest: UInt8 = 0x80
      var highest: UInt8 = 0xBF
      let following: Int
      switch lead {
      case 0xC2:
        lowest = 0xA0
        following = 1
      case 0xC3...0xDF: following = 1
      case 0xE0:
        lowest = 0xA0
        following = 2
      case 0xED:
        highest = 0x9F
        following = 2
      case 0xE1...0xEF: following = 2
      case 0xF0:
        lowest = 0x90
        following = 3
      case 0xF1...0xF3: following = 3
      case 0xF4:
        highest = 0x8F
        following = 3
      default: return false
      }
      guard following <= range.upperBound - offset else { return false }
      for _ in 0..<following {
        guard self[offset] >= lowest, self[offset] <= highest else { return false }
        lowest = 0x80
        highest = 0xBF
        offset += 1
      }
    }
    return true
  }

  /// Whether `self[left]` is less than `self[right]` in byte order, a proper prefix being less.
  func isLess(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    for index in 0..<Swift.min(left.count, right.count) {
      let a = self[left.lowerBound + index]
      let b = self[right.lowerBound + index]
      if a != b { return a < b }
    }
    return left.count < right.count
  }
}
