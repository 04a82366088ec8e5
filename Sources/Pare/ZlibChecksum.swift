import CZlib
public import PareFormat

/// CRC-32 by zlib, which uses the machine's instructions where it has them.
public enum ZlibChecksum: Checksum {
  public static func update(_ crc: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    guard !range.isEmpty else { return crc }
    // zlib takes a pointer; the span keeps it valid during the call, and `extracting` has checked the range.
    return unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(crc), buffer.baseAddress, buffer.count))
    }
  }
}
