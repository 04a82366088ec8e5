/// Reads the symbols of the streams of a block, one after the other (spec section 9.3).
///
/// It never reads behind a stream: what is missing there are zeros, and `checkEnd` says so. The streams' fields stand in arrays of
/// their own, since an element with all of them would be copied at each access.
struct CodedStreamReaders {
  private var states = InlineArray<160, UInt32>(repeating: 0)
  private var lanes = InlineArray<5, Int>(repeating: 0)
  private var laneCounts = InlineArray<5, Int>(repeating: 0)
  private var precisions = InlineArray<5, UInt32>(repeating: 8)
  private var starts = InlineArray<5, Int>(repeating: 0)
  private var offsets = InlineArray<5, Int>(repeating: 0)
  private var ends = InlineArray<5, Int>(repeating: 0)
  private var tableClasses = InlineArray<5, Int>(repeating: -1)

  /// Whether a symbol has been read; whether the stream ended before its symbols.
  private var haveStarted = InlineArray<5, Bool>(repeating: false)
  private var areShort = InlineArray<5, Bool>(repeating: false)

  /// The first lane whose first state is too small.
  private var badLanes = InlineArray<5, Int>(repeating: -1)

  init() {}

  /// Goes to the beginning of stream `index` of a block, which is at `range`.
  mutating func enter(_ index: Int, _ stream: CodedStream, _ range: Range<Int>) {
    lanes[index] = 0
    laneCounts[index] = stream.laneCount
    precisions[index] = UInt32(truncatingIfNeeded: stream.precision)
    starts[index] = range.lowerBound
    offsets[index] = range.lowerBound
    ends[index] = range.upperBound
    haveStarted[index] = false
    areShort[index] = false
    badLanes[index] = -1
  }

  /// Where stream `index` starts in the container.
  func start(_ index: Int) -> Int { starts[index] }

  func isRaw(_ index: Int) -> Bool { laneCounts[index] == 0 }

  /// Where the last symbol of a raw stream is.
  func previousOffset(_ index: Int) -> Int { offsets[index] &- 1 }

  /// Whether the table of a class is another one than the last time.
  mutating func needsTable(_ index: Int, _ number: Int) -> Bool {
    guard number != tableClasses[index] else { return false }
    tableClasses[index] = number
    return true
  }

  /// The next byte of a raw stream.
  mutating func rawSymbol(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    haveStarted[index] = true
    let offset = offsets[index]
    guard offset < ends[index] else {
      areShort[index] = true
      return 0
    }
    offsets[index] = offset &+ 1
    return Int(truncatingIfNeeded: bytes[offset])
  }

  /// The slot of the next symbol of a coded stream; `advance` follows.
  @inline(__always)
  mutating func slot(_ index: Int, _ bytes: Span<UInt8>) -> UInt32 {
    if !haveStarted[index] { begin(index, bytes) }
    return states[32 &* index &+ lanes[index]] & (1 &<< precisions[index] &- 1)
  }

  /// Goes on to the next symbol, once the one that `slot` belongs to is found.
  @inline(__always)
  mutating func advance(_ index: Int, _ slot: UInt32, start: UInt32, frequency: UInt32, _ bytes: Span<UInt8>) {
    let lane = lanes[index]
    var state = frequency &* (states[32 &* index &+ lane] &>> precisions[index]) &+ slot &- start
    if state < 0x1_0000 { state = state &<< 16 | word(index, bytes) }
    states[32 &* index &+ lane] = state
    lanes[index] = (lane &+ 1) & (laneCounts[index] &- 1)
  }

  @inline(__always)
  private mutating func word(_ index: Int, _ bytes: Span<UInt8>) -> UInt32 {
    let offset = offsets[index]
    guard offset &+ 2 <= ends[index] else {
      areShort[index] = true
      return 0
    }
    offsets[index] = offset &+ 2
    return UInt32(truncatingIfNeeded: bytes.u16(at: offset))
  }

  private mutating func begin(_ index: Int, _ bytes: Span<UInt8>) {
    haveStarted[index] = true
    for lane in 0..<laneCounts[index] {
      let offset = offsets[index]
      guard offset &+ 4 <= ends[index] else {
        areShort[index] = true
        break
      }
      let state = bytes.u32(at: offset)
      states[32 &* index &+ lane] = state
      if state < 0x1_0000, badLanes[index] < 0 { badLanes[index] = lane }
      offsets[index] = offset &+ 4
    }
  }

  /// Throws what is wrong with stream `index` once all its symbols have been read.
  func checkEnd(_ index: Int, tensor: Int) throws(FormatError) {
    func error(_ offset: Int) -> FormatError { FormatError(.badStream, at: offset, tensor: tensor) }
    guard haveStarted[index] else {
      guard starts[index] == ends[index] else { throw error(starts[index]) }
      return
    }
    guard badLanes[index] < 0 else { throw error(starts[index] &+ 4 &* badLanes[index]) }
    guard !areShort[index] else { throw error(ends[index]) }
    for lane in 0..<laneCounts[index] where states[32 &* index &+ lane] != 0x1_0000 {
      throw error(starts[index] &+ 4 &* lane)
    }
    guard offsets[index] == ends[index] else { throw error(offsets[index]) }
  }
}
