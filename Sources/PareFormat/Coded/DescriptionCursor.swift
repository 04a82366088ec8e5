/// Reads the fields of a coded part's description, bit by bit (spec section 9.1).
struct DescriptionCursor<Observer: DescriptionObserver> {
  /// The next bit.
  private(set) var place: BitOffset

  /// The end of the coded part.
  let end: Int

  /// The index of the tensor, for errors.
  let tensor: Int

  /// Is told each field.
  private(set) var observer: Observer

  /// The highest number of one bits that starts an Exp-Golomb field.
  private static var maximumPrefix: Int { 14 }

  init(at place: BitOffset, end: Int, tensor: Int, _ observer: Observer) {
    self.place = place
    self.end = end
    self.tensor = tensor
    self.observer = observer
  }

  // What tells the observer is inlined, and with `NoObserver` nothing is left of it. What reads is not: of the many places that
  // read fields it would fill a microcontroller's flash.

  /// A field of `width` bits, 1 to 24. Throws `badStream` at the end of the coded part when it ends behind it.
  @inline(__always)
  mutating func bits(_ width: Int, _ field: DescriptionField, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    let value = try take(width, bytes)
    observer.read(field, value, width: width)
    return value
  }

  @inline(never)
  private mutating func take(_ width: Int, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    var next = place
    next.advance(width)
    guard next.byte < end || (next.byte == end && next.bit == 0) else { throw error(.badStream, at: end) }
    guard width > 0 else { return 0 }
    let field = Int(truncatingIfNeeded: bytes.bits(at: place, width: width))
    place = next
    return field
  }

  /// An Exp-Golomb field of order `order`. Throws `badTable` at `offset` when its prefix is too long.
  @inline(__always)
  mutating func expGolomb(
    _ order: Int, _ field: DescriptionField, at offset: Int, _ bytes: Span<UInt8>
  ) throws(FormatError) -> Int {
    let value = try takeExpGolomb(order, at: offset, bytes)
    // The value tells the width: its prefix is that of the value above the order.
    let prefix = Int.bitWidth &- 1 &- (value &>> order &+ 1).leadingZeroBitCount
    observer.read(field, value, width: 2 &* prefix &+ 1 &+ order)
    return value
  }

  @inline(never)
  private mutating func takeExpGolomb(_ order: Int, at offset: Int, _ bytes: Span<UInt8>) throws(FormatError) -> Int {
    // The one bits before the first zero bit, and it, as far as they are looked at.
    let window = bytes.bits(at: place, width: 24)
    let prefix = min((~window).trailingZeroBitCount, Self.maximumPrefix &+ 1)
    _ = try take(min(prefix, Self.maximumPrefix) &+ 1, bytes)
    guard prefix <= Self.maximumPrefix else { throw error(.badTable, at: offset) }
    let rest = try take(prefix &+ order, bytes)
    return ((1 &<< prefix) &- 1) &<< order &+ rest
  }

  /// Moves behind the bits up to the byte's end; throws `paddingNotZero` at that byte.
  mutating func padding(_ bytes: Span<UInt8>) throws(FormatError) {
    guard place.bit != 0 else { return }
    let offset = place.byte
    guard try bits(8 &- place.bit, .padding, bytes) == 0 else { throw error(.paddingNotZero, at: offset) }
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
