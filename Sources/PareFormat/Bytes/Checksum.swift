/// A way to compute CRC-32, so that a host can use its fastest and a microcontroller a small table.
public protocol Checksum {
  /// The CRC-32 of the bytes so far, `crc`, continued over `bytes[range]`; the CRC-32 of no bytes is 0.
  static func update(_ crc: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32
}

/// CRC-32 with a table of 64 bytes, two steps a byte (spec section 1).
public enum SmallChecksum: Checksum {
  /// The CRC of each 4-bit value: polynomial 0xEDB88320 applied four times.
  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158, 0x5005_713C,
    0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4, 0xA00A_E278, 0xBDBD_F21C,
  ]

  public static func update(_ crc: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    var state = ~crc
    for offset in range {
      state ^= UInt32(truncatingIfNeeded: bytes[offset])
      state = state &>> 4 ^ table[Int(truncatingIfNeeded: state & 15)]
      state = state &>> 4 ^ table[Int(truncatingIfNeeded: state & 15)]
    }
    return ~state
  }
}
