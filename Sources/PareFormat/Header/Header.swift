/// The first 12 bytes of a container (spec section 3).
public struct Header: Sendable, Equatable {
  /// The size of a header in bytes.
  public static var byteCount: Int { 12 }

  /// The minor version of the format that the writer knew.
  public let minor: UInt8

  /// The least minor version that reads the container.
  public let readerMinimum: UInt8

  /// Payloads start at multiples of this: 4, 16 or 64 bytes.
  public let alignment: Int

  /// Whether the container may reach 2^47 bytes instead of 2^31.
  public let isLarge: Bool

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
    self.minor = FormatVersion.minor
    self.readerMinimum = readerMinimum
    self.alignment = alignment
    self.isLarge = isLarge
  }

  /// Reads the header; steps 1 and 2 of the validation order, the file's length aside.
  static func parse(_ bytes: Span<UInt8>, allowsLarge: Bool) throws(FormatError) -> Header {
    for offset in 0..<min(magic.count, bytes.count) where bytes[offset] != magic[offset] {
      throw FormatError(.badMagic, at: 0)
    }
    guard bytes.count >= byteCount else { throw FormatError(.truncated, at: bytes.count) }
    guard bytes[8] == FormatVersion.major else {
      throw FormatError(
        .unsupportedMajor, at: 8, found: Int(truncatingIfNeeded: bytes[8]),
        limit: Int(truncatingIfNeeded: FormatVersion.major))
    }
    guard bytes[10] <= FormatVersion.minor, bytes[10] <= bytes[9] else {
      throw FormatError(
        .unsupportedMinor, at: 10, found: Int(truncatingIfNeeded: bytes[10]),
        limit: Int(truncatingIfNeeded: min(FormatVersion.minor, bytes[9])))
    }
    let flags = bytes[11]
    guard flags & 0xF8 == 0, flags & 3 != 3 else { throw FormatError(.reservedNotZero, at: 11) }
    let header = Header(
      minor: bytes[9], readerMinimum: bytes[10], alignment: 4 &<< Int(2 &* (flags & 3)), isLarge: flags & 4 != 0)
    guard allowsLarge || !header.isLarge else { throw FormatError(.largeUnsupported, at: 11) }
    return header
  }

  /// Writes the header's 12 bytes.
  public func write(to sink: inout some ByteSink) {
    for index in 0..<Self.magic.count { sink.append(Self.magic[index]) }
    sink.append(FormatVersion.major)
    sink.append(minor)
    sink.append(readerMinimum)
    let alignmentCode: UInt8 = alignment == 4 ? 0 : alignment == 16 ? 1 : 2
    sink.append(alignmentCode | (isLarge ? 4 : 0))
  }

  private init(minor: UInt8, readerMinimum: UInt8, alignment: Int, isLarge: Bool) {
    self.minor = minor
    self.readerMinimum = readerMinimum
    self.alignment = alignment
    self.isLarge = isLarge
  }
}
