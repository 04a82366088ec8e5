/// A sum of integers that may need more than 32 bits: high * 2^16 + low. `Int64` would do, but widening to it, and converting it to
/// a float, need a heap on 32-bit machines.
struct ExactSum {
  private var high = 0
  private var low = 0

  init() {}

  /// Adds a number. Precondition: fewer than 2^15 are added.
  @inline(__always)
  mutating func add(_ number: Int32) {
    let wide = Int(truncatingIfNeeded: number)
    high &+= wide &>> 16
    low &+= wide & 0xFFFF
  }

  /// The nearest f32, ties to even.
  var float: Float {
    var high = high &+ low &>> 16
    var low = low & 0xFFFF
    let isNegative = high < 0
    if isNegative {
      // 0 - (high * 2^16 + low), with a low part that is not negative.
      high = low == 0 ? 0 &- high : -1 &- high
      low = (0x1_0000 &- low) & 0xFFFF
    }
    // As many bits of the low part as the high one leaves room for; those left out are one bit that is set if any is. 30 bits
    // are enough for that one not to change how 24 are rounded.
    var shift = 16
    while shift > 0, high &>> (29 &- shift) != 0 { shift &-= 1 }
    let rest = 16 &- shift
    var bits = high &<< shift | low &>> rest
    if low & (1 &<< rest &- 1) != 0 { bits |= 1 }
    let float = Float(bits) * Float(1 &<< rest)
    return isNegative ? -float : float
  }
}
