/// Where a bit field starts: a byte, and a bit of it.
///
/// A single number of bits would need more than 32 of them in a container of 2^29 bytes.
struct BitOffset {
  var byte: Int
  var bit: Int

  /// The first bit of field number `index` of a bit string of fields of `width` bits that starts at `start`.
  @inline(__always)
  init(field index: Int, width: Int, from start: Int) {
    let rest = (index & 7) &* width
    byte = start &+ (index &>> 3) &* width &+ rest &>> 3
    bit = rest & 7
  }

  /// Bit `bit` of the byte at `byte`.
  init(byte: Int, bit: Int) {
    self.byte = byte
    self.bit = bit
  }

  @inline(__always)
  mutating func advance(_ bits: Int) {
    let sum = bit &+ bits
    byte &+= sum &>> 3
    bit = sum & 7
  }
}

extension Span<UInt8> {
  /// The field of `width` bits at `start`, least significant bit first (spec section 1). Bytes behind the field are
  /// not needed. Precondition: `start.bit` + `width` is at most 32. On a microcontroller the span is a container, of 12 bytes and more.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  func bits(at start: BitOffset, width: Int) -> UInt32 {
    let mask: UInt32 = .max &>> UInt32(truncatingIfNeeded: 32 &- width)
    #if hasFeature(Embedded)
      // The end of the container may be nearer than 4 bytes: then the field is further up in the last ones.
      let first = min(start.byte, count &- 4)
      let shift = (start.byte &- first) &<< 3 &+ start.bit
      return u32(at: first) &>> UInt32(truncatingIfNeeded: shift) & mask
    #else
      let window = start.byte <= count &- 4 ? u32(at: start.byte) : lastBytes(from: start.byte)
      return window &>> UInt32(truncatingIfNeeded: start.bit) & mask
    #endif
  }

  #if !hasFeature(Embedded)
    /// The number of the bytes from `offset` to the span's end, fewer than 4. Not all spans are containers: one of decoded symbols may
    /// have no more.
    ///
    /// Not inlined, as it is rare: with its loop inside, decoding codes of 11 bits took a sixth longer.
    @inline(never)
    private func lastBytes(from offset: Int) -> UInt32 {
      var number: UInt32 = 0
      for index in (offset..<count).reversed() { number = number &<< 8 | UInt32(self[index]) }
      return number
    }
  #endif
}
