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
  /// The section's number, bits 0 to 6 of its type; 0 before the first section.
  public private(set) var number: UInt8 = 0

  /// Whether no section follows.
  public private(set) var isLast = false

  /// The offset of the type field.
  public private(set) var offset = 0

  /// The offset of the body.
  private var start = 0

  /// The offset behind the checksum.
  public private(set) var end = Header.byteCount

  /// The offsets of the body.
  public var body: Range<Int> { start..<end &- 4 }

  /// What stands before the first section.
  init() {}

  /// Goes on to the next section and compares its checksum, which covers the bytes since the checksum before it.
  ///
  /// Throws `truncated`, the LEB128 codes, `sectionOrder`, `unknownCriticalSection`, `sectionChecksum`.
  @inline(never)
  mutating func parseNext<C: Checksum>(_ bytes: Span<UInt8>, header: Header, checksum: C.Type) throws(FormatError) {
    offset = end
    var cursor = ByteCursor(
      offset: offset, end: bytes.count, integerBits: header.integerBits, isFraming: true)
    let type = try cursor.u8(bytes)
    let previous = number
    number = UInt8(truncatingIfNeeded: type & 0x7F)
    isLast = type & 0x80 != 0
    guard number > previous, (previous == 0) == (number == SectionNumber.directory.rawValue) else {
      throw FormatError(.sectionOrder, at: offset, found: Int(truncatingIfNeeded: number))
    }
    if number != SectionNumber.directory.rawValue, !SectionNumber.isAncillary(number) {
      throw FormatError(.unknownCriticalSection, at: offset, found: Int(truncatingIfNeeded: number))
    }
    let byteCount = try cursor.leb128(bytes)
    start = try cursor.skip(byteCount)
    let checksumOffset = cursor.offset
    let stored = try cursor.u32(bytes)
    end = cursor.offset
    // Each checksum goes on where the one before it ended, so no byte up to the last section is left out.
    let computed = checksum.update(0, bytes, (previous == 0 ? 0 : offset)..<checksumOffset)
    guard computed == stored else { throw FormatError(.sectionChecksum, at: checksumOffset) }
  }

  /// Writes type and byte count; body and checksum follow.
  public static func writeStart(
    _ number: SectionNumber, isLast: Bool, byteCount: Int, to sink: inout some ByteSink
  ) {
    sink.append(number.rawValue | (isLast ? 0x80 : 0))
    sink.leb128(byteCount)
  }
}
