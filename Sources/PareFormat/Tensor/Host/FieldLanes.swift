#if !hasFeature(Embedded)
  /// Looks at several fields of a bit string at once, as lanes of one word.
  ///
  /// Validation asks only whether all fields are fine; which one is not is found by a slower walk that hardly ever runs.
  struct FieldLanes {
    private let width: Int
    /// The fields in one word, a power of two.
    private let laneCount: Int
    /// Bit 0 of each lane, and its highest bit.
    private let lowest: UInt
    private let highest: UInt
    /// The bits of the lanes.
    private let mask: UInt

    /// Precondition: `width` is 1 to 16, or 32.
    init(width: Int) {
      self.width = width
      var laneCount = 64
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
      let wanted = lowest &* UInt(truncatingIfNeeded: value)
      return contains(count: count, from: start, in: bytes) { window in
        // The highest bit of the lowest lane that is 0 is set by its borrow; without such a lane nothing borrows.
        let difference = window ^ wanted
        return (difference &- lowest) & ~difference & highest
      } single: {
        $0 == value
      }
    }

    /// Whether one of the `count` fields from byte `start` on is `limit` or more. Precondition: `limit` is below
    /// 2 to `width`, and not 0; `width` is at most 8.
    func reaches(_ limit: UInt32, count: Int, from start: Int, in bytes: Span<UInt8>) -> Bool {
      // Every other lane gets a zero bit above it, which takes the carry of lane + (2^width - limit).
      let even = lowest & alternate
      let lane: UInt = 1 &<< UInt(truncatingIfNeeded: width)
      let complement = even &* (lane &- UInt(truncatingIfNeeded: limit))
      let evenMask = even &* (lane &- 1)
      let carry = even &<< UInt(truncatingIfNeeded: width)
      return contains(count: count, from: start, in: bytes) { window in
        let odd = (window &>> UInt(truncatingIfNeeded: width)) & evenMask
        return (((window & evenMask) &+ complement) | (odd &+ complement)) & carry
      } single: {
        $0 >= limit
      }
    }

    /// The lowest bits of lanes 0, 2, 4 and so on.
    private var alternate: UInt {
      var bits: UInt = 0
      for lane in 0..<(laneCount &+ 1) &>> 1 { bits |= 1 &<< UInt(truncatingIfNeeded: 2 &* lane &* width) }
      return bits
    }

    @inline(__always)
    private func contains(
      count: Int, from start: Int, in bytes: Span<UInt8>, window isFound: (UInt) -> UInt,
      single isFoundAlone: (UInt32) -> Bool
    ) -> Bool {
      var index = 0
      var place = BitOffset(byte: start, bit: 0)
      var found: UInt = 0
      if laneCount &* width == UInt.bitWidth {
        // Words without a gap between them: a loop that is vectorized.
        let words = Swift.min(count / laneCount, (bytes.count &- start) / MemoryLayout<UInt>.size)
        found = bytes.words(from: start, count: words, isFound)
        index = words &* laneCount
        place.byte &+= words &* MemoryLayout<UInt>.size
      } else {
        while index &+ laneCount <= count, place.byte &+ MemoryLayout<UInt>.size <= bytes.count {
          found |= isFound((bytes.word(at: place.byte) &>> UInt(truncatingIfNeeded: place.bit)) & mask)
          index &+= laneCount
          place.advance(laneCount &* width)
        }
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

  extension Span<UInt8> {
    /// The results of `body` for `count` words that follow each other from `start` on, or-ed.
    @inline(__always)
    fileprivate func words(from start: Int, count words: Int, _ body: (UInt) -> UInt) -> UInt {
      let size = MemoryLayout<UInt>.size
      precondition(start >= 0 && start <= count && words <= (count &- start) / size)
      var found: UInt = 0
      for index in 0..<words {
        var word: UInt = 0
        for byte in 0..<size {
          // All bytes were checked above; a check for each keeps the loop from being vectorized.
          let value = unsafe self[unchecked: start &+ index &* size &+ byte]
          word |= UInt(truncatingIfNeeded: value) &<< UInt(truncatingIfNeeded: 8 &* byte)
        }
        found |= body(word)
      }
      return found
    }
  }
#endif
