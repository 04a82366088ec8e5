/// A position in a range of bytes from which fields are read in wire order.
///
/// The span is passed to each call, so a cursor is a plain value. A field that would end behind `end` throws:
/// inside a section `sectionOverrun` at the field, in the framing `truncated` at the end (spec section 11).
struct ByteCursor {
  var offset: Int
  let end: Int

  /// LEB128 values have at most this many bits: 31, or 47 in a large container.
  let integerBits: Int

  /// Whether `end` is the end of the file rather than of a section.
  let isFraming: Bool

  private func overrun() -> FormatError {
    isFraming ? FormatError(.truncated, at: end) : FormatError(.sectionOverrun, at: offset)
  }

  /// Moves over `count` bytes and gives the offset of the first.
  mutating func skip(_ count: Int) throws(FormatError) -> Int {
    guard count <= end - offset else { throw overrun() }
    let start = offset
    offset += count
    return start
  }

  mutating func u8(_ bytes: Span<UInt8>) throws(FormatError) -> UInt8 {
    bytes[try skip(1)]
  }

  mutating func u32(_ bytes: Span<UInt8>) throws(FormatError) -> UInt32 {
    bytes.u32(at: try skip(4))
  }

  /// Reads a LEB128 integer of at most `integerBits` bits (spec section 1).
  mutating func leb128(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
    var value = 0
    var count = 0
    while true {
      guard offset + count < end else { throw overrun() }
      let byte = bytes[offset + count]
      let bits = Int(truncatingIfNeeded: byte & 0x7F)
      // How many of this byte's bits still fit; both tests stop before anything is shifted out.
      let room = integerBits &- 7 &* count
      guard room >= 7 || (byte < 0x80 && bits &>> room == 0) else {
        throw FormatError(.integerTooLarge, at: offset)
      }
      value |= bits &<< (7 &* count)
      count += 1
      if byte < 0x80 {
        guard byte != 0 || count == 1 else { throw FormatError(.nonMinimalInteger, at: offset) }
        break
      }
    }
    offset += count
    return value
  }
}

extension ByteSink {
  /// Writes the one LEB128 encoding of `value` (spec section 1).
  public mutating func leb128(_ value: Int) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest = rest &>> 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
