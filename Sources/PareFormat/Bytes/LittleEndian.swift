extension Span<UInt8> {
  // One range check, then unchecked bytes: the compiler joins those into one load, but not bytes that are checked one by
  // one (measured: a comparison a byte, and copying f32 half as fast).

  /// The u16 at `offset`. Precondition: both bytes are in the span.
  @inline(__always)
  func u16(at offset: Int) -> UInt16 {
    precondition(offset >= 0 && offset <= count &- 2)
    return unsafe UInt16(self[unchecked: offset]) | UInt16(self[unchecked: offset &+ 1]) &<< 8
  }

  /// The u32 at `offset`, one load. Precondition: its four bytes are in the span.
  @inline(__always)
  func u32(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset <= count &- 4)
    let low = unsafe UInt32(self[unchecked: offset]) | UInt32(self[unchecked: offset &+ 1]) &<< 8
    return unsafe low | UInt32(self[unchecked: offset &+ 2]) &<< 16 | UInt32(self[unchecked: offset &+ 3]) &<< 24
  }

  /// The bytes at `offset` as the machine's word: 8, or 4 on a small one, where wider numbers are slow.
  /// Precondition: they are in the span.
  @inline(__always)
  func word(at offset: Int) -> UInt {
    precondition(offset >= 0 && offset <= count &- MemoryLayout<UInt>.size)
    // The check above makes the ones of the halves superfluous.
    let low = UInt(truncatingIfNeeded: u32(at: offset))
    #if _pointerBitWidth(_64)
      return low | UInt(truncatingIfNeeded: u32(at: offset &+ 4)) &<< 32
    #else
      return low
    #endif
  }

  /// The number of `byteCount` bytes at `offset`: 1 or 4. Precondition: they are in the span.
  ///
  /// For where size counts more than speed: one function for both sizes.
  @inline(never)
  func unsigned(at offset: Int, byteCount: Int) -> UInt32 {
    byteCount == 4 ? u32(at: offset) : UInt32(truncatingIfNeeded: self[offset])
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
