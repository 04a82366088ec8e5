/// Where one model of a bank is, and its name (spec section 15).
public struct BankEntry: Sendable, Equatable {
  /// The size of an entry in bytes.
  public static var byteCount: Int { 16 }

  /// The offsets of the name in the bank; an application compares bytes, nothing else.
  public let name: Range<Int>

  /// The offsets of the model's container in the bank. The container is as unchecked as any other file.
  public let model: Range<Int>

  /// Creates an entry. Precondition: the name has 1 to 255 bytes.
  public init(name: Range<Int>, model: Range<Int>) {
    precondition(name.count >= 1 && name.count <= 255)
    self.name = name
    self.model = model
  }

  /// The fields of an entry by their distance from its start.
  enum Field {
    static let offset = 0
    static let byteCount = 4
    static let nameOffset = 8
    static let nameByteCount = 12
    static let reserved = 14
  }

  /// Reads the entry at `start`, which has been checked: each of its numbers is an offset in the bank.
  init(_ bytes: Span<UInt8>, checkedAt start: Int) {
    let model = Int(truncatingIfNeeded: bytes.u32(at: start &+ Field.offset))
    let name = Int(truncatingIfNeeded: bytes.u32(at: start &+ Field.nameOffset))
    self.model = model..<model &+ Int(truncatingIfNeeded: bytes.u32(at: start &+ Field.byteCount))
    self.name = name..<name &+ Int(truncatingIfNeeded: bytes.u16(at: start &+ Field.nameByteCount))
  }

  /// Writes the entry's 16 bytes. Precondition: its offsets are below 2^31.
  public func write(to sink: inout some ByteSink) {
    sink.u32(UInt32(truncatingIfNeeded: model.lowerBound))
    sink.u32(UInt32(truncatingIfNeeded: model.count))
    sink.u32(UInt32(truncatingIfNeeded: name.lowerBound))
    sink.u16(UInt16(truncatingIfNeeded: name.count))
    sink.u16(0)
  }
}
