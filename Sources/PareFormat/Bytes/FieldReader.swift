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
      Self.keep(&self, code.rawValue)
    #else
      keep(FormatError(code, at: field, found: found, limit: limit))
    #endif
  }

  /// Keeps a mistake in the last field, if it is the first.
  @inline(__always)
  mutating func note(_ code: FormatError.Code, found: Int? = nil, limit: Int? = nil) {
    _ = error(code, found: found, limit: limit)
  }

  /// What to throw for a mistake in an earlier field, which starts at `offset`: it, or the first one if there was another.
  @inline(__always)
  mutating func error(_ code: FormatError.Code, at offset: Int, limit: Int? = nil) -> FormatError {
    field = offset
    return error(code, limit: limit)
  }

  private mutating func keep(_ error: FormatError) -> FormatError {
    if end >= 0 {
      first = error
      end = -1
    }
    return first
  }

  /// A field of `count` bytes that is not a number, and starts at `field`.
  @inline(__always)
  mutating func skip(_ count: Int) { Self.skip(&self, count) }

  /// An unsigned byte.
  @inline(__always)
  mutating func u8() -> Int { Self.u8(&self) }

  /// An unsigned number of 4 bytes.
  @inline(__always)
  mutating func u32() -> UInt32 { Self.number(&self, byteCount: 4) }

  /// A LEB128 integer of at most `integerBits` bits (spec section 1).
  @inline(__always)
  mutating func leb128() -> Int { Self.leb128(&self) }
}

// No methods: in a method `self` is in a register of its own, which only long instructions of Thumb-2 reach.
extension FieldReader {
  #if hasFeature(Embedded)
    @inline(never)
    private static func keep(_ fields: inout FieldReader, _ codeNumber: UInt8) -> FormatError {
      fields.keep(FormatError(codeNumber, at: fields.field))
    }
  #endif

  @inline(never)
  private static func skip(_ fields: inout FieldReader, _ count: Int) {
    fields.field = fields.offset
    if count <= fields.end &- fields.offset { fields.offset &+= count } else { fields.note(.sectionOverrun) }
  }

  @inline(never)
  private static func u8(_ fields: inout FieldReader) -> Int { Int(truncatingIfNeeded: number(&fields, byteCount: 1)) }

  @inline(never)
  private static func number(_ fields: inout FieldReader, byteCount: Int) -> UInt32 {
    skip(&fields, byteCount)
    return fields.offset == fields.field ? 0 : fields.bytes.unsigned(at: fields.field, byteCount: byteCount)
  }

  @inline(never)
  private static func leb128(_ fields: inout FieldReader) -> Int {
    fields.field = fields.offset
    var value = 0
    var shift = 0
    var next = fields.offset
    while true {
      guard next < fields.end else {
        fields.note(.sectionOverrun)
        return 0
      }
      let byte = Int(truncatingIfNeeded: fields.bytes[next])
      next &+= 1
      // How many of this byte's bits still fit. Neither 31 nor 47 leave 7 of them for the last byte, nor fewer than none behind it.
      guard byte &>> (fields.integerBits &- shift) == 0 else {
        fields.note(.integerTooLarge)
        return 0
      }
      value |= (byte & 0x7F) &<< shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else {
          fields.note(.nonMinimalInteger)
          return 0
        }
        fields.offset = next
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
