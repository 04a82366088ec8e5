/// Reads the symbols of one stream of a block, one after the other (spec section 9.3).
///
/// It never reads behind the stream: what is missing there are zeros, and `checkEnd` says so. Methods that only look are mutating
/// all the same: the compiler (6.3) calls them with a copy of all states where they are not.
struct CodedStreamReader {
  private var states = InlineArray<32, UInt32>(repeating: 0)
  private var lane = 0
  private var laneCount = 0
  private var precision: UInt32 = 0
  private(set) var start = 0
  private var offset = 0
  private var end = 0

  /// The class whose table was loaded last, and 1; 0 before the first. All fields start as 0, which is the least code.
  private var tableNumber = 0

  /// 0 before the first symbol, 1 behind it, 2 where the stream ended before its symbols.
  private var progress = 0

  /// Where the first state is that is too small; 0 where none is.
  private var badState = 0

  init() {}

  /// Goes to the beginning of the stream of a block, which is at `range`.
  mutating func enter(_ stream: CodedStream, _ range: Range<Int>) {
    lane = 0
    laneCount = stream.laneCount
    precision = UInt32(truncatingIfNeeded: stream.precision)
    start = range.lowerBound
    offset = range.lowerBound
    end = range.upperBound
    progress = 0
    badState = 0
  }

  var isRaw: Bool {
    @inline(__always) mutating get { laneCount == 0 }
  }

  /// Where the last symbol of a raw stream is.
  var previousOffset: Int {
    @inline(__always) mutating get { offset &- 1 }
  }

  /// Whether the table of a class is another one than the last time.
  mutating func needsTable(_ number: Int) -> Bool {
    guard number &+ 1 != tableNumber else { return false }
    tableNumber = number &+ 1
    return true
  }

  /// The next byte of a raw stream.
  mutating func rawSymbol(_ bytes: Span<UInt8>) -> Int {
    if progress == 0 { progress = 1 }
    guard offset < end else {
      progress = 2
      return 0
    }
    offset &+= 1
    return Int(truncatingIfNeeded: bytes[offset &- 1])
  }

  /// The slot of the next symbol of a coded stream; `advance` follows.
  @inline(__always)
  mutating func slot(_ bytes: Span<UInt8>) -> UInt32 {
    if progress == 0 { begin(bytes) }
    return states[lane] & (1 &<< precision &- 1)
  }

  /// Goes on to the next symbol, once the one that `slot` belongs to is found.
  @inline(__always)
  mutating func advance(_ slot: UInt32, start: UInt32, frequency: UInt32, _ bytes: Span<UInt8>) {
    var state = frequency &* (states[lane] &>> precision) &+ slot &- start
    if state < 0x1_0000 { state = state &<< 16 | word(bytes) }
    states[lane] = state
    lane = (lane &+ 1) & (laneCount &- 1)
  }

  @inline(__always)
  private mutating func word(_ bytes: Span<UInt8>) -> UInt32 {
    guard offset &+ 2 <= end else {
      progress = 2
      return 0
    }
    offset &+= 2
    return UInt32(truncatingIfNeeded: bytes.u16(at: offset &- 2))
  }

  @inline(never)
  private mutating func begin(_ bytes: Span<UInt8>) {
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
