/// Walks the knots of a table's polyline (spec section 9.2).
///
/// The description has been checked by `check` before the walk is used to build a table.
struct Polyline {
  /// A knot: where it is, its level, and whether a hole lies between it and the one before.
  struct Knot {
    var x: Int
    var level: Int
    var isBehindHole: Bool
  }

  /// Whether x counts from the middle of an alphabet of codes to both sides.
  private(set) var isMirrored = false

  /// The largest x.
  private(set) var last = 0

  private var remaining = 0
  private var isFirst = true

  /// The knot that was read last.
  private(set) var knot = Knot(x: 0, level: 0, isBehindHole: true)
  private var offset = 0

  /// Reads what stands before the first knot, in place. Precondition: nothing has been read.
  @inline(never)
  mutating func open(
    _ symbols: StreamSymbols, _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    offset = cursor.place.byte
    if let half = symbols.half {
      isMirrored = try cursor.bits(1, .mirrored, bytes) == 1
      last = isMirrored ? half : 2 &* half &- 1
    } else {
      last = symbols.count &- 1
    }
    remaining = try cursor.expGolomb(1, .knots, at: offset, bytes) &+ 1
  }

  /// Goes on to the next knot; false behind the last. Throws `badTable` at the table's first byte.
  @inline(never)
  mutating func advance(
    _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) -> Bool {
    guard remaining > 0 else { return false }
    remaining &-= 1
    if isFirst {
      isFirst = false
      knot.x = try cursor.expGolomb(2, .x, at: offset, bytes)
      knot.level = try cursor.bits(7, .level, bytes)
    } else {
      knot.x &+= 1 &+ (try cursor.expGolomb(1, .gap, at: offset, bytes))
      var change = try cursor.expGolomb(2, .holeOrChange, at: offset, bytes)
      knot.isBehindHole = change == 0
      if knot.isBehindHole {
        change = try cursor.expGolomb(2, .change, at: offset, bytes)
        guard change > 0 else { throw cursor.error(.badTable, at: offset) }
      }
      let zigzag = change &- 1
      knot.level &+= zigzag & 1 == 1 ? (0 &- zigzag &- 1) &>> 1 : zigzag &>> 1
    }
    guard knot.x <= last, knot.level >= 0, knot.level <= 127 else { throw cursor.error(.badTable, at: offset) }
    return true
  }

  /// Moves over a table, and throws `badTable` at its first byte when it breaks a rule.
  static func check(
    _ symbols: StreamSymbols, _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    var line = Polyline()
    try line.open(symbols, &cursor, bytes)
    while try line.advance(&cursor, bytes) {}
  }
}
