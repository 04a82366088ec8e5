#if !hasFeature(Embedded)
  /// Quick answers to whether a part of a payload is in order. They may say no where nothing is wrong, and then an exact
  /// walk decides; they never say yes where something is.
  struct PayloadScan {
    let tensor: Tensor
    let base: Int

    init(_ tensor: Tensor) {
      self.tensor = tensor
      base = tensor.base
    }

    /// Whether all scales are finite and above zero.
    func scalesAreValid(_ bytes: Span<UInt8>) -> Bool {
      let scales = bytes.extracting(base &+ tensor.parts.scales.lowerBound..<base &+ tensor.parts.scales.upperBound)
      // Bits from the smallest subnormal to the largest number; 0 wraps around.
      var found: UInt32 = 0
      switch tensor.encoding.scaleType {
      case .f32:
        for index in 0..<scales.count &>> 2 { found |= scales.u32(at: 4 &* index) &- 1 < 0x7F7F_FFFF ? 0 : 1 }
      case .f16:
        for index in 0..<scales.count &>> 1 { found |= scales.u16(at: 2 &* index) &- 1 < 0x7BFF ? 0 : 1 }
      }
      return found == 0
    }

    /// Whether the positions keep every rule, and no stored element is a zero.
    func positionsAreValid(_ bytes: Span<UInt8>) -> Bool {
      guard blocksAreValid(bytes) else { return false }
      let start = base &+ tensor.parts.valueStart
      let lanes = FieldLanes(width: tensor.encoding.bitWidth)
      switch tensor.encoding.element {
      case .codebook: return true
      case .f32, .f16, .bf16: return !lanes.contains(0, count: tensor.encoding.nonZeroCount, from: start, in: bytes)
      case .affine(let affine):
        // Signs are never 0.
        if affine.isSign { return true }
        if affine.hasZeroPoints, affine.granularity != .tensor { return zeroPointsAreUnused(bytes) }
        let mask: UInt32 = .max &>> UInt32(truncatingIfNeeded: 32 &- affine.bitWidth)
        let zero = UInt32(bitPattern: tensor.zeroPoint(0, in: bytes)) & mask
        return !lanes.contains(zero, count: tensor.encoding.nonZeroCount, from: start, in: bytes)
      }
    }

    /// Whether no stored code is the zero point of its place. Precondition: the positions are valid.
    private func zeroPointsAreUnused(
      _ bytes: Span<UInt8>
    ) -> Bool {
      var reader = StoredReader(tensor, rows: 0..<tensor.shape.rows, asFactors: false, bytes)
      while true {
        let count = reader.read(Span(), bytes)
        if count == 0 { return true }
        // Any other code is at least 1 away from the zero point, and its value at least the scale, which is not 0.
        for index in 0..<count where reader.values[index] == 0 { return false }
      }
    }

    private func blocksAreValid(_ bytes: Span<UInt8>) -> Bool {
      let shape = tensor.shape
      let encoding = tensor.encoding
      guard let kind = PositionKind(rawValue: encoding.positionNumber) else { return false }
      let count = encoding.blockCount(of: shape)
      let blockElementCount = encoding.blockRows(of: shape) &* shape.rowElementCount
      var ordinal = 0
      var start = tensor.start(ofBlock: 0, in: bytes).offset
      for block in 0..<count {
        let (endOrdinal, end) = tensor.start(ofBlock: block &+ 1, in: bytes)
        let elements = min(blockElementCount, shape.elementCount &- block &* blockElementCount)
        let nonZeros = endOrdinal &- ordinal
        let positions = bytes.extracting(start..<end)
        let isValid =
          switch kind {
          case .bitmap: bitmapIsValid(positions, nonZeros)
          case .gapsU8: gapsAreValid(positions, nonZeros, elements)
          case .indicesU16: indicesAreValid(positions, elements)
          case .gapsRice: riceGapsAreValid(start, end, nonZeros, elements, encoding.riceBits, bytes)
          }
        guard isValid else { return false }
        ordinal = endOrdinal
        start = end
      }
      return true
    }

    private func gapsAreValid(_ gaps: Span<UInt8>, _ nonZeros: Int, _ elements: Int) -> Bool {
      guard !gaps.isEmpty else { return nonZeros == 0 }
      // A 255 stands for as many elements as it says, any other gap for one more, its own.
      var reached = 0
      var skips = 0
      var start = 0
      while start < gaps.count {
        // So many words that sums of 16 bits hold two bytes of each.
        let part = GapSums(gaps.extracting(start..<min(gaps.count, start &+ 64 &* MemoryLayout<UInt>.size)))
        reached &+= part.reached
        skips &+= part.skips
        // Stops before a sum could overflow.
        guard reached <= elements else { return false }
        start &+= 64 &* MemoryLayout<UInt>.size
      }
      return gaps.count &- skips == nonZeros && gaps[gaps.count &- 1] != 255
    }

    private func indicesAreValid(_ positions: Span<UInt8>, _ elements: Int) -> Bool {
      let count = positions.count &>> 1
      guard count > 0 else { return true }
      var falls: UInt16 = 0
      let successors = positions.extracting(droppingFirst: 2)
      for index in 0..<count &- 1 {
        falls |= positions.u16(at: 2 &* index) < successors.u16(at: 2 &* index) ? 0 : 1
      }
      return falls == 0 && Int(truncatingIfNeeded: positions.u16(at: 2 &* count &- 2)) < elements
    }

    private func bitmapIsValid(_ bitmap: Span<UInt8>, _ nonZeros: Int) -> Bool {
      var found = 0
      var offset = 0
      while offset &+ MemoryLayout<UInt>.size <= bitmap.count {
        found &+= bitmap.word(at: offset).nonzeroBitCount
        offset &+= MemoryLayout<UInt>.size
      }
      while offset < bitmap.count {
        found &+= bitmap[offset].nonzeroBitCount
        offset &+= 1
      }
      guard found == nonZeros else { return false }
      // The bits behind each row.
      let columns = tensor.shape.rowElementCount
      guard columns & 7 != 0 else { return true }
      let rowByteCount = (columns &+ 7) &>> 3
      var last = rowByteCount &- 1
      var excess: UInt8 = 0
      while last < bitmap.count {
        excess |= bitmap[last] &>> UInt8(truncatingIfNeeded: columns & 7)
        last &+= rowByteCount
      }
      return excess == 0
    }

    private func riceGapsAreValid(
      _ start: Int, _ end: Int, _ nonZeros: Int, _ elements: Int, _ riceBits: Int, _ bytes: Span<UInt8>
    ) -> Bool {
      var window = RiceWindow(at: start)
      var next = 0
      for _ in 0..<nonZeros {
        next &+= window.gap(riceBits, bytes) &+ 1
        // A gap of a damaged string may be as long as the payload has bits; one that wraps around is negative.
        guard next <= elements, next > 0 else { return false }
      }
      return window.endsCleanly(at: end)
    }
  }

  /// What up to 64 words of gaps add up to.
  private struct GapSums {
    /// The elements that the gaps skip and store.
    var reached: Int
    /// The bytes that are 255.
    var skips: Int

    init(_ gaps: Span<UInt8>) {
      // Lanes of 16 bits, each with one byte of a word at a time.
      let ones = UInt.max / 0xFFFF
      let bytes = ones &* 0xFF
      var sums: UInt = 0
      var skipSums: UInt = 0
      var offset = 0
      while offset &+ MemoryLayout<UInt>.size <= gaps.count {
        let word = gaps.word(at: offset)
        let even = word & bytes
        let odd = word &>> 8 & bytes
        sums &+= even &+ odd
        // 255 + 1 carries into bit 8 of its lane.
        skipSums &+= ((even &+ ones) &>> 8 & ones) &+ ((odd &+ ones) &>> 8 & ones)
        offset &+= MemoryLayout<UInt>.size
      }
      reached = gaps.count
      skips = 0
      for lane in 0..<MemoryLayout<UInt>.size / 2 {
        let shift = UInt(truncatingIfNeeded: 16 &* lane)
        reached &+= Int(truncatingIfNeeded: sums &>> shift & 0xFFFF)
        skips &+= Int(truncatingIfNeeded: skipSums &>> shift & 0xFFFF)
      }
      while offset < gaps.count {
        reached &+= Int(truncatingIfNeeded: gaps[offset])
        skips &+= gaps[offset] == 255 ? 1 : 0
        offset &+= 1
      }
      reached &-= skips
    }
  }
#endif
