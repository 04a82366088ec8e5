/// The frequencies of the symbols of a stream, as their running sum, with an index to find a symbol in it.
///
/// 640 bytes, so that a microcontroller can hold one for each stream.
struct SymbolTable {
  /// Element v is the sum of the frequencies before symbol v; the sum of all stands behind the last.
  private(set) var starts = InlineArray<257, UInt16>(repeating: 0)

  /// For each 64th of the sum the symbol that its first slot belongs to.
  private var firsts = InlineArray<64, UInt8>(repeating: 0)

  private var indexShift: UInt32 = 0

  init() {}

  /// Builds the table that the description states at `cursor` (spec section 9.2). The table has been checked.
  init(
    _ symbols: StreamSymbols, precision: Int, _ cursor: inout DescriptionCursor, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    var line = try Polyline(symbols, &cursor, bytes)
    // By x; 0 is absent.
    var weights = InlineArray<257, UInt16>(repeating: 0)
    var previous = Polyline.Knot(x: 0, level: 0, isBehindHole: true)
    while let knot = try line.next(&cursor, bytes) {
      if !knot.isBehindHole {
        for x in previous.x &+ 1..<knot.x {
          weights[x] = Levels.weight(Levels.level(at: x, previous.x, previous.level, knot.x, knot.level))
        }
      }
      weights[knot.x] = Levels.weight(16 &* knot.level)
      previous = knot
    }
    let middle = line.isMirrored ? line.last : 0
    build(weights, count: symbols.count, middle: middle, precision: precision)
  }

  /// Gives each symbol its slots; a symbol's weight is that of its distance from `middle`.
  private mutating func build(
    _ weights: InlineArray<257, UInt16>, count: Int, middle: Int, precision: Int
  ) {
    var start: UInt32 = 0
    Levels.share(precision: precision, among: count) {
      weights[abs($0 &- middle)]
    } body: { symbol, frequency in
      starts[symbol] = UInt16(truncatingIfNeeded: start)
      start &+= frequency
    }
    for symbol in count...256 { starts[symbol] = UInt16(truncatingIfNeeded: start) }
    indexShift = UInt32(truncatingIfNeeded: precision &- 6)
    var symbol = 0
    for index in 0..<64 {
      let slot = UInt32(truncatingIfNeeded: index) &<< indexShift
      while UInt32(truncatingIfNeeded: starts[symbol &+ 1]) <= slot { symbol &+= 1 }
      firsts[index] = UInt8(truncatingIfNeeded: symbol)
    }
  }

  /// The symbol that `slot` belongs to, with its start and frequency.
  @inline(__always)
  func find(_ slot: UInt32) -> (symbol: Int, start: UInt32, frequency: UInt32) {
    var symbol = Int(truncatingIfNeeded: firsts[Int(truncatingIfNeeded: slot &>> indexShift)])
    var end = UInt32(truncatingIfNeeded: starts[symbol &+ 1])
    while end <= slot {
      symbol &+= 1
      end = UInt32(truncatingIfNeeded: starts[symbol &+ 1])
    }
    let start = UInt32(truncatingIfNeeded: starts[symbol])
    return (symbol, start, end &- start)
  }
}
