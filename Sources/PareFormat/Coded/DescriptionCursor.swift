/// Reads the fields of a coded part's description, bit by bit (spec section 9.1).
///
/// It never throws: of the many places that read fields each would need code for that. It keeps the first failure, and behind it
/// every field is 0, so that loops need only end.
struct DescriptionCursor<Observer: DescriptionObserver>: ~Escapable {
  private let bytes: Span<UInt8>

  /// The next bit.
  private(set) var place: BitOffset

  /// The end of the coded part; before all fields behind a failure.
  private var end: Int

  /// Where a failure of the field or table at hand is.
  var mark = 0

  /// The code and the place of the first failure; 0 where there is none.
  private var failureCode: UInt8 = 0
  private var failureOffset = 0

  /// Is told each field.
  private(set) var observer: Observer

  /// The highest number of one bits that starts an Exp-Golomb field.
  private static var maximumPrefix: Int { 14 }

  @_lifetime(copy bytes)
  init(at place: BitOffset, end: Int, _ bytes: Span<UInt8>, _ observer: Observer) {
    self.bytes = bytes
    self.place = place
    self.end = end
    self.observer = observer
  }

  /// Whether a failure has been kept.
  var hasFailed: Bool { failureCode != 0 }

  /// The failure, of tensor number `tensor`. Precondition: one has been kept.
  func failure(tensor: Int) -> FormatError { FormatError(number: failureCode, at: failureOffset, tensor: tensor) }

  /// Keeps a failure at `mark`.
  @inline(__always)
  mutating func fail(_ code: FormatError.Code) { Self.fail(code.rawValue, &self) }

  @inline(never)
  private static func fail(_ code: UInt8, _ cursor: inout Self) {
    if cursor.hasFailed { return }
    cursor.failureCode = code
    cursor.failureOffset = cursor.mark
    cursor.end = -1
  }

  /// The next bit is the first of a field or table.
  @inline(__always)
  mutating func begin() { mark = place.byte }

  // What tells the observer is inlined, and with `NoObserver` nothing is left of it. What reads is not: of the many places that
  // read fields it would fill a microcontroller's flash.

  /// A field of `width` bits, 1 to 24. It fails with `badStream` at the end of the coded part when it ends behind it.
  @inline(__always)
  mutating func bits(_ width: Int, _ field: DescriptionField) -> Int {
    let value = Self.take(width, behind: 0, &self)
    if !hasFailed { observer.read(field, value, width: width) }
    return value
  }

  /// `width` bits behind some that are passed over.
  @inline(never)
  private static func take(_ width: Int, behind passed: Int, _ cursor: inout Self) -> Int {
    var start = cursor.place
    start.advance(passed)
    var next = start
    next.advance(width)
    guard next.byte &+ (next.bit &+ 7) &>> 3 <= cursor.end else {
      cursor.mark = cursor.end
      cursor.fail(.badStream)
      return 0
    }
    cursor.place = next
    return Int(truncatingIfNeeded: cursor.bytes.bits(at: start, width: width))
  }

  /// An Exp-Golomb field of order `order`. It fails with `badTable` when its prefix is too long.
  @inline(__always)
  mutating func expGolomb(_ order: Int, _ field: DescriptionField) -> Int {
    let value = Self.takeExpGolomb(order, &self)
    // The value tells the width: its prefix is that of the value above the order.
    let prefix = Int.bitWidth &- 1 &- (value &>> order &+ 1).leadingZeroBitCount
    if !hasFailed { observer.read(field, value, width: 2 &* prefix &+ 1 &+ order) }
    return value
  }

  @inline(never)
  private static func takeExpGolomb(_ order: Int, _ cursor: inout Self) -> Int {
    // The one bits before the first zero bit, as far as they are looked at.
    let prefix = (~cursor.bytes.bits(at: cursor.place, width: 24)).trailingZeroBitCount
    if prefix > maximumPrefix {
      _ = take(1, behind: maximumPrefix, &cursor)
      cursor.fail(.badTable)
      return 0
    }
    // The zero bit, and what follows.
    let rest = take(prefix &+ order &+ 1, behind: prefix, &cursor) &>> 1
    return cursor.hasFailed ? 0 : ((1 &<< prefix) &- 1) &<< order &+ rest
  }

  /// An Exp-Golomb field of order 0 that is a number from 1 on, less 1. It fails with `badParameter` when that is above `limit`.
  @inline(never)
  mutating func count(_ field: DescriptionField, upTo limit: Int) -> Int {
    begin()
    let count = expGolomb(0, field) &+ 1
    if count > limit { fail(.badParameter) }
    return count
  }

  /// Moves behind the bits up to the byte's end; it fails with `paddingNotZero` at that byte.
  mutating func padding() {
    begin()
    if place.bit != 0, bits(8 &- place.bit, .padding) != 0 { fail(.paddingNotZero) }
  }
}

extension FormatError {
  /// Creates an error of a tensor from the number of a code.
  @inline(__always)
  init(number: UInt8, at offset: Int, tensor: Int) {
    #if hasFeature(Embedded)
      self.init(number, at: offset)
    #else
      self.init(Code(rawValue: number) ?? .badStream, at: offset, tensor: tensor)
    #endif
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
