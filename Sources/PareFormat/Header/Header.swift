/// The first 12 bytes of a container (spec section 3).
public struct Header: Sendable, Equatable {
  /// The size of a header in bytes.
  public static var byteCount: Int { 12 }

  /// Bytes 8 to 11: the versions and the flags.
  private let word: UInt32

  private var flags: UInt8 { UInt8(truncatingIfNeeded: word &>> 24) }

  /// The minor version of the format that the writer knew.
  public var minor: UInt8 { UInt8(truncatingIfNeeded: word &>> 8) }

  /// The least minor version that reads the container.
  public var readerMinimum: UInt8 { UInt8(truncatingIfNeeded: word &>> 16) }

  /// Payloads start at multiples of this: 4, 16 or 64 bytes.
  public var alignment: Int { 4 &<< Int(truncatingIfNeeded: 2 &* (flags & 3)) }

  /// Whether the container may reach 2^47 bytes instead of 2^31.
  public var isLarge: Bool { flags & 4 != 0 }

  static let magic: InlineArray<8, UInt8> = [0x89, 0x50, 0x41, 0x52, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The largest LEB128 integer has this many bits.
  var integerBits: Int {
    #if _pointerBitWidth(_32)
      // A large container is refused.
      31
    #else
      isLarge ? 47 : 31
    #endif
  }

  /// The largest size of the container and of a tensor's f32 bytes.
  public var largestSize: Int {
    // 2^31 - 1 is written so that it does not overflow a 32-bit Int, which never meets a large container.
    let half = 1 &<< (integerBits &- 1)
    return half &- 1 &+ half
  }

  /// Creates the header of a new container. Precondition: `alignment` is 4, 16 or 64.
  public init(alignment: Int = 4, isLarge: Bool = false, readerMinimum: UInt8 = 1) {
    precondition(alignment == 4 || alignment == 16 || alignment == 64)
    let flags: UInt32 = (alignment == 4 ? 0 : alignment == 16 ? 1 : 2) | (isLarge ? 4 : 0)
    let versions = UInt32(FormatVersion.major) | UInt32(FormatVersion.minor) &<< 8 | UInt32(readerMinimum) &<< 16
    self.init(word: versions | flags &<< 24)
  }

  /// What stands before a header is read: a zero, which takes little code to write.
  static var unread: Header { Header(word: 0) }

  private init(word: UInt32) { self.word = word }

  /// Reads the header; steps 1 and 2 of the validation order, the file's length aside.
  @inline(__always)
  static func parse(_ bytes: Span<UInt8>, allowsLarge: Bool) throws(FormatError) -> Header {
    for offset in 0..<min(magic.count, bytes.count) where bytes[offset] != magic[offset] {
      throw FormatError(.badMagic, at: 0)
    }
    guard bytes.count >= byteCount else { throw FormatError(.truncated, at: bytes.count) }
    let header = Header(word: bytes.u32(at: 8))
    let major = UInt8(truncatingIfNeeded: header.word)
    guard major == FormatVersion.major else {
      throw FormatError(
        .unsupportedMajor, at: 8, found: Int(truncatingIfNeeded: major),
        limit: Int(truncatingIfNeeded: FormatVersion.major))
    }
    guard header.readerMinimum <= FormatVersion.minor, header.readerMinimum <= header.minor else {
      throw FormatError(
        .unsupportedMinor, at: 10, found: Int(truncatingIfNeeded: header.readerMinimum),
        limit: Int(truncatingIfNeeded: min(FormatVersion.minor, header.minor)))
    }
    guard header.flags & 0xF8 == 0, header.flags & 3 != 3 else { throw FormatError(.reservedNotZero, at: 11) }
    guard allowsLarge || !header.isLarge else { throw FormatError(.largeUnsupported, at: 11) }
    return header
  }

  /// Writes the header's 12 bytes.
  public func write(to sink: inout some ByteSink) {
    for index in 0..<Self.magic.count { sink.append(Self.magic[index]) }
    sink.u32(word)
  }
}
