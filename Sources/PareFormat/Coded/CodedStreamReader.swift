/// Reads the symbols of one stream of a block, some at a time (spec section 9.3).
///
/// It never reads behind the stream: what is missing there is anything, and `errorOffset` says so. What is called often is a
/// function, not a method: on a microcontroller the register of `self` takes longer instructions.
struct CodedStreamReader {
  private var symbols = StreamSymbols()

  /// Of a precision P: 2 to the power of 32 - P, and of P, less 1.
  private var multiplier: UInt32 = 0
  private var slotMask: UInt32 = 0

  private var laneCount = 0

  /// The lane of the next symbol; of low bits the place in the byte at `offset`.
  private var lane = 0
  private(set) var start = 0
  private var offset = 0
  private var end = 0

  /// The number of the table of the next symbols among those that are loaded; of bit symbols, where it stands for each symbol.
  var table = 0

  /// The lanes whose states have been read: none before the first symbol, then all.
  private var startedLaneCount = 0

  /// Where the stream first goes wrong before its last symbol, and where the first raw byte is that is no symbol; 0 where none is.
  private var badOffset = 0
  private(set) var badSymbolOffset = 0

  private var states = InlineArray<32, UInt32>(repeating: 0)

  // All fields start as 0, which is the least code.
  init() {}

  /// Goes to the beginning of a stream, which is from `start` to before `end`.
  @inline(__always)
  mutating func enter(_ stream: borrowing CodedStream, from start: Int, to end: Int) {
    symbols = stream.symbols
    laneCount = stream.laneCount
    multiplier = 1 &<< UInt32(truncatingIfNeeded: 32 &- stream.precision)
    slotMask = 1 &<< UInt32(truncatingIfNeeded: stream.precision) &- 1
    self.start = start
    offset = start
    self.end = end
    lane = 0
    startedLaneCount = 0
  }

  /// Reads `count` symbols, at least one, and writes them from `place` on. Bit symbols are each of the table whose number stands where
  /// they are written.
  ///
  /// Precondition: the stream is raw, or its tables are in `tables`.
  @inline(__always)
  static func read(
    _ count: Int, _ reader: inout CodedStreamReader, _ tables: inout CodedTables, _ bytes: Span<UInt8>,
    into symbols: inout CodedChunk.Symbols, at place: Int
  ) {
    precondition(place >= 0 && count <= symbols.count &- place)
    if reader.laneCount == 0 {
      for index in 0..<count { symbols[place &+ index] = reader.rawSymbol(bytes) }
      return
    }
    if reader.startedLaneCount == 0 { start(&reader, bytes) }
    var span = symbols.mutableSpan
    // Pointers to symbols that were counted, and to the stream, of which not more is read than it has: a check for each would take a
    // third of the time.
    unsafe span.withUnsafeMutableBufferPointer { symbols in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let bytes = bytes.baseAddress, let symbols = symbols.baseAddress else { return }
        var done = 0
        repeat {
          // As many as the stream has words for; one where it has none, which is anything if it is needed.
          let part = min(count &- done, max(1, (reader.end &- reader.offset) &>> 1))
          let start = unsafe bytes + min(reader.offset, reader.end &- 2)
          let symbol = unsafe symbols + (place &+ done)
          let next =
            unsafe reader.symbols.isBits
            ? readBitSymbols(symbol, &reader, &tables, start, part) : readSymbols(symbol, &reader, &tables, start, part)
          reader.offset &+= unsafe next - start
          if reader.offset > reader.end {
            reader.fail(at: reader.end)
            reader.offset = reader.end
          }
          done &+= part
        } while done < count
      }
    }
  }

  /// Reads some symbols; `next` is the next word, and so is the result.
  @unsafe @inline(never)
  private static func readSymbols(
    _ symbols: UnsafeMutablePointer<UInt8>, _ reader: inout CodedStreamReader, _ tables: inout CodedTables,
    _ next: UnsafePointer<UInt8>, _ count: Int
  ) -> UnsafePointer<UInt8> {
    var (symbol, next) = unsafe (symbols, next)
    let end = unsafe symbol + count
    var starts = tables.starts.mutableSpan
    var firsts = tables.firsts.mutableSpan
    // Of the table, which stays in place during the call.
    guard let starts = unsafe starts.withUnsafeMutableBufferPointer({ $0.baseAddress }),
      let firsts = unsafe firsts.withUnsafeMutableBufferPointer({ $0.baseAddress })
    else { return unsafe next }
    let table = unsafe starts + CodedTables.startCount &* reader.table
    let first = unsafe firsts + CodedTables.firstCount &* reader.table
    let (lastLane, slotMask, multiplier) = (reader.laneCount &- 1, reader.slotMask, reader.multiplier)
    var lane = reader.lane
    repeat {
      let state = unsafe reader.states[unchecked: lane]
      let slot = state & slotMask
      // Of the product the upper half is the quotient, and the lower one starts with the slot.
      let (quotient, top) = state.multipliedFullWidth(by: multiplier)
      // A table is always filled: the sum of all, which is above all slots, ends the search.
      var found = unsafe Int(truncatingIfNeeded: first[Int(truncatingIfNeeded: top &>> 24)])
      var entry = unsafe table + found
      var sum = unsafe UInt32(truncatingIfNeeded: entry[1])
      while sum <= slot {
        found &+= 1
        unsafe entry += 1
        sum = unsafe UInt32(truncatingIfNeeded: entry[1])
      }
      let start = unsafe UInt32(truncatingIfNeeded: entry[0])
      unsafe symbol.pointee = UInt8(truncatingIfNeeded: found)
      unsafe reader.states[unchecked: lane] = successor((sum &- start) &* quotient &+ (slot &- start), &next)
      lane = (lane &+ 1) & lastLane
      unsafe symbol += 1
    } while unsafe symbol < end
    reader.lane = lane
    return unsafe next
  }

  /// Reads some bit symbols in the same way.
  @unsafe @inline(never)
  private static func readBitSymbols(
    _ symbols: UnsafeMutablePointer<UInt8>, _ reader: inout CodedStreamReader, _ tables: inout CodedTables,
    _ next: UnsafePointer<UInt8>, _ count: Int
  ) -> UnsafePointer<UInt8> {
    var (symbol, next) = unsafe (symbols, next)
    let end = unsafe symbol + count
    let (lastLane, slotMask, multiplier) = (reader.laneCount &- 1, reader.slotMask, reader.multiplier)
    // The only lane goes on to the end.
    let run = lastLane == 0 ? count : 1
    var lane = reader.lane
    repeat {
      var state = unsafe reader.states[unchecked: lane]
      let stop = unsafe symbol + run
      repeat {
        let slot = state & slotMask
        // The sum of all ends the search here as well.
        var entry = unsafe CodedTables.groupCount &* Int(truncatingIfNeeded: symbol.pointee)
        var sum: UInt32
        repeat {
          entry &+= 1
          sum = unsafe UInt32(truncatingIfNeeded: tables.groups[unchecked: entry])
        } while sum <= slot
        let inGroup = unsafe slot &- UInt32(truncatingIfNeeded: tables.groups[unchecked: entry &- 1])
        let frequency = unsafe UInt32(truncatingIfNeeded: tables.groups[unchecked: entry &+ 9]) &+ 1
        let index = inGroup / frequency
        let place = unsafe UInt32(truncatingIfNeeded: tables.groups[unchecked: entry &+ 18]) &+ index
        unsafe symbol.pointee = tables.order[unchecked: Int(truncatingIfNeeded: place)]
        let quotient = state.multipliedFullWidth(by: multiplier).high
        state = unsafe successor(frequency &* quotient &+ (inGroup &- index &* frequency), &next)
        unsafe symbol += 1
      } while unsafe symbol < stop
      unsafe reader.states[unchecked: lane] = state
      lane = (lane &+ 1) & lastLane
    } while unsafe symbol < end
    reader.lane = lane
    return unsafe next
  }

  /// Keeps the first place where the stream goes wrong.
  @inline(__always)
  private mutating func fail(at offset: Int) { if badOffset == 0 { badOffset = offset } }

  /// The state, with the next word where it needs one.
  @unsafe @inline(__always)
  private static func successor(_ state: UInt32, _ next: inout UnsafePointer<UInt8>) -> UInt32 {
    if state >= 0x1_0000 { return state }
    let word = unsafe UInt32(truncatingIfNeeded: UInt16(next[0]) | UInt16(next[1]) &<< 8)
    unsafe next += 2
    return state &<< 16 | word
  }

  /// The next byte of a raw stream.
  @inline(__always)
  private mutating func rawSymbol(_ bytes: Span<UInt8>) -> UInt8 {
    var symbol: UInt8 = 0
    if offset < end {
      symbol = bytes[offset]
      if Int(truncatingIfNeeded: symbol) >= symbols.count {
        symbol = 0
        if badSymbolOffset == 0 { badSymbolOffset = offset }
      }
      offset &+= 1
    } else {
      fail(at: end)
    }
    return symbol
  }

  /// Reads the states, before the first symbol.
  @inline(never)
  private static func start(_ reader: inout CodedStreamReader, _ bytes: Span<UInt8>) {
    reader.startedLaneCount = reader.laneCount
    for index in 0..<reader.laneCount {
      let offset = reader.offset
      guard offset &+ 4 <= reader.end else {
        reader.fail(at: reader.end)
        return
      }
      let state = bytes.u32(at: offset)
      reader.states[index] = state
      if state < 0x1_0000 { reader.fail(at: offset) }
      reader.offset = offset &+ 4
    }
  }

  /// The next `width` bits of a bit string, at most 16.
  @inline(never)
  static func bits(_ width: Int, _ reader: inout CodedStreamReader, _ bytes: Span<UInt8>) -> Int {
    if width == 0 { return 0 }
    let place = BitOffset(byte: reader.offset, bit: reader.lane)
    var next = place
    next.advance(width)
    guard next.byte &+ (next.bit &+ 7) &>> 3 <= reader.end else {
      reader.badOffset = reader.end
      return 0
    }
    reader.offset = next.byte
    reader.lane = next.bit
    return Int(truncatingIfNeeded: bytes.bits(at: place, width: width))
  }

  /// Where the stream goes wrong, once all its symbols have been read; 0 where it does not.
  @inline(never)
  static func errorOffset(_ reader: inout CodedStreamReader) -> Int {
    if reader.badOffset != 0 { return reader.badOffset }
    var index = 0
    while index < reader.startedLaneCount {
      if reader.states[index] != 0x1_0000 { return reader.start &+ 4 &* index }
      index &+= 1
    }
    var read = reader.offset
    // Of a bit string a byte may have been read in part.
    if reader.laneCount == 0, reader.lane > 0 { read &+= 1 }
    return read == reader.end ? 0 : read
  }

  /// Where a bit string has bits that are not 0 behind its last one; 0 where it has none.
  mutating func paddingOffset(_ bytes: Span<UInt8>) -> Int {
    lane > 0 && bytes[offset] &>> UInt8(truncatingIfNeeded: lane) != 0 ? offset : 0
  }
}
