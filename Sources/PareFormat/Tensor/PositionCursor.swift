/// Walks the positions of a sparse tensor (spec sections 8 and 9), block by block, in rising order, and says what is
/// wrong with them and where.
///
/// The tensor is passed to each call as the bytes are: a copy of its record in each cursor would be larger than all else.
struct PositionCursor {
  /// The element of the position that was read last.
  private(set) var element = 0

  /// How many positions were read, those of blocks before the first included: that one's field is number `ordinal` - 1.
  private(set) var ordinal = 0

  /// Where the position stands in the container.
  private(set) var offset = 0

  // The block: its number, the end of its elements, and where its ordinals and positions end.
  private var block: Int
  private var elementEnd = 0
  private var endOrdinal = 0
  private var endOffset = 0

  // Inside the block: the element that the next position counts from, and the next bit.
  private var next = 0
  private var place = BitOffset(byte: 0, bit: 0)

  // Bitmap: the element of the current byte's first bit, its bits not yet walked, and the end of the row.
  private var byteStart = 0
  private var pending: UInt8 = 0
  private var rowEnd = 0

  /// Starts before the first position of block `first`.
  init(_ tensor: Tensor, block first: Int, _ bytes: Span<UInt8>) {
    block = first &- 1
    (endOrdinal, endOffset) = tensor.start(ofBlock: first, in: bytes)
    ordinal = endOrdinal
    place = BitOffset(byte: endOffset, bit: 0)
  }

  /// Goes on to the next position; false behind the last. Throws the codes of step 7 but `storedZero`.
  /// Precondition: the tensor is sparse in place, and has elements.
  @inline(never)
  mutating func advance(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    let isBitmap = tensor.encoding.positionNumber == PositionKind.bitmap.rawValue
    while true {
      if isBitmap {
        if try nextBit(tensor, bytes) { return true }
      } else if ordinal < endOrdinal {
        try nextGap(tensor, bytes)
        return true
      } else {
        try checkEnd(tensor, bytes)
      }
      guard block &+ 1 < tensor.encoding.blockCount(of: tensor.shape) else { return false }
      enterNextBlock(tensor, bytes)
    }
  }

  /// Goes on where the block before ended.
  @inline(__always)
  private mutating func enterNextBlock(_ tensor: Tensor, _ bytes: Span<UInt8>) {
    block &+= 1
    let elementsInBlock = tensor.encoding.blockRows(of: tensor.shape) &* tensor.shape.rowElementCount
    next = block &* elementsInBlock
    elementEnd = min(next &+ elementsInBlock, tensor.shape.elementCount)
    rowEnd = next
    (endOrdinal, endOffset) = tensor.start(ofBlock: block &+ 1, in: bytes)
  }

  /// The next bit of a bitmap that is set; false at the block's end.
  @inline(__always)
  private mutating func nextBit(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    while true {
      while pending == 0 {
        guard place.byte < endOffset else {
          guard ordinal == endOrdinal else { throw error(.positionCountMismatch, at: endOffset, tensor) }
          return false
        }
        if next == rowEnd { rowEnd &+= tensor.shape.rowElementCount }
        offset = place.byte
        place.byte &+= 1
        pending = bytes[offset]
        byteStart = next
        next = min(next &+ 8, rowEnd)
      }
      element = byteStart &+ pending.trailingZeroBitCount
      pending &= pending &- 1
      guard element < next else { throw error(.paddingNotZero, at: offset, tensor) }
      // A bit too many is only counted; the count is compared at the block's end.
      ordinal &+= 1
      if ordinal <= endOrdinal { return true }
    }
  }

  /// The next gap or index.
  @inline(__always)
  private mutating func nextGap(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    offset = place.byte
    switch tensor.encoding.positionNumber {
    case PositionKind.indicesU16.rawValue:
      // A block is a row.
      element = elementEnd &- tensor.shape.rowElementCount &+ Int(truncatingIfNeeded: bytes.u16(at: offset))
      guard element < elementEnd else { throw error(.positionOutOfRange, at: offset, tensor) }
      guard element >= next else { throw error(.positionOrder, at: offset, tensor) }
      place.byte &+= 2
    case PositionKind.gapsU8.rawValue: try nextGapU8(tensor, bytes)
    default: try nextGapRice(tensor, bytes)
    }
    next = element &+ 1
    ordinal &+= 1
  }

  @inline(__always)
  private mutating func nextGapU8(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    element = next
    var gap = 255
    while gap == 255 {
      guard place.byte < endOffset else {
        // A 255 at the end, or no byte at all.
        throw error(.positionCountMismatch, at: element == next ? endOffset : offset, tensor)
      }
      offset = place.byte
      gap = Int(truncatingIfNeeded: bytes[offset])
      place.byte &+= 1
      element &+= gap
      guard element < elementEnd || (gap == 255 && element == elementEnd) else {
        throw error(.positionOutOfRange, at: offset, tensor)
      }
    }
  }

  @inline(__always)
  private mutating func nextGapRice(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    let riceBits = tensor.encoding.riceBits
    element = next
    // The unary part, up to a byte at a time.
    while true {
      guard place.byte < endOffset else { throw error(.positionCountMismatch, at: endOffset, tensor) }
      let rest = bytes[place.byte] &>> UInt8(truncatingIfNeeded: place.bit)
      let available = 8 &- place.bit
      let ones = min((~rest).trailingZeroBitCount, available)
      // At most 8 steps of 2^24 beyond the block's size, so the sum stays small.
      element &+= ones &<< riceBits
      try requireInBlock(tensor)
      place.advance(min(ones &+ 1, available))
      if ones < available { break }
    }
    var end = place
    end.advance(riceBits)
    guard end.byte < endOffset || (end.byte == endOffset && end.bit == 0) else {
      throw error(.positionCountMismatch, at: endOffset, tensor)
    }
    if riceBits > 0 { element &+= Int(truncatingIfNeeded: bytes.bits(at: place, width: riceBits)) }
    place = end
    try requireInBlock(tensor)
  }

  private func requireInBlock(_ tensor: Tensor) throws(FormatError) {
    guard element < elementEnd else { throw error(.positionOutOfRange, at: offset, tensor) }
  }

  /// Checks what is behind the block's last gap.
  @inline(__always)
  private mutating func checkEnd(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    if place.bit != 0 {
      guard bytes[place.byte] &>> UInt8(truncatingIfNeeded: place.bit) == 0 else {
        throw error(.paddingNotZero, at: place.byte, tensor)
      }
      place = BitOffset(byte: place.byte &+ 1, bit: 0)
    }
    guard place.byte == endOffset else { throw error(.positionCountMismatch, at: place.byte, tensor) }
  }

  private func error(_ code: FormatError.Code, at offset: Int, _ tensor: Tensor) -> FormatError {
    FormatError(code, at: offset, tensor: tensor.record.index)
  }
}
