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
  /// not needed. Precondition: `start.bit` + `width` is at most 32.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  func bits(at start: BitOffset, width: Int) -> UInt32 {
    let mask: UInt32 = .max &>> UInt32(truncatingIfNeeded: 32 &- width)
    // The end of the span may be nearer than 4 bytes.
    let window =
      start.byte <= count &- 4 ? u32(at: start.byte) : unsigned(at: start.byte, byteCount: count &- start.byte)
    return window &>> UInt32(truncatingIfNeeded: start.bit) & mask
  }
}
