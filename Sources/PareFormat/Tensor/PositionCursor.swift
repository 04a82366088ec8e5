/// Walks the positions of a sparse tensor (spec sections 8 and 9), block by block, in rising order, and says what is
/// wrong with them and where. `PositionReader` reads positions that have been validated.
struct PositionCursor {
  /// One stored element.
  struct Position {
    /// Its index in the whole tensor.
    let element: Int
    /// Its number among the stored elements.
    let ordinal: Int
    /// Where its position stands in the container.
    let offset: Int
  }

  private let tensor: Tensor
  private let sparse: SparseParameters
  private let rowElementCount: Int
  private let blockElementCount: Int
  private let blockCount: Int

  // The block: its number, first element, number of elements, and where its ordinals and positions end.
  private var block = -1
  private var blockStart = 0
  private var elementsInBlock = 0
  private var endOrdinal = 0
  private var endOffset = 0

  // Inside the block: the next ordinal, the next element that a gap counts from, and the next byte.
  private var ordinal = 0
  private var next = 0
  private var offset = 0

  // Bitmap: the element of the current byte's first bit, the end of its row, its bits not yet walked, and its bits
  // behind the row, which must be zero.
  private var byteStart = 0
  private var rowEnd = 0
  private var pending: UInt8 = 0
  private var excess: UInt8 = 0
  // Rice: the next bit of the byte at `offset`.
  private var bit = 0

  /// Starts before the first position of block `first`. Precondition: the tensor is sparse.
  init(_ tensor: Tensor, _ sparse: SparseParameters, block first: Int = 0) {
    self.tensor = tensor
    self.sparse = sparse
    rowElementCount = tensor.shape.rowElementCount
    // One block may be larger than the tensor; the product only of rows that exist cannot overflow.
    let blockRows = sparse.blockRowsLog2.map { min(1 &<< $0, tensor.shape.rows) } ?? tensor.shape.rows
    blockElementCount = blockRows &* rowElementCount
    blockCount = sparse.blockCount(of: tensor.shape)
    block = first - 1
  }

  /// The next position; nil behind the last. Throws the codes of step 7 but `storedZero`.
  mutating func next(_ bytes: Span<UInt8>) throws(FormatError) -> Position? {
    while true {
      if block >= 0, let element = try nextInBlock(bytes) {
        defer { ordinal &+= 1 }
        return Position(element: blockStart &+ element.position, ordinal: ordinal, offset: element.offset)
      }
      guard block + 1 < blockCount else { return nil }
      enterBlock(block + 1, bytes)
    }
  }

  private mutating func enterBlock(_ number: Int, _ bytes: Span<UInt8>) {
    block = number
    blockStart = number &* blockElementCount
    elementsInBlock = min(blockElementCount, tensor.shape.elementCount &- blockStart)
    ordinal = tensor.ordinalStart(ofBlock: number, sparse, in: bytes)
    endOrdinal = tensor.ordinalStart(ofBlock: number + 1, sparse, in: bytes)
    offset = tensor.positionStart(ofBlock: number, sparse, in: bytes)
    endOffset = tensor.positionStart(ofBlock: number + 1, sparse, in: bytes)
    next = 0
    bit = 0
    pending = 0
    excess = 0
    rowEnd = 0
  }

  private mutating func nextInBlock(_ bytes: Span<UInt8>) throws(FormatError) -> (position: Int, offset: Int)? {
    switch sparse.kind {
    case .bitmap: try nextInBitmap(bytes)
    case .gapsU8: try nextGap(bytes)
    case .indicesU16: try nextIndex(bytes)
    case .gapsRice: try nextRiceGap(bytes)
    }
  }

  private mutating func nextInBitmap(_ bytes: Span<UInt8>) throws(FormatError) -> (position: Int, offset: Int)? {
    while true {
      while pending != 0 {
        let position = byteStart &+ pending.trailingZeroBitCount
        pending &= pending &- 1
        // A bit too many is only counted; the count is compared at the block's end.
        if ordinal < endOrdinal { return (position, offset &- 1) }
        ordinal &+= 1
      }
      guard excess == 0 else { throw error(.paddingNotZero, at: offset &- 1) }
      guard offset < endOffset else {
        guard ordinal == endOrdinal else { throw error(.positionCountMismatch, at: endOffset) }
        return nil
      }
      if next >= rowEnd {
        next = rowEnd
        rowEnd &+= rowElementCount
      }
      let mask: UInt8 = 0xFF &>> UInt8(truncatingIfNeeded: 8 &- min(8, rowEnd &- next))
      pending = bytes[offset] & mask
      excess = bytes[offset] & ~mask
      byteStart = next
      next &+= 8
      offset &+= 1
    }
  }

  private mutating func nextGap(_ bytes: Span<UInt8>) throws(FormatError) -> (position: Int, offset: Int)? {
    if ordinal == endOrdinal {
      guard offset == endOffset else { throw error(.positionCountMismatch, at: offset) }
      return nil
    }
    while offset < endOffset {
      let at = offset
      let gap = Int(truncatingIfNeeded: bytes[at])
      offset &+= 1
      next &+= gap
      if gap == 255 {
        guard next <= elementsInBlock else { throw error(.positionOutOfRange, at: at) }
        guard offset < endOffset else { throw error(.positionCountMismatch, at: at) }
        continue
      }
      guard next < elementsInBlock else { throw error(.positionOutOfRange, at: at) }
      next &+= 1
      return (next &- 1, at)
    }
    throw error(.positionCountMismatch, at: endOffset)
  }

  private mutating func nextIndex(_ bytes: Span<UInt8>) throws(FormatError) -> (position: Int, offset: Int)? {
    guard ordinal < endOrdinal else { return nil }
    let at = offset
    let index = Int(truncatingIfNeeded: bytes.u16(at: at))
    guard index < elementsInBlock else { throw error(.positionOutOfRange, at: at) }
    guard index >= next else { throw error(.positionOrder, at: at) }
    offset &+= 2
    next = index &+ 1
    return (index, at)
  }

  private mutating func nextRiceGap(_ bytes: Span<UInt8>) throws(FormatError) -> (position: Int, offset: Int)? {
    if ordinal == endOrdinal {
      if bit != 0 {
        guard bytes[offset] &>> UInt8(truncatingIfNeeded: bit) == 0 else { throw error(.paddingNotZero, at: offset) }
        offset &+= 1
        bit = 0
      }
      guard offset == endOffset else { throw error(.positionCountMismatch, at: offset) }
      return nil
    }
    let at = offset
    let riceBits = sparse.riceBits
    // The unary part, up to a byte at a time.
    while true {
      guard offset < endOffset else { throw error(.positionCountMismatch, at: endOffset) }
      let rest = bytes[offset] &>> UInt8(truncatingIfNeeded: bit)
      let available = 8 &- bit
      let ones = min((~rest).trailingZeroBitCount, available)
      // At most 8 steps of 2^24 beyond the block's size, so the sum stays small.
      next &+= ones &<< riceBits
      guard next < elementsInBlock else { throw error(.positionOutOfRange, at: at) }
      if ones < available {
        advance(ones &+ 1)
        break
      }
      advance(available)
    }
    if riceBits > 0 {
      guard bit &+ riceBits <= 8 &* min(endOffset &- offset, 8) else {
        throw error(.positionCountMismatch, at: endOffset)
      }
      next &+= Int(truncatingIfNeeded: bytes.bits(at: BitOffset(byte: offset, bit: bit), width: riceBits))
      advance(riceBits)
      guard next < elementsInBlock else { throw error(.positionOutOfRange, at: at) }
    }
    next &+= 1
    return (next &- 1, at)
  }

  private mutating func advance(_ bits: Int) {
    var place = BitOffset(byte: offset, bit: bit)
    place.advance(bits)
    offset = place.byte
    bit = place.bit
  }

  private func error(_ code: FormatError.Code, at offset: Int) -> FormatError {
    FormatError(code, at: offset, tensor: tensor.record.index)
  }
}
