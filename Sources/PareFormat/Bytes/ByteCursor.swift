/// A position in a range of bytes from which fields are read in wire order.
///
/// The span is passed to each call, so a cursor is a plain value. A field that would end behind `end` throws:
/// inside a section `sectionOverrun` at the field, in the framing `truncated` at the end (spec section 11).
struct ByteCursor {
  var offset: Int
  let end: Int

  #if !_pointerBitWidth(_32)
    /// LEB128 values have at most this many bits: 31, or 47 in a large container.
    let integerBits: Int
  #else
    var integerBits: Int { 31 }
  #endif

  /// Whether `end` is the end of the file rather than of a section.
  let isFraming: Bool

  init(offset: Int, end: Int, integerBits: Int, isFraming: Bool) {
    self.offset = offset
    self.end = end
    #if !_pointerBitWidth(_32)
      self.integerBits = integerBits
    #endif
    self.isFraming = isFraming
  }

  private func overrun() -> FormatError {
    isFraming ? FormatError(.truncated, at: end) : FormatError(.sectionOverrun, at: offset)
  }

  /// Moves over `count` bytes and gives the offset of the first.
  mutating func skip(_ count: Int) throws(FormatError) -> Int {
    guard count <= end &- offset else { throw overrun() }
    let start = offset
    offset &+= count
    return start
  }

  @inline(never)
  mutating func u8(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
    Int(truncatingIfNeeded: bytes[try skip(1)])
  }

  @inline(never)
  mutating func u32(_ bytes: Span<UInt8>) throws(FormatError) -> UInt32 {
    bytes.u32(at: try skip(4))
  }

  /// Reads a LEB128 integer of at most `integerBits` bits (spec section 1).
  @inline(never)
  mutating func leb128(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
    var value = 0
    var shift = 0
    var next = offset
    while true {
      guard next < end else { throw overrun() }
      let byte = Int(truncatingIfNeeded: bytes[next])
      next &+= 1
      let bits = byte & 0x7F
      // How many of this byte's bits still fit; both tests stop before anything is shifted out.
      let room = integerBits &- shift
      guard room >= 7 || byte &>> room == 0 else { throw FormatError(.integerTooLarge, at: offset) }
      value |= bits &<< shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else { throw FormatError(.nonMinimalInteger, at: offset) }
        break
      }
      shift &+= 7
    }
    offset = next
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
