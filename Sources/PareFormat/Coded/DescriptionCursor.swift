/// Reads the fields of a coded part's description, bit by bit (spec section 9.1).
struct DescriptionCursor {
  /// The next bit.
  private(set) var place: BitOffset

  /// The end of the coded part.
  let end: Int

  /// The index of the tensor, for errors.
  let tensor: Int

  /// The highest number of one bits that starts an Exp-Golomb field.
  static let maximumPrefix = 14

  init(at place: BitOffset, end: Int, tensor: Int) {
    self.place = place
    self.end = end
    self.tensor = tensor
  }

  /// A field of `width` bits, 0 to 24. Throws `badStream` at the end of the coded part when it ends behind it.
  mutating func bits(_ width: Int, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    var next = place
    next.advance(width)
    guard next.byte < end || (next.byte == end && next.bit == 0) else { throw error(.badStream, at: end) }
    guard width > 0 else { return 0 }
    let field = Int(truncatingIfNeeded: bytes.bits(at: place, width: width))
    place = next
    return field
  }

  /// An Exp-Golomb field of order `order`. Throws `badTable` at `offset`, or where the field starts, when its prefix is too
  /// long.
  mutating func expGolomb(_ order: Int, at offset: Int? = nil, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    let start = place.byte
    var prefix = 0
    while try bits(1, bytes) == 1 {
      prefix &+= 1
      guard prefix <= Self.maximumPrefix else { throw error(.badTable, at: offset ?? start) }
    }
    let rest = try bits(prefix &+ order, bytes)
    return ((1 &<< prefix) &- 1) &<< order &+ rest
  }

  /// Moves over fields of `width` bits, and gives where the first of them starts.
  mutating func skip(_ count: Int, width: Int) throws(FormatError) -> BitOffset {
    let start = place
    let next = place.field(count, width: width)
    // A description of so many fields that the offset wraps around is not within any file.
    guard next.byte >= start.byte, next.byte < end || (next.byte == end && next.bit == 0) else {
      throw error(.badStream, at: end)
    }
    place = next
    return start
  }

  func error(_ code: FormatError.Code, at offset: Int) -> FormatError {
    FormatError(code, at: offset, tensor: tensor)
  }
}

extension BitOffset {
  /// The first bit of field number `index` of fields of `width` bits that start here.
  func field(_ index: Int, width: Int) -> BitOffset {
    // Not the number of bits, which may not fit 32 of them.
    var place = BitOffset(byte: byte &+ (index &>> 3) &* width, bit: bit)
    place.advance((index & 7) &* width)
    return place
  }
}
