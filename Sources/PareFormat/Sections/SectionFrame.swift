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
  private(set) var start = 0

  /// The offset behind the checksum.
  public private(set) var end = Header.byteCount

  /// The offset behind the body.
  var bodyEnd: Int { end &- 4 }

  /// The offsets of the body.
  public var body: Range<Int> { start..<bodyEnd }

  /// What stands before the first section.
  init() {}

  /// Goes on to the next section and compares its checksum, which covers the bytes since the checksum before it.
  ///
  /// Throws `truncated`, the LEB128 codes, `sectionOrder`, `unknownCriticalSection`, `sectionChecksum`.
  @inline(never)
  mutating func parseNext<C: Checksum>(_ bytes: Span<UInt8>, integerBits: Int, checksum: C.Type) throws(FormatError) {
    offset = end
    var fields = FieldReader(bytes, from: end, to: bytes.count, integerBits: integerBits)
    let type = fields.u8()
    let previous = number
    number = UInt8(truncatingIfNeeded: type & 0x7F)
    isLast = type & 0x80 != 0
    if number <= previous || (previous == 0 && number != SectionNumber.directory.rawValue) {
      fields.note(.sectionOrder, found: Int(truncatingIfNeeded: number))
    } else if number != SectionNumber.directory.rawValue, !SectionNumber.isAncillary(number) {
      fields.note(.unknownCriticalSection, found: Int(truncatingIfNeeded: number))
    }
    fields.skip(fields.leb128())
    start = fields.field
    let stored = fields.u32()
    if let mistake = fields.mistake {
      // What ends a section too early has ended the file.
      throw mistake.codeNumber == FormatError.Code.sectionOverrun.rawValue
        ? FormatError(.truncated, at: bytes.count) : mistake
    }
    end = fields.offset
    // Each checksum goes on where the one before it ended, so no byte up to the last section is left out.
    let computed = checksum.update(0, bytes, (previous == 0 ? 0 : offset)..<fields.field)
    guard computed == stored else { throw fields.error(.sectionChecksum) }
  }

  /// Writes type and byte count; body and checksum follow.
  public static func writeStart(
    _ number: SectionNumber, isLast: Bool, byteCount: Int, to sink: inout some ByteSink
  ) {
    sink.append(number.rawValue | (isLast ? 0x80 : 0))
    sink.leb128(byteCount)
  }
}
