/// Reads fields in wire order from a range of bytes, and keeps the first mistake (spec section 11).
///
/// A field that ends behind the range is one, `sectionOverrun`. Behind a mistake every field is 0 and nothing moves, so what parses
/// need not ask after each field: it asks `check` before it trusts what it read, and every error of its own goes through `error`, by
/// which the first mistake wins.
struct FieldReader: ~Escapable {
  /// The bytes that the range is of.
  let bytes: Span<UInt8>

  /// Where the next field starts.
  private(set) var offset: Int

  /// Where the last field starts.
  private(set) var field: Int

  /// The end of the range; -1 behind a mistake, before which no field fits.
  private var end: Int

  #if !_pointerBitWidth(_32)
    /// LEB128 values have at most this many bits: 31, or 47 in a large container.
    private let integerBits: Int
  #else
    private var integerBits: Int { 31 }
  #endif

  /// The first mistake, if there is one. Not optional: for one field more the compiler (6.3) makes functions that destroy readers.
  private var first = FormatError(.truncated, at: 0)

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, from start: Int, to end: Int, integerBits: Int) {
    self.bytes = bytes
    offset = start
    field = start
    self.end = end
    #if !_pointerBitWidth(_32)
      self.integerBits = integerBits
    #endif
  }

  /// Whether nothing is left.
  var isAtEnd: Bool { offset >= end }

  /// The first mistake, if there is one.
  var mistake: FormatError? { end < 0 ? first : nil }

  /// Throws the first mistake, if there is one.
  func check() throws(FormatError) {
    if end < 0 { throw first }
  }

  /// What to throw for a mistake in the last field: it, or the first one if there was another.
  @inline(__always)
  mutating func error(_ code: FormatError.Code, found: Int? = nil, limit: Int? = nil) -> FormatError {
    #if hasFeature(Embedded)
      keep(code.rawValue)
    #else
      keep(FormatError(code, at: field, found: found, limit: limit))
    #endif
  }

  /// Keeps a mistake in the last field, if it is the first.
  @inline(__always)
  mutating func note(_ code: FormatError.Code, found: Int? = nil, limit: Int? = nil) {
    _ = error(code, found: found, limit: limit)
  }

  #if hasFeature(Embedded)
    @inline(never)
    private mutating func keep(_ codeNumber: UInt8) -> FormatError { keep(FormatError(codeNumber, at: field)) }
  #endif

  private mutating func keep(_ error: FormatError) -> FormatError {
    if end >= 0 {
      first = error
      end = -1
    }
    return first
  }

  /// A field of `count` bytes that is not a number, and starts at `field`.
  @inline(never)
  mutating func skip(_ count: Int) {
    field = offset
    if count <= end &- offset { offset &+= count } else { note(.sectionOverrun) }
  }

  /// An unsigned byte.
  @inline(never)
  mutating func u8() -> Int { Int(truncatingIfNeeded: number(byteCount: 1)) }

  /// An unsigned number of 4 bytes.
  mutating func u32() -> UInt32 { number(byteCount: 4) }

  @inline(never)
  private mutating func number(byteCount: Int) -> UInt32 {
    skip(byteCount)
    return bytes.unsigned(at: field, byteCount: offset &- field)
  }

  /// A LEB128 integer of at most `integerBits` bits (spec section 1).
  @inline(never)
  mutating func leb128() -> Int {
    field = offset
    var value = 0
    var shift = 0
    var next = offset
    while true {
      guard next < end else {
        note(.sectionOverrun)
        return 0
      }
      let byte = Int(truncatingIfNeeded: bytes[next])
      next &+= 1
      let bits = byte & 0x7F
      // How many of this byte's bits still fit; both tests stop before anything is shifted out.
      let room = integerBits &- shift
      guard room >= 7 || byte &>> room == 0 else {
        note(.integerTooLarge)
        return 0
      }
      value |= bits &<< shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else {
          note(.nonMinimalInteger)
          return 0
        }
        offset = next
        return value
      }
      shift &+= 7
    }
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
