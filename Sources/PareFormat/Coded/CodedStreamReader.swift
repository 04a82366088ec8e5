/// Reads the symbols of one stream of a block, some at a time (spec section 9.3).
///
/// It never reads behind the stream: what is missing there is anything, and `errorOffset` says so. Methods that only look are
/// mutating all the same: the compiler (6.3) calls them with a copy of all states where they are not.
struct CodedStreamReader {
  private var states = InlineArray<32, UInt32>(repeating: 0)
  private var lane = 0
  private var laneCount = 0
  private var precision: UInt32 = 0
  private(set) var start = 0
  private var offset = 0
  private var end = 0

  /// The number of the table of the next symbols among those that are loaded.
  var table = 0

  /// 0 before the first symbol, 1 behind it, 2 where the stream ended before its symbols.
  private var progress = 0

  /// Where the first state is that is too small; 0 where none is.
  private var badState = 0

  /// The largest symbol, and where the first raw byte is that is above it; 0 where none is.
  private var lastSymbol: UInt32 = 0
  private(set) var badSymbolOffset = 0

  // All fields start as 0, which is the least code.
  init() {}

  /// Goes to the beginning of the stream of a block, which is at `range`.
  mutating func enter(_ stream: CodedStream, _ range: Range<Int>) {
    precondition(range.upperBound >= 2, "a container starts with more than a word")
    lane = 0
    laneCount = stream.laneCount
    precision = UInt32(truncatingIfNeeded: stream.precision)
    start = range.lowerBound
    offset = range.lowerBound
    end = range.upperBound
    progress = 0
    badState = 0
    lastSymbol = UInt32(truncatingIfNeeded: stream.symbols.count &- 1)
    badSymbolOffset = 0
  }

  /// Reads `count` symbols, at least one, as the numbers behind them: that of symbol 0 is 1.
  ///
  /// Precondition: the stream is raw, or its table is in `tables`.
  @inline(never)
  mutating func read(
    _ count: Int, _ tables: inout SymbolTables, _ bytes: Span<UInt8>, into symbols: inout CodedChunk.Fields
  ) {
    precondition(count <= symbols.count)
    begin(bytes)
    if laneCount == 0 {
      for place in 0..<count { symbols[place] = rawSymbol(bytes) &+ 1 }
      return
    }
    let table = tables.table(self.table)
    var span = symbols.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { symbols in
      unsafe read(count, bytes, symbols) { state, _ in
        let found = tables.find(state, table)
        return (found.symbol, found.frequency &* found.quotient &+ found.rest)
      }
    }
  }

  /// Reads `count` bit symbols, at least one, each of the table whose number stands where it is written.
  @inline(never)
  mutating func read(
    _ count: Int, _ tables: inout BitTables, _ order: inout BitOrder, _ bytes: Span<UInt8>,
    into symbols: inout CodedElements.MaskSymbols
  ) {
    precondition(count <= symbols.count)
    begin(bytes)
    if laneCount == 0 {
      for place in 0..<count { symbols[place] = UInt8(truncatingIfNeeded: rawSymbol(bytes)) }
      return
    }
    let precision = precision
    var span = symbols.mutableSpan
    unsafe span.withUnsafeMutableBufferPointer { symbols in
      unsafe read(count, bytes, symbols) { state, table in
        let quotient = state &>> precision
        let found = tables.find(state &- quotient &<< precision, table: table)
        return (order.symbol(found.place), found.frequency &* quotient &+ found.rest)
      }
    }
  }

  /// Reads symbols; `find` gives the one of a state, and the state that follows but for a word; it is told what stands where the
  /// symbol goes.
  ///
  /// Through pointers, to symbols that were counted, and to the stream, of which not more is read than it has: a check for each
  /// would take a third of the time. A lane has one of 32 states.
  @unsafe @inline(__always)
  private mutating func read<Symbol>(
    _ count: Int, _ bytes: Span<UInt8>, _ symbols: UnsafeMutableBufferPointer<Symbol>,
    _ find: (_ state: UInt32, _ old: Symbol) -> (symbol: Symbol, successor: UInt32)
  ) {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress, var symbol = symbols.baseAddress else { return }
      let last = unsafe symbol + count
      let lastLane = laneCount &- 1
      var lane = lane
      repeat {
        // All of them where the stream has a word for each, else one by one, the word that is missing being another one.
        let part = unsafe offset &+ 2 &* count <= end ? last : symbol + 1
        let start = unsafe first + min(offset, end &- 2)
        var next = unsafe start
        repeat {
          var (found, state) = unsafe find(states[unchecked: lane], symbol.pointee)
          if state < 0x1_0000 {
            state = unsafe state &<< 16 | UInt32(truncatingIfNeeded: UInt16(next[0]) | UInt16(next[1]) &<< 8)
            unsafe next += 2
          }
          unsafe states[unchecked: lane] = state
          lane = (lane &+ 1) & lastLane
          unsafe symbol.pointee = found
          unsafe symbol += 1
        } while unsafe symbol < part
        offset &+= unsafe next - start
        if offset > end {
          progress = 2
          offset = end
        }
      } while unsafe symbol < last
      self.lane = lane
    }
  }

  @inline(never)
  private mutating func rawSymbol(_ bytes: Span<UInt8>) -> UInt32 {
    guard offset < end else {
      progress = 2
      return 0
    }
    let symbol = UInt32(truncatingIfNeeded: bytes[offset])
    offset &+= 1
    if symbol <= lastSymbol { return symbol }
    if badSymbolOffset == 0 { badSymbolOffset = offset &- 1 }
    return lastSymbol
  }

  /// Reads the states, before the first symbol.
  @inline(never)
  private mutating func begin(_ bytes: Span<UInt8>) {
    if progress > 0 { return }
    progress = 1
    var index = 0
    while index < laneCount {
      guard offset &+ 4 <= end else {
        progress = 2
        break
      }
      let state = bytes.u32(at: offset)
      states[index] = state
      if state < 0x1_0000, badState == 0 { badState = offset }
      offset &+= 4
      index &+= 1
    }
  }

  /// Where the stream goes wrong, once all its symbols have been read; nil where it does not.
  @inline(never)
  mutating func errorOffset() -> Int? {
    guard progress > 0 else { return start == end ? nil : start }
    if badState != 0 { return badState }
    if progress == 2 { return end }
    var index = 0
    while index < laneCount {
      if states[index] != 0x1_0000 { return start &+ 4 &* index }
      index &+= 1
    }
    return offset == end ? nil : offset
  }
}
