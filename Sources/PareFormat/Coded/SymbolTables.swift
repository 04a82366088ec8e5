/// The frequencies of the symbols of up to four streams, as their running sums, with an index to find a symbol in each.
///
/// 774 bytes a stream, so that a microcontroller can hold them; all in one array, since an element of that size would be copied
/// at each access.
struct SymbolTables {
  /// 257 elements for each stream: element v is the sum of the frequencies before symbol v; that of all stands behind the last.
  private var starts = InlineArray<1028, UInt16>(repeating: 0)

  /// For each 256th of the sum of a stream the symbol that its first slot belongs to.
  private var firsts = InlineArray<1024, UInt8>(repeating: 0)
  private static var partCount: Int { 256 }

  private var shifts = InlineArray<4, UInt32>(repeating: 0)

  init() {}

  /// Loads the table of stream `index` that the description states at `cursor` (spec section 9.2). It has been checked.
  mutating func load(
    _ index: Int, _ symbols: StreamSymbols, precision: Int, _ cursor: inout DescriptionCursor<NoObserver>,
    _ bytes: Span<UInt8>
  ) throws(FormatError) {
    let base = 257 &* index
    for symbol in 0..<257 { starts[base &+ symbol] = 0 }
    var line = Polyline()
    try line.open(symbols, &cursor, bytes)
    let middle = line.isMirrored ? line.last : 0
    // The weights are first where the sums will be, that of x at the symbol of `middle` + x: sums are written in rising order,
    // and the weight of a symbol is at that symbol or behind it.
    var previous = line.knot
    while try line.advance(&cursor, bytes) {
      let knot = line.knot
      if knot.isBehindHole {
        // The line starts anew, one place before the knot and at its level.
        previous = knot
        previous.x &-= 1
      }
      var x = previous.x
      while x < knot.x {
        x &+= 1
        starts[base &+ middle &+ x] = Levels.weight(
          Levels.level(at: x, previous.x, previous.level, knot.x, knot.level))
      }
      previous = knot
    }
    shareSlots(index, symbols.count, middle, precision)
    fillFirsts(index, precision)
  }

  /// Turns weights into running sums of frequencies.
  private mutating func shareSlots(_ index: Int, _ count: Int, _ middle: Int, _ precision: Int) {
    let base = 257 &* index
    var start: UInt32 = 0
    Levels.share(precision: precision, among: count) {
      starts[base &+ max($0, 2 &* middle &- $0)]
    } body: { symbol, frequency in
      starts[base &+ symbol] = UInt16(truncatingIfNeeded: start)
      start &+= frequency
    }
    for symbol in count...256 { starts[base &+ symbol] = UInt16(truncatingIfNeeded: start) }
  }

  private mutating func fillFirsts(_ index: Int, _ precision: Int) {
    let base = 257 &* index
    let shift = UInt32(truncatingIfNeeded: precision &- 8)
    shifts[index] = shift
    var symbol = 0
    for part in 0..<Self.partCount {
      let slot = UInt32(truncatingIfNeeded: part) &<< shift
      while UInt32(truncatingIfNeeded: starts[base &+ symbol &+ 1]) <= slot { symbol &+= 1 }
      firsts[Self.partCount &* index &+ part] = UInt8(truncatingIfNeeded: symbol)
    }
  }

  /// The start of a symbol of stream `index`; behind the last the sum of all.
  func start(of symbol: Int, _ index: Int) -> Int { Int(truncatingIfNeeded: starts[257 &* index &+ symbol]) }

  /// Where a table is among the others.
  struct Table {
    fileprivate let starts: Int
    fileprivate let firsts: Int
    fileprivate let shift: UInt32
  }

  /// Table number `index`.
  @inline(__always)
  mutating func table(_ index: Int) -> Table {
    Table(starts: 257 &* index, firsts: Self.partCount &* index, shift: shifts[index])
  }

  /// The symbol behind the one that the slot of `state` belongs to, where the search ends; its own frequency, how often the sum of all fits the state, and what the slot is
  /// above the symbol's start.
  ///
  /// It changes nothing. It is mutating because the compiler (6.3) reads an element of an inline array of a value that it only
  /// borrows from a copy of the whole array: measured, nine tenths of the time. And unchecked, since checks are a third of what is
  /// left: a table is always filled, so that the parts of its slots are those of `firsts`, and the sum that stands behind its last
  /// symbol, above all slots, ends the search.
  @inline(__always)
  mutating func find(_ state: UInt32, _ table: Table) -> (
    symbol: UInt32, frequency: UInt32, quotient: UInt32, rest: UInt32
  ) {
    let parts = state &>> table.shift
    let slot = state &- (parts & ~0xFF) &<< table.shift
    var symbol = unsafe Int(
      truncatingIfNeeded: firsts[unchecked: table.firsts &+ Int(truncatingIfNeeded: parts & 0xFF)])
    var end: UInt32
    repeat {
      symbol &+= 1
      end = unsafe UInt32(truncatingIfNeeded: starts[unchecked: table.starts &+ symbol])
    } while end <= slot
    let start = unsafe UInt32(truncatingIfNeeded: starts[unchecked: table.starts &+ symbol &- 1])
    return (UInt32(truncatingIfNeeded: symbol), end &- start, parts &>> 8, slot &- start)
  }
}
