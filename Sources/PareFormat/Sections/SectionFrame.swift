/// The numbers of the sections that this version knows (spec section 4).
public enum SectionNumber: UInt8, Sendable {
  case directory = 1
  case provenance = 64
  case order = 65
  case source = 66
  case model = 67

  /// Whether a section of this number may be skipped by a reader that does not know it.
  static func isAncillary(_ number: UInt8) -> Bool { number >= 64 }
}

/// Where one section is: type, byte count, body and checksum (spec section 4).
public struct SectionFrame: Sendable, Equatable {
  /// The section's number, bits 0 to 6 of its type.
  public let number: UInt8

  /// Whether no section follows.
  public let isLast: Bool

  /// The offset of the type field.
  public let offset: Int

  /// The offsets of the body.
  public let body: Range<Int>

  /// The offset behind the checksum.
  public var end: Int { body.upperBound + 4 }

  /// Reads the frame at `offset` and compares the checksum, which covers the bytes since `previousEnd`.
  ///
  /// Throws `truncated`, the LEB128 codes, `sectionOrder`, `unknownCriticalSection`, `sectionChecksum`.
  static func parse<C: Checksum>(
    _ bytes: Span<UInt8>, at offset: Int, after previous: UInt8, header: Header, checksum: C.Type
  ) throws(FormatError) -> SectionFrame {
    var cursor = ByteCursor(
      offset: offset, end: bytes.count, integerBits: header.integerBits, isFraming: true)
    let type = try cursor.u8(bytes)
    let number = type & 0x7F
    let isFirst = offset == Header.byteCount
    guard number > previous, isFirst == (number == SectionNumber.directory.rawValue) else {
      throw FormatError(.sectionOrder, at: offset, found: Int(truncatingIfNeeded: number))
    }
    if !SectionNumber.isAncillary(number), number != SectionNumber.directory.rawValue {
      throw FormatError(.unknownCriticalSection, at: offset, found: Int(truncatingIfNeeded: number))
    }
    let byteCount = try cursor.leb128(bytes)
    let start = try cursor.skip(byteCount)
    let checksumOffset = cursor.offset
    let stored = try cursor.u32(bytes)
    // Each checksum goes on where the one before it ended, so no byte up to the last section is left out.
    let computed = checksum.update(0, bytes, (isFirst ? 0 : offset)..<checksumOffset)
    guard computed == stored else { throw FormatError(.sectionChecksum, at: checksumOffset) }
    return SectionFrame(number: number, isLast: type & 0x80 != 0, offset: offset, body: start..<checksumOffset)
  }

  /// Writes type and byte count; body and checksum follow.
  public static func writeStart(
    _ number: SectionNumber, isLast: Bool, byteCount: Int, to sink: inout some ByteSink
  ) {
    sink.append(number.rawValue | (isLast ? 0x80 : 0))
    sink.leb128(byteCount)
  }
}
