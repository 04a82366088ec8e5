/// Looks at several fields of a bit string at once, as lanes of one 64-bit number.
///
/// Validation asks only whether all fields are fine; which one is not is found by a slower walk that hardly ever runs.
struct FieldLanes {
  private let width: Int
  /// The fields in one window: 8 up to a width of 8, 4 up to 16, 2 for 32.
  private let laneCount: Int
  /// Bit 0 of each lane, and its highest bit.
  private let lowest: UInt64
  private let highest: UInt64
  /// The bits of the lanes.
  private let mask: UInt64

  /// Precondition: `width` is 1 to 16, or 32.
  init(width: Int) {
    self.width = width
    laneCount = width <= 8 ? 8 : width <= 16 ? 4 : 2
    var lowest: UInt64 = 0
    for lane in 0..<laneCount { lowest |= 1 &<< UInt64(truncatingIfNeeded: lane &* width) }
    self.lowest = lowest
    highest = lowest &<< UInt64(truncatingIfNeeded: width &- 1)
    mask = highest | (highest &- lowest)
  }

  /// Whether one of the `count` fields from byte `start` on equals `value`.
  func contains(_ value: UInt32, count: Int, from start: Int, in bytes: Span<UInt8>) -> Bool {
    let wanted = lowest &* UInt64(truncatingIfNeeded: value)
    return contains(count: count, from: start, in: bytes) { window in
      // The highest bit of the lowest lane that is 0 is set by its borrow; without such a lane nothing borrows.
      let difference = window ^ wanted
      return (difference &- lowest) & ~difference & highest
    } single: { $0 == value }
  }

  /// Whether one of the `count` fields from byte `start` on is `limit` or more. Precondition: `limit` is below
  /// 2 to `width`, and not 0; `width` is at most 8.
  func reaches(_ limit: UInt32, count: Int, from start: Int, in bytes: Span<UInt8>) -> Bool {
    // Every other lane gets a zero bit above it, which takes the carry of lane + (2^width - limit).
    let even = lowest & alternate
    let lane: UInt64 = 1 &<< UInt64(truncatingIfNeeded: width)
    let complement = even &* (lane &- UInt64(truncatingIfNeeded: limit))
    let evenMask = even &* (lane &- 1)
    let carry = even &<< UInt64(truncatingIfNeeded: width)
    return contains(count: count, from: start, in: bytes) { window in
      let odd = (window &>> UInt64(truncatingIfNeeded: width)) & evenMask
      return (((window & evenMask) &+ complement) | (odd &+ complement)) & carry
    } single: { $0 >= limit }
  }

  /// The lowest bits of lanes 0, 2, 4 and 6.
  private var alternate: UInt64 {
    var bits: UInt64 = 0
    for lane in 0..<4 { bits |= 1 &<< UInt64(truncatingIfNeeded: 2 &* lane &* width) }
    return bits
  }

  @inline(__always)
  private func contains(
    count: Int, from start: Int, in bytes: Span<UInt8>, window isFound: (UInt64) -> UInt64,
    single isFoundAlone: (UInt32) -> Bool
  ) -> Bool {
    var index = 0
    var place = BitOffset(byte: start, bit: 0)
    var found: UInt64 = 0
    while index &+ laneCount <= count, place.byte &+ 8 <= bytes.count {
      // A window starts on a byte, or for odd widths above 8 in the middle of one.
      found |= isFound((bytes.u64(at: place.byte) &>> UInt64(truncatingIfNeeded: place.bit)) & mask)
      index &+= laneCount
      place.advance(laneCount &* width)
    }
    if found != 0 { return true }
    while index < count {
      if isFoundAlone(bytes.bits(at: place, width: width)) { return true }
      index &+= 1
      place.advance(width)
    }
    return false
  }
}
