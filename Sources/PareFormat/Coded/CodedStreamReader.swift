/// Reads the symbols of one stream of a block, one after the other (spec section 9.3).
///
/// It never reads behind the stream: what is missing there are zeros, and `isShort` says so.
struct CodedStreamReader {
  private var states = InlineArray<32, UInt32>(repeating: 0)
  private var lane = 0
  private let laneCount: Int
  private let precision: UInt32
  private var offset: Int
  private let range: Range<Int>

  /// Whether a symbol has been read.
  private var hasStarted = false

  /// The class whose table has been loaded.
  private var tableClass = -1

  /// Whether the stream ended before its symbols.
  private(set) var isShort = false

  /// The first lane whose first state is too small.
  private var badLane = -1

  init() {
    laneCount = 0
    precision = 8
    offset = 0
    range = 0..<0
  }

  init(_ stream: CodedStream, _ range: Range<Int>) {
    laneCount = stream.laneCount
    precision = UInt32(truncatingIfNeeded: stream.precision)
    offset = range.lowerBound
    self.range = range
  }

  /// Where the stream starts in the container.
  var start: Int { range.lowerBound }

  var isRaw: Bool { laneCount == 0 }

  /// Where the last symbol of a raw stream is.
  var previousOffset: Int { offset &- 1 }

  /// Whether the table of a class is another one than the last time.
  mutating func needsTable(_ number: Int) -> Bool {
    guard number != tableClass else { return false }
    tableClass = number
    return true
  }

  /// The next byte of a raw stream.
  mutating func rawSymbol(_ bytes: Span<UInt8>) -> Int {
    hasStarted = true
    guard offset < range.upperBound else {
      isShort = true
      return 0
    }
    offset &+= 1
    return Int(truncatingIfNeeded: bytes[offset &- 1])
  }

  /// The slot of the next symbol of a coded stream; `advance` follows.
  @inline(__always)
  mutating func slot(_ bytes: Span<UInt8>) -> UInt32 {
    if !hasStarted { begin(bytes) }
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

  private mutating func word(_ bytes: Span<UInt8>) -> UInt32 {
    guard offset &+ 2 <= range.upperBound else {
      isShort = true
      return 0
    }
    offset &+= 2
    return UInt32(truncatingIfNeeded: bytes.u16(at: offset &- 2))
  }

  private mutating func begin(_ bytes: Span<UInt8>) {
    hasStarted = true
    for index in 0..<laneCount {
      guard offset &+ 4 <= range.upperBound else {
        isShort = true
        break
      }
      states[index] = bytes.u32(at: offset)
      if states[index] < 0x1_0000, badLane < 0 { badLane = index }
      offset &+= 4
    }
  }

  /// Throws what is wrong with the stream once all its symbols have been read.
  func checkEnd(tensor: Int) throws(FormatError) {
    func error(_ offset: Int) -> FormatError { FormatError(.badStream, at: offset, tensor: tensor) }
    if !hasStarted {
      guard range.isEmpty else { throw error(range.lowerBound) }
      return
    }
    guard badLane < 0 else { throw error(range.lowerBound &+ 4 &* badLane) }
    guard !isShort else { throw error(range.upperBound) }
    for index in 0..<laneCount where states[index] != 0x1_0000 { throw error(range.lowerBound &+ 4 &* index) }
    guard offset == range.upperBound else { throw error(offset) }
  }
}

/// Reads the low bits of codes: a plain bit string.
struct LowBitsReader {
  private var place = BitOffset(byte: 0, bit: 0)
  private let range: Range<Int>
  private(set) var isShort = false

  init() { range = 0..<0 }

  init(_ range: Range<Int>) {
    self.range = range
    place.byte = range.lowerBound
  }

  /// The next `width` bits, at most 16.
  mutating func next(_ width: Int, _ bytes: Span<UInt8>) -> Int {
    guard width > 0 else { return 0 }
    var next = place
    next.advance(width)
    guard next.byte < range.upperBound || (next.byte == range.upperBound && next.bit == 0) else {
      isShort = true
      return 0
    }
    let bits = Int(truncatingIfNeeded: bytes.bits(at: place, width: width))
    place = next
    return bits
  }

  /// Throws what is wrong with the bit string once all its bits have been read.
  func checkEnd(tensor: Int, _ bytes: Span<UInt8>) throws(FormatError) {
    guard !isShort else { throw FormatError(.badStream, at: range.upperBound, tensor: tensor) }
    let end = place.bit == 0 ? place.byte : place.byte &+ 1
    guard end == range.upperBound else { throw FormatError(.badStream, at: end, tensor: tensor) }
    guard place.bit == 0 || bytes[place.byte] &>> UInt8(truncatingIfNeeded: place.bit) == 0 else {
      throw FormatError(.paddingNotZero, at: place.byte, tensor: tensor)
    }
  }
}
