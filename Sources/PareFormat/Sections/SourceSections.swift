/// The order section: the tensors' order in the source (spec section 10.2).
public enum SourceOrder {
  /// Throws `badOrder` unless the body is a permutation of all tensors other than the directory's own order.
  @inline(never)
  static func validate(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) throws(FormatError) {
    let repeated = firstRepeat(bytes, body, tensorCount: tensorCount, header: header)
    var fields = FieldReader(
      bytes, from: body.lowerBound, to: body.upperBound, integerBits: header.integerBits)
    var count = 0
    var isSorted = true
    // Behind a mistake nothing is left.
    while !fields.isAtEnd {
      let index = fields.leb128()
      if index >= tensorCount || fields.field == repeated { fields.note(.badOrder, found: index) }
      if index != count { isSorted = false }
      count &+= 1
    }
    try fields.check()
    guard count == tensorCount, !isSorted else { throw FormatError(.badOrder, at: body.upperBound) }
  }

  /// The offset of the first index that occurred before, `Int.max` where there is none.
  ///
  /// A set of 512 tensors at a time, so that 65 535 tensors take 128 walks instead of memory. A walk ends where
  /// one index more than there are tensors has been read: by then one is repeated or out of range.
  private static func firstRepeat(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) -> Int {
    var first = Int.max
    var window = 0
    while window < tensorCount {
      var seen = InlineArray<16, UInt32>(repeating: 0)
      var fields = FieldReader(
        bytes, from: body.lowerBound, to: body.upperBound, integerBits: header.integerBits)
      var rest = tensorCount
      while !fields.isAtEnd, rest >= 0 {
        rest &-= 1
        let bit = fields.leb128() &- window
        guard bit >= 0, bit < 512 else { continue }
        let mask: UInt32 = 1 &<< UInt32(truncatingIfNeeded: bit & 31)
        if seen[bit &>> 5] & mask != 0 {
          first = min(first, fields.field)
          break
        }
        seen[bit &>> 5] |= mask
      }
      window &+= 512
    }
    return first
  }
}

/// Walks the indices of an order section.
public struct SourceOrderCursor: Sendable {
  private var offset: Int
  private let end: Int
  private let integerBits: Int

  init(_ body: Range<Int>, header: Header) {
    offset = body.lowerBound
    end = body.upperBound
    integerBits = header.integerBits
  }

  /// The directory index of the source's next tensor, nil behind the last.
  public mutating func next(in bytes: Span<UInt8>) -> Int? {
    guard offset < end else { return nil }
    // `Container.open` has parsed the same bytes without a mistake.
    var fields = FieldReader(bytes, from: offset, to: end, integerBits: integerBits)
    let index = fields.leb128()
    guard fields.mistake == nil else { return nil }
    offset = fields.offset
    return index
  }
}

extension Container {
  /// The indices of the order section; none when the section is absent.
  public var sourceOrder: SourceOrderCursor { SourceOrderCursor(order ?? 0..<0, header: header) }
}

/// The source section: a kind and a text (spec section 10.3).
enum SourceText {
  static func validate(_ bytes: Span<UInt8>, _ body: Range<Int>) throws(FormatError) {
    guard !body.isEmpty else { throw FormatError(.sectionOverrun, at: body.lowerBound) }
    let text = body.lowerBound + 1..<body.upperBound
    // A section of a later kind is not ours to judge.
    guard bytes[body.lowerBound] <= 1 else { return }
    guard !text.isEmpty, bytes.isPlainText(text) else { throw FormatError(.badSource, at: text.lowerBound) }
  }
}
