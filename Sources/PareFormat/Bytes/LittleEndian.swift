extension Span<UInt8> {
  /// The u16 at `offset`; the range check is the caller's and the span's.
  @inline(__always)
  func u16(at offset: Int) -> UInt16 {
    UInt16(self[offset]) | UInt16(self[offset &+ 1]) &<< 8
  }

  /// The u32 at `offset`, one load where the optimizer sees through it.
  @inline(__always)
  func u32(at offset: Int) -> UInt32 {
    UInt32(self[offset]) | UInt32(self[offset &+ 1]) &<< 8 | UInt32(self[offset &+ 2]) &<< 16
      | UInt32(self[offset &+ 3]) &<< 24
  }

  /// The offset of the first byte in `range` that is not zero, if there is one.
  func firstNonZero(in range: Range<Int>) -> Int? {
    for offset in range where self[offset] != 0 { return offset }
    return nil
  }
}

/// Where bytes are written to: an array on a host, a caller's buffer elsewhere.
public protocol ByteSink {
  /// Writes one byte.
  mutating func append(_ byte: UInt8)
}

extension ByteSink {
  /// Writes a u16, little-endian.
  public mutating func u16(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value &>> 8))
  }

  /// Writes a u32, little-endian.
  public mutating func u32(_ value: UInt32) {
    u16(UInt16(truncatingIfNeeded: value))
    u16(UInt16(truncatingIfNeeded: value &>> 16))
  }
}

/// The least multiple of `unit` that is not below `value`; `unit` is a power of two.
@inline(__always)
public func align(_ value: Int, to unit: Int) -> Int {
  (value &+ (unit &- 1)) & ~(unit &- 1)
}
