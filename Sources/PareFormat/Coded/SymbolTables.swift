// Tables of symbols: the sums of the frequencies of the symbols before each, the sum of all behind the last; then for each 256th of
// the sum the symbol that its first slot belongs to, a byte each.

extension CodedTables {
  /// Reads the table at `cursor` (spec section 9.2): loads it as number `table`, or only checks it where that is negative.
  @inline(__always)
  mutating func readLevels(
    _ table: Int, _ symbols: StreamSymbols, precision: Int, _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) {
    let base = Self.startCount &* table
    var last = symbols.count &- 1
    // The symbol that x = 0 stands for, where the table is mirrored.
    var middle = 0
    if symbols.middle > 0, cursor.bits(1, .mirrored) == 1 {
      middle = symbols.middle
      last = middle
    }
    if table >= 0 { for symbol in 0..<257 { starts[base &+ symbol] = 0 } }
    var knots = cursor.expGolomb(1, .knots)
    var x = cursor.expGolomb(2, .x)
    var level = cursor.bits(7, .level)
    // The line starts one place before the first knot and at its level, and anew behind a hole.
    var isBehindHole = true
    var previousX = 0
    var previousLevel = 0
    while true {
      if x > last || level < 0 || level > Levels.highest { cursor.fail(.badTable) }
      if cursor.hasFailed { return }
      if isBehindHole {
        previousX = x &- 1
        previousLevel = level
      }
      // Weights are first where the sums will be.
      if table >= 0 {
        var next = previousX
        while next < x {
          next &+= 1
          let weight = Levels.weight(Levels.level(at: next, previousX, previousLevel, x, level))
          // At most `last` from the middle.
          unsafe starts[unchecked: base &+ middle &+ next] = weight
          // The other side of the middle, or the same place again.
          unsafe starts[unchecked: base &+ (next < middle ? middle &- next : next &- middle)] = weight
        }
      }
      if knots == 0 { break }
      knots &-= 1
      previousX = x
      previousLevel = level
      x &+= 1 &+ cursor.expGolomb(1, .gap)
      var change = cursor.expGolomb(2, .holeOrChange)
      isBehindHole = change == 0
      if isBehindHole {
        change = cursor.expGolomb(2, .change)
        if change == 0 { cursor.fail(.badTable) }
      }
      let zigzag = change &- 1
      level &+= (zigzag &>> 1) ^ (0 &- (zigzag & 1))
    }
    if table >= 0 { shareSlots(table, symbols.count, precision) }
  }

  /// Turns the weights of a table into sums of frequencies.
  private mutating func shareSlots(_ table: Int, _ count: Int, _ precision: Int) {
    let base = Self.startCount &* table
    var first = Self.firstCount &* table
    var start: UInt32 = 0
    var slot: UInt32 = 0
    Levels.share(precision: precision, among: count) {
      starts[base &+ $0]
    } body: { symbol, frequency in
      starts[base &+ symbol] = UInt16(truncatingIfNeeded: start)
      start &+= frequency
      while slot < start {
        firsts[first] = UInt8(truncatingIfNeeded: symbol)
        first &+= 1
        slot &+= 1 &<< UInt32(truncatingIfNeeded: precision &- 8)
      }
    }
    starts[base &+ count] = UInt16(truncatingIfNeeded: start)
  }

  /// The start of a symbol of table 0; behind the last the sum of all.
  func start(of symbol: Int) -> Int { Int(truncatingIfNeeded: starts[symbol]) }
}
