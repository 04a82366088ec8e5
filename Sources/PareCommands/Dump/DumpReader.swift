import PareFormat

/// Reads fields in wire order and lists each as it is read, so that no byte is left out or shown twice.
///
/// It checks only what it needs to go on, for it walks damaged containers too; the verdict is the reader's of PareFormat.
struct DumpReader {
  /// The next byte that no field has taken.
  private(set) var offset = 0

  /// Where the structure being read ends.
  var end: Int

  /// What was read.
  private(set) var items: [DumpItem] = []

  /// The block of an entropy-coded tensor that the fields now belong to.
  var block: Int?

  init(end: Int) { self.end = end }

  /// The walk cannot go on: a field is not whole, or says something that has no meaning.
  struct Stop: Error {}

  /// A structure begins here.
  mutating func heading(_ text: String) { items.append(.heading(text)) }

  /// Takes up to `count` bytes as a field; an empty one is not listed. `Stop` when fewer were left.
  mutating func take(
    _ count: Int, _ name: String, _ meaning: String = "", values: DumpValues? = nil,
    bits: [DumpBitsItem] = []
  ) throws(Stop) {
    let taken = min(count, end - offset)
    if taken > 0 {
      items.append(
        .field(
          DumpField(
            range: offset..<offset + taken, name: name, meaning: meaning, values: values, bits: bits, block: block)))
      offset += taken
    }
    guard taken == count else { throw Stop() }
  }

  /// Reads a byte; `meaning` explains its value.
  mutating func u8(
    _ bytes: Span<UInt8>, _ name: String, _ meaning: (UInt8) -> String = { "\($0)" }
  ) throws(Stop) -> UInt8 {
    guard offset < end else { throw Stop() }
    let value = bytes[offset]
    try take(1, name, meaning(value))
    return value
  }

  /// Reads a u32.
  mutating func u32(
    _ bytes: Span<UInt8>, _ name: String, _ meaning: (UInt32) -> String
  ) throws(Stop) -> UInt32 {
    guard end - offset >= 4 else { throw Stop() }
    let value = bytes.littleEndian32(at: offset)
    try take(4, name, meaning(value))
    return value
  }

  /// Reads a LEB128 integer of at most 49 bits, minimal or not.
  mutating func leb128(
    _ bytes: Span<UInt8>, _ name: String, _ meaning: (Int) -> String = { "\($0)" }
  ) throws(Stop) -> Int {
    guard let (value, count) = bytes.leb128(at: offset, end: end) else { throw Stop() }
    try take(count, name, meaning(value))
    return value
  }
}

extension Span<UInt8> {
  /// The u16 at `offset`.
  func littleEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }

  /// The u32 at `offset`.
  func littleEndian32(at offset: Int) -> UInt32 {
    UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
  }

  /// The LEB128 integer at `offset` and its size; nil when it does not end before `end` or within 7 bytes.
  func leb128(at offset: Int, end: Int) -> (value: Int, count: Int)? {
    var value = 0
    for count in 0..<7 {
      guard offset + count < end else { return nil }
      let byte = self[offset + count]
      value |= Int(byte & 0x7F) << (7 * count)
      if byte < 0x80 { return (value, count + 1) }
    }
    return nil
  }

  /// The text of a range, with replacement characters where it is not UTF-8.
  func text(_ range: Range<Int>) -> String { String(decoding: range.map { self[$0] }, as: UTF8.self) }
}
