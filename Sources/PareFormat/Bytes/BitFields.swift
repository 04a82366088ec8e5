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
      // Not all spans are containers: one of decoded symbols may have fewer than 4 bytes.
      var window: UInt32 = 0
      if start.byte <= count &- 4 {
        window = u32(at: start.byte)
      } else {
        for index in (start.byte..<count).reversed() { window = window &<< 8 | UInt32(self[index]) }
      }
      return window &>> UInt32(truncatingIfNeeded: start.bit) & mask
    #endif
  }
}
