/// Looks at several fields of a bit string at once, as lanes of one word.
///
/// Validation asks only whether all fields are fine; which one is not is found by a slower walk that hardly ever runs.
struct FieldLanes {
  private let width: Int
  /// The fields in one word: 8, 4, 2 or 1.
  private let laneCount: Int
  /// Bit 0 of each lane, and its highest bit.
  private let lowest: UInt
  private let highest: UInt
  /// The bits of the lanes.
  private let mask: UInt

  /// Precondition: `width` is 1 to 16, or 32.
  init(width: Int) {
    self.width = width
    var laneCount = 8
    while !Self.fits(laneCount &* width) { laneCount &>>= 1 }
    var lowest: UInt = 0
    for lane in 0..<laneCount { lowest |= 1 &<< UInt(truncatingIfNeeded: lane &* width) }
    self.laneCount = laneCount
    self.lowest = lowest
    highest = lowest &<< UInt(truncatingIfNeeded: width &- 1)
    mask = highest | (highest &- lowest)
  }

  /// Whether `bits` bits are in a word wherever they start, when they follow each other from the start of a byte.
  private static func fits(_ bits: Int) -> Bool {
    let latest = bits & 7 == 0 ? 0 : bits & 3 == 0 ? 4 : bits & 1 == 0 ? 6 : 7
    return bits &+ latest <= UInt.bitWidth
  }

  /// Whether one of the `count` fields from byte `start` on equals `value`.
  func contains(_ value: UInt32, count: Int, from start: Int, in bytes: Span<UInt8>) -> Bool {
    if width == 8 {
      let byte = UInt8(truncatingIfNeeded: value)
      return Self.anyByte(bytes.extracting(start..<start &+ count)) { $0 == byte }
    }
    let wanted = lowest &* UInt(truncatingIfNeeded: value)
    return contains(count: count, from: start, in: bytes) { window in
      // The highest bit of the lowest lane that is 0 is set by its borrow; without such a lane nothing borrows.
      let difference = window ^ wanted
      return (difference &- lowest) & ~difference & highest
    } single: { $0 == value }
  }

  /// Whether one of the `count` fields from byte `start` on is `limit` or more. Precondition: `limit` is below
  /// 2 to `width`, and not 0; `width` is at most 8.
  func reaches(_ limit: UInt32, count: Int, from start: Int, in bytes: Span<UInt8>) -> Bool {
    let byteLimit = UInt8(truncatingIfNeeded: limit)
    if width == 8 {
      return Self.anyByte(bytes.extracting(start..<start &+ count)) { $0 >= byteLimit }
    }
    if width == 4 {
      let whole = count &>> 1
      if count & 1 == 1, bytes[start &+ whole] & 15 >= byteLimit { return true }
      return Self.anyByte(bytes.extracting(start..<start &+ whole)) { Swift.max($0 & 15, $0 &>> 4) >= byteLimit }
    }
    // Every other lane gets a zero bit above it, which takes the carry of lane + (2^width - limit).
    let even = lowest & alternate
    let lane: UInt = 1 &<< UInt(truncatingIfNeeded: width)
    let complement = even &* (lane &- UInt(truncatingIfNeeded: limit))
    let evenMask = even &* (lane &- 1)
    let carry = even &<< UInt(truncatingIfNeeded: width)
    return contains(count: count, from: start, in: bytes) { window in
      let odd = (window &>> UInt(truncatingIfNeeded: width)) & evenMask
      return (((window & evenMask) &+ complement) | (odd &+ complement)) & carry
    } single: { $0 >= limit }
  }

  /// The lowest bits of lanes 0, 2, 4 and 6.
  private var alternate: UInt {
    var bits: UInt = 0
    for lane in 0..<(laneCount &+ 1) &>> 1 { bits |= 1 &<< UInt(truncatingIfNeeded: 2 &* lane &* width) }
    return bits
  }

  /// Whether `isFound` holds for a byte. All of a part are looked at, so that the loop is vectorized.
  @inline(__always)
  private static func anyByte(_ bytes: Span<UInt8>, _ isFound: (UInt8) -> Bool) -> Bool {
    var start = 0
    while start < bytes.count {
      let part = bytes.extracting(start..<Swift.min(bytes.count, start &+ 4096))
      var found: UInt8 = 0
      // The index is one of the part's; a check in the loop keeps it from being vectorized (measured: a tenth as fast).
      for index in 0..<part.count { found |= isFound(unsafe part[unchecked: index]) ? 1 : 0 }
      if found != 0 { return true }
      start &+= part.count
    }
    return false
  }

  @inline(__always)
  private func contains(
    count: Int, from start: Int, in bytes: Span<UInt8>, window isFound: (UInt) -> UInt,
    single isFoundAlone: (UInt32) -> Bool
  ) -> Bool {
    var index = 0
    var place = BitOffset(byte: start, bit: 0)
    var found: UInt = 0
    while index &+ laneCount <= count, place.byte &+ MemoryLayout<UInt>.size <= bytes.count {
      // A window starts on a byte, or where lanes end inside of one.
      found |= isFound((bytes.word(at: place.byte) &>> UInt(truncatingIfNeeded: place.bit)) & mask)
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
