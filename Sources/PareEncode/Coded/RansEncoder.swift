import PareFormat

/// Writes one stream of a block (spec section 9.3), from its last symbol to its first.
struct RansEncoder {
  private var states: [UInt32]
  /// The last one is the first that is read.
  private var words: [UInt16] = []
  private let precision: UInt64

  init(laneCount: Int, precision: Int, expectedByteCount: Int) {
    states = [UInt32](repeating: 1 << 16, count: laneCount)
    self.precision = UInt64(precision)
    words.reserveCapacity(expectedByteCount / 2 + 16)
  }

  /// Puts a symbol before those put so far; `index` is its place in the block's stream.
  @inline(__always)
  mutating func put(_ slots: SlotRange, index: Int) {
    let lane = index & (states.count &- 1)
    var state = states[lane]
    // A symbol that has all slots changes nothing.
    if UInt64(state) >= UInt64(slots.frequency) &<< (32 &- precision) {
      words.append(UInt16(truncatingIfNeeded: state))
      state &>>= 16
    }
    let (quotient, rest) = state.quotientAndRemainder(dividingBy: slots.frequency)
    states[lane] = quotient &<< UInt32(truncatingIfNeeded: precision) &+ rest &+ slots.start
  }

  /// Appends the stream.
  func finish(into bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + 4 * states.count + 2 * words.count)
    for state in states { bytes.u32(state) }
    for word in words.reversed() { bytes.u16(word) }
  }
}
