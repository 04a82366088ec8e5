/// Several containers in one image, found by name or number (spec section 15).
///
/// A value of this type exists only for bytes whose header, index, names and padding have been checked. It holds
/// two numbers; every call takes the span that was given to `open`. The containers inside are opened by
/// `Container.open`, each on its own part of the span.
public struct Bank: Sendable, Equatable {
  /// The size of a bank's header in bytes.
  public static var headerByteCount: Int { 16 }

  /// The most models in a bank.
  public static var maximumModelCount: Int { 65_535 }

  /// A bank is below this many bytes, so that a 32-bit reader and a 64-bit one agree about all of them.
  public static var largestByteCount: Int { 0x7FFF_FFFF }

  static var magic: InlineArray<8, UInt8> { [0x89, 0x50, 0x42, 0x4B, 0x0D, 0x0A, 0x1A, 0x0A] }

  /// The number of models, at least 1.
  public let modelCount: Int

  /// Models start at multiples of this: a power of two from 16 to 65 536 bytes.
  public let alignment: Int

  /// Creates the header of a new bank. Precondition: a power of two from 16 to 65 536, and 1 to 65 535 models.
  public init(modelCount: Int, alignment: Int = 16) {
    precondition(modelCount >= 1 && modelCount <= Self.maximumModelCount)
    precondition(alignment >= 16 && alignment <= 65_536 && alignment & (alignment - 1) == 0)
    self.modelCount = modelCount
    self.alignment = alignment
  }

  /// Whether the bytes begin as a bank does, so that a caller can tell it from a container.
  public static func hasMagic(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= magic.count else { return false }
    for offset in 0..<magic.count where bytes[offset] != magic[offset] { return false }
    return true
  }

  /// Checks everything but the models: header, checksum, names, places and padding, in the order of section 15.
  ///
  /// Linear in the bytes of index and padding; nothing is allocated.
  public static func open<C: Checksum>(_ bytes: Span<UInt8>, checksum: C.Type) throws(FormatError) -> Bank {
    let bank = try parseHeader(bytes)
    let firstModel = try bank.firstModel(bytes)
    let computed = checksum.update(checksum.update(0, bytes, 0..<Field.checksum), bytes, headerByteCount..<firstModel)
    guard computed == bytes.u32(at: Field.checksum) else { throw FormatError(.indexChecksum, at: Field.checksum) }
    try bank.checkNames(bytes, firstModel)
    try bank.checkModels(bytes, firstModel)
    return bank
  }

  /// The entry with this index. Precondition: it is below `modelCount`.
  public func entry(at index: Int, in bytes: Span<UInt8>) -> BankEntry {
    precondition(index >= 0 && index < modelCount)
    return BankEntry(bytes, checkedAt: place(of: index))
  }

  /// The entry of the model with this name, nil when there is none. A binary search.
  public func entry(named name: Span<UInt8>, in bytes: Span<UInt8>) -> BankEntry? {
    index(named: name, in: bytes).map { entry(at: $0, in: bytes) }
  }

  /// The index of the model with this name, nil when there is none. A binary search.
  public func index(named name: Span<UInt8>, in bytes: Span<UInt8>) -> Int? {
    var lower = 0
    var upper = modelCount
    while lower < upper {
      let middle = (lower &+ upper) / 2
      let entry = self.entry(at: middle, in: bytes)
      let order = compare(bytes, entry.name, name)
      if order == 0 { return middle }
      if order < 0 { lower = middle &+ 1 } else { upper = middle }
    }
    return nil
  }

  /// Writes magic, version, alignment and number of models: the bytes of the header that the checksum covers.
  public func writeStart(to sink: inout some ByteSink) {
    for index in 0..<Self.magic.count { sink.append(Self.magic[index]) }
    sink.append(Self.version)
    sink.append(UInt8(truncatingIfNeeded: alignment.trailingZeroBitCount))
    sink.u16(UInt16(truncatingIfNeeded: modelCount))
  }

  private static let version: UInt8 = 0

  /// The fields of the header by their offset.
  private enum Field {
    static let version = 8
    static let alignment = 9
    static let modelCount = 10
    static let checksum = 12
  }

  private func place(of index: Int) -> Int { Self.headerByteCount &+ BankEntry.byteCount &* index }

  private var entriesEnd: Int { place(of: modelCount) }

  private static func parseHeader(_ bytes: Span<UInt8>) throws(FormatError) -> Bank {
    for offset in 0..<min(magic.count, bytes.count) where bytes[offset] != magic[offset] {
      throw FormatError(.badMagic, at: 0)
    }
    guard bytes.count >= headerByteCount else { throw FormatError(.truncated, at: bytes.count) }
    guard bytes.count <= largestByteCount else { throw FormatError(.containerTooLarge, at: 0, found: bytes.count) }
    guard bytes[Field.version] == version else {
      throw FormatError(
        .unsupportedMajor, at: Field.version, found: Int(truncatingIfNeeded: bytes[Field.version]),
        limit: Int(truncatingIfNeeded: version))
    }
    let exponent = Int(truncatingIfNeeded: bytes[Field.alignment])
    guard exponent >= 4, exponent <= 16 else { throw FormatError(.badIndex, at: Field.alignment, found: exponent) }
    let modelCount = Int(truncatingIfNeeded: bytes.u16(at: Field.modelCount))
    guard modelCount >= 1 else { throw FormatError(.badIndex, at: Field.modelCount, found: 0) }
    return Bank(modelCount: modelCount, alignment: 1 &<< exponent)
  }

  /// The offset of the first model, where what the checksum covers ends.
  private func firstModel(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
    guard entriesEnd <= bytes.count else { throw FormatError(.truncated, at: bytes.count) }
    let field = Self.headerByteCount &+ BankEntry.Field.offset
    let stored = bytes.u32(at: field)
    guard stored >= UInt32(truncatingIfNeeded: entriesEnd) else { throw FormatError(.badIndex, at: field) }
    guard stored <= UInt32(truncatingIfNeeded: bytes.count) else { throw FormatError(.truncated, at: bytes.count) }
    return Int(truncatingIfNeeded: stored)
  }

  /// The names follow each other and rise; what is left before the first model is padding.
  private func checkNames(_ bytes: Span<UInt8>, _ firstModel: Int) throws(FormatError) {
    var end = entriesEnd
    var previous = end..<end
    for index in 0..<modelCount {
      let start = place(of: index)
      guard bytes.u32(at: start &+ BankEntry.Field.nameOffset) == UInt32(truncatingIfNeeded: end) else {
        throw FormatError(.badIndex, at: start &+ BankEntry.Field.nameOffset)
      }
      let count = Int(truncatingIfNeeded: bytes.u16(at: start &+ BankEntry.Field.nameByteCount))
      guard count >= 1, count <= 255 else {
        throw FormatError(.badName, at: start &+ BankEntry.Field.nameByteCount, found: count)
      }
      guard count <= firstModel &- end else {
        throw FormatError(.badIndex, at: start &+ BankEntry.Field.nameByteCount, found: count)
      }
      guard bytes.u16(at: start &+ BankEntry.Field.reserved) == 0 else {
        throw FormatError(.reservedNotZero, at: start &+ BankEntry.Field.reserved)
      }
      let name = end..<end &+ count
      guard bytes.isPlainText(name) else { throw FormatError(.badName, at: end) }
      guard index == 0 || bytes.isLess(previous, name) else { throw FormatError(.nameOrder, at: end) }
      previous = name
      end = name.upperBound
    }
    guard padding(behind: end) == firstModel &- end else {
      throw FormatError(.badIndex, at: Self.headerByteCount &+ BankEntry.Field.offset)
    }
    try requireZero(bytes, end..<firstModel)
  }

  /// Each model starts where the one before it ends, aligned; the last one ends the bank.
  private func checkModels(_ bytes: Span<UInt8>, _ firstModel: Int) throws(FormatError) {
    var end = firstModel
    for index in 0..<modelCount {
      let field = place(of: index)
      let padding = self.padding(behind: end)
      guard padding <= bytes.count &- end else { throw FormatError(.truncated, at: bytes.count) }
      let start = end &+ padding
      guard bytes.u32(at: field &+ BankEntry.Field.offset) == UInt32(truncatingIfNeeded: start) else {
        throw FormatError(.badIndex, at: field &+ BankEntry.Field.offset)
      }
      try requireZero(bytes, end..<start)
      let count = bytes.u32(at: field &+ BankEntry.Field.byteCount)
      guard count <= UInt32(truncatingIfNeeded: bytes.count &- start) else {
        throw FormatError(.truncated, at: bytes.count)
      }
      end = start &+ Int(truncatingIfNeeded: count)
    }
    guard end == bytes.count else { throw FormatError(.trailingBytes, at: end, found: bytes.count, limit: end) }
  }

  /// The bytes between `end` and the next multiple of the alignment. Unlike that multiple it never overflows.
  private func padding(behind end: Int) -> Int { (0 &- end) & (alignment &- 1) }

  private func requireZero(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(FormatError) {
    if let offset = bytes.firstNonZero(in: range) { throw FormatError(.paddingNotZero, at: offset) }
  }

  /// Below 0, 0 or above 0 as the stored name comes before `name`, equals it, or comes behind it in byte order.
  private func compare(_ bytes: Span<UInt8>, _ stored: Range<Int>, _ name: Span<UInt8>) -> Int {
    for index in 0..<min(stored.count, name.count) {
      let difference =
        Int(truncatingIfNeeded: bytes[stored.lowerBound &+ index]) &- Int(truncatingIfNeeded: name[index])
      if difference != 0 { return difference }
    }
    return stored.count &- name.count
  }
}
