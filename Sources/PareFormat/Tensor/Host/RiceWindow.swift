#if !hasFeature(Embedded)
  /// Reads Rice gaps from a bit string through a window of one word (spec section 8).
  struct RiceWindow {
    /// Bits that were loaded and not yet read, the next one lowest; zeros above them.
    private var bits: UInt = 0

    /// How many there are.
    private var available = 0

    /// The byte behind them.
    private var offset = 0

    /// Nothing to read.
    init() {}

    /// Starts at the first bit of the byte at `offset`.
    init(at offset: Int) { self.offset = offset }

    /// The next gap. Reads behind the end of a damaged string, but never behind the span: what is missing there are zeros.
    @inline(__always)
    mutating func gap(_ riceBits: Int, _ bytes: Span<UInt8>) -> Int {
      if available < UInt.bitWidth &- 16 { fill(bytes) }
      let ones = (~bits).trailingZeroBitCount
      let mask: UInt = 1 &<< UInt(truncatingIfNeeded: riceBits) &- 1
      if ones &+ 1 &+ riceBits <= available {
        // One shift a gap is all that the next gap waits for.
        let low = bits &>> UInt(truncatingIfNeeded: ones &+ 1) & mask
        skip(ones &+ 1 &+ riceBits)
        return ones &<< riceBits &+ Int(truncatingIfNeeded: low)
      }
      // On a copy: a window whose address is taken would be kept in memory, and read back for every gap.
      var slow = self
      let all = slow.longUnary(riceBits, bytes)
      self = slow
      let low = bits & mask
      skip(riceBits)
      return all &<< riceBits &+ Int(truncatingIfNeeded: low)
    }

    /// Whether all bits up to the next byte are zero and that byte is at `end`.
    func endsCleanly(at end: Int) -> Bool {
      offset &- available &>> 3 == end && bits & (1 &<< UInt(truncatingIfNeeded: available & 7) &- 1) == 0
    }

    @inline(__always)
    private mutating func skip(_ count: Int) {
      bits = bits &>> UInt(truncatingIfNeeded: count)
      available &-= count
    }

    /// Fills the word up to its last byte, or with all that the span has. What is there then suffices for the low bits of
    /// any gap.
    @inline(__always)
    private mutating func fill(_ bytes: Span<UInt8>) {
      if offset &+ MemoryLayout<UInt>.size <= bytes.count {
        let count = (UInt.bitWidth &- 1 &- available) &>> 3
        bits |= bytes.word(at: offset) &<< UInt(truncatingIfNeeded: available)
        offset &+= count
        available &+= 8 &* count
        // Above `available` stand bits that are loaded again.
        bits &= 1 &<< UInt(truncatingIfNeeded: available) &- 1
        return
      }
      while available &+ 8 <= UInt.bitWidth, offset < bytes.count {
        bits |= UInt(truncatingIfNeeded: bytes[offset]) &<< UInt(truncatingIfNeeded: available)
        offset &+= 1
        available &+= 8
      }
    }

    /// Reads a unary part of any length, and makes sure of the low bits.
    @inline(never)
    private mutating func longUnary(_ riceBits: Int, _ bytes: Span<UInt8>) -> Int {
      var total = 0
      while available > 0 {
        let ones = min((~bits).trailingZeroBitCount, available)
        total &+= ones
        skip(ones)
        if available == 0 {
          fill(bytes)
          continue
        }
        skip(1)
        fill(bytes)
        if available >= riceBits { return total }
        break
      }
      // The span ends inside a gap: no end is clean from here on.
      bits = 0
      available = riceBits
      offset = .max &>> 1
      return total
    }
  }
#endif
