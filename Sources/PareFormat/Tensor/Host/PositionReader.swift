#if !hasFeature(Embedded)
  /// Reads the positions of a sparse tensor whose walk has no errors (spec section 8), some at a time.
  ///
  /// `PositionCursor` walks the same bytes element by element and says what is wrong with them; this one is fast. What it is
  /// given has been validated.
  struct PositionReader {
    /// The positions that are read at a time.
    static let chunk = 32

    /// Positions, as elements of the whole tensor.
    typealias Chunk = InlineArray<32, Int>

    private let tensor: Tensor
    private let kind: PositionKind
    private let rowElementCount: Int
    private let blockElementCount: Int
    private let endBlock: Int

    /// The ordinal of the next position.
    private(set) var ordinal = 0
    private var block: Int
    private var endOrdinal = 0

    /// The element that gaps count from; the first of the row that bitmaps and indices count from.
    private var next = 0
    private var offset = 0

    // Rice: the bits. Bitmap: bits not yet walked, the element of the lowest of them, and the elements of the row behind them.
    private var pending: UInt = 0
    private var pendingStart = 0
    private var rowRemaining = 0
    private var window = RiceWindow()

    /// Reads the blocks that hold `rows`, and nothing of the others. Precondition: there are such rows.
    init(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
      self.tensor = tensor
      guard let kind = PositionKind(rawValue: tensor.encoding.positionNumber) else {
        preconditionFailure("the tensor is not sparse in place")
      }
      self.kind = kind
      rowElementCount = tensor.shape.rowElementCount
      let encoding = tensor.encoding
      blockElementCount = encoding.blockRows(of: tensor.shape) &* rowElementCount
      block = encoding.block(ofRow: rows.lowerBound)
      endBlock = encoding.block(ofRow: rows.upperBound &- 1) &+ 1
      ordinal = tensor.start(ofBlock: block, in: bytes).ordinal
      enterBlock(bytes)
    }

    /// Reads up to `chunk` positions, which rise; gives their number, 0 behind the last.
    mutating func read(_ positions: inout Chunk, _ bytes: Span<UInt8>) -> Int {
      var count = 0
      while count < Self.chunk {
        if ordinal == endOrdinal {
          guard block &+ 1 < endBlock else { break }
          block &+= 1
          enterBlock(bytes)
          continue
        }
        let before = count
        switch kind {
        case .bitmap: readBitmap(&positions, &count, bytes)
        case .gapsU8: readGaps(&positions, &count, bytes)
        case .indicesU16: readIndices(&positions, &count, bytes)
        case .gapsRice: readRiceGaps(&positions, &count, bytes)
        }
        ordinal &+= count &- before
      }
      return count
    }

    private mutating func enterBlock(_ bytes: Span<UInt8>) {
      endOrdinal = tensor.start(ofBlock: block &+ 1, in: bytes).ordinal
      offset = tensor.start(ofBlock: block, in: bytes).offset
      next = block &* blockElementCount
      pending = 0
      rowRemaining = 0
      window = RiceWindow(at: offset)
    }

    /// How many more positions the chunk takes and the block has.
    private func end(_ count: Int) -> Int { min(Self.chunk, count &+ (endOrdinal &- ordinal)) }

    private mutating func readGaps(_ positions: inout Chunk, _ count: inout Int, _ bytes: Span<UInt8>) {
      let end = end(count)
      var element = next
      var at = offset
      var index = count
      while index < end {
        let gap = Int(truncatingIfNeeded: bytes[at])
        at &+= 1
        element &+= gap
        // 255 skips; a place that it filled is written again.
        positions[index] = element
        let isStored = gap == 255 ? 0 : 1
        element &+= isStored
        index &+= isStored
      }
      next = element
      offset = at
      count = index
    }

    private mutating func readIndices(_ positions: inout Chunk, _ count: inout Int, _ bytes: Span<UInt8>) {
      let end = end(count)
      for index in count..<end {
        positions[index] = next &+ Int(truncatingIfNeeded: bytes.u16(at: offset &+ 2 &* (index &- count)))
      }
      offset &+= 2 &* (end &- count)
      count = end
    }

    private mutating func readBitmap(_ positions: inout Chunk, _ count: inout Int, _ bytes: Span<UInt8>) {
      let end = end(count)
      var index = count
      while index < end {
        if pending == 0 {
          loadBitmap(bytes)
          continue
        }
        positions[index] = pendingStart &+ pending.trailingZeroBitCount
        pending &= pending &- 1
        index &+= 1
      }
      count = index
    }

    /// Takes the next bits of a row, at most a word of them.
    private mutating func loadBitmap(_ bytes: Span<UInt8>) {
      if rowRemaining == 0 { rowRemaining = rowElementCount }
      pendingStart = next
      if rowRemaining >= UInt.bitWidth {
        pending = bytes.word(at: offset)
        offset &+= MemoryLayout<UInt>.size
        next &+= UInt.bitWidth
        rowRemaining &-= UInt.bitWidth
        return
      }
      pending = 0
      let byteCount = (rowRemaining &+ 7) &>> 3
      for index in 0..<byteCount {
        pending |= UInt(truncatingIfNeeded: bytes[offset &+ index]) &<< UInt(truncatingIfNeeded: 8 &* index)
      }
      offset &+= byteCount
      next &+= rowRemaining
      rowRemaining = 0
    }

    private mutating func readRiceGaps(_ positions: inout Chunk, _ count: inout Int, _ bytes: Span<UInt8>) {
      let end = end(count)
      var element = next
      for index in count..<end {
        element &+= window.gap(tensor.encoding.riceBits, bytes)
        positions[index] = element
        element &+= 1
      }
      next = element
      count = end
    }
  }
#endif
