/// The order section: the tensors' order in the source (spec section 10.2).
public enum SourceOrder {
  /// Throws `badOrder` unless the body is a permutation of all tensors other than the directory's own order.
  static func validate(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) throws(FormatError) {
    let repeated = firstRepeat(bytes, body, tensorCount: tensorCount, header: header)
    var cursor = SourceOrderCursor(body, header: header)
    var count = 0
    var isSorted = true
    while let (index, offset) = try cursor.parseNext(bytes) {
      guard index < tensorCount, offset != repeated else {
        throw FormatError(.badOrder, at: offset, found: index)
      }
      if index != count { isSorted = false }
      count += 1
    }
    guard count == tensorCount, !isSorted else { throw FormatError(.badOrder, at: body.upperBound) }
  }

  /// The offset of the first index that occurred before.
  ///
  /// A set of 512 tensors at a time, so that 65 535 tensors take 128 walks instead of memory. A walk ends where
  /// one index more than there are tensors has been read: by then one is repeated or out of range.
  private static func firstRepeat(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) -> Int? {
    var first: Int?
    var window = 0
    while window < tensorCount {
      var seen = InlineArray<16, UInt32>(repeating: 0)
      var cursor = SourceOrderCursor(body, header: header)
      for _ in 0...tensorCount {
        guard let (index, offset) = (try? cursor.parseNext(bytes)) ?? nil else { break }
        let bit = index - window
        guard bit >= 0, bit < 512 else { continue }
        let mask: UInt32 = 1 &<< UInt32(truncatingIfNeeded: bit & 31)
        if seen[bit &>> 5] & mask != 0 {
          first = min(first ?? offset, offset)
          break
        }
        seen[bit &>> 5] |= mask
      }
      window += 512
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

  mutating func parseNext(_ bytes: Span<UInt8>) throws(FormatError) -> (index: Int, offset: Int)? {
    guard offset < end else { return nil }
    var fields = FieldReader(bytes, from: offset, to: end, integerBits: integerBits)
    let index = fields.leb128()
    try fields.check()
    offset = fields.offset
    return (index, fields.field)
  }

  /// The directory index of the source's next tensor, nil behind the last.
  public mutating func next(in bytes: Span<UInt8>) -> Int? {
    // `Container.open` has parsed the same bytes without an error.
    ((try? parseNext(bytes)) ?? nil)?.index
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
