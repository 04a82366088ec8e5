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

  // The block: the number of the one behind it, the end of its elements, and where its ordinals and positions end.
  private var block: Int
  private var elementEnd: Int
  private var endOrdinal: Int
  private var endOffset: Int

  // Inside the block: the element that the next position counts from, and the next bit.
  private var next = 0
  private var place: BitOffset

  /// Bitmap: the end of the row that `next` is in.
  private var rowEnd = 0

  /// Starts before the first position of block `first`.
  init(_ tensor: @_addressable Tensor, block first: Int, _ bytes: Span<UInt8>) {
    block = first
    elementEnd = first &* tensor.blockElementCount
    (endOrdinal, endOffset) = tensor.start(ofBlock: first, in: bytes)
    ordinal = endOrdinal
    place = BitOffset(byte: endOffset, bit: 0)
  }

  /// Goes on to the next position; false behind the last. Throws the codes of step 7 but `storedZero`.
  /// Precondition: the tensor is sparse in place, and has elements.
  @inline(never)
  mutating func advance(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    let isBitmap = tensor.encoding.positionNumber == PositionKind.bitmap.rawValue
    while true {
      if isBitmap ? place.byte < endOffset : ordinal < endOrdinal {
        if !isBitmap {
          try nextGap(tensor, bytes)
          return true
        }
        if try nextBit(tensor, bytes) { return true }
      } else {
        try checkEnd(tensor, bytes)
        guard elementEnd < tensor.shape.elementCount else { return false }
        enterNextBlock(tensor, bytes)
      }
    }
  }

  /// Goes on where the block before ended.
  @inline(__always)
  private mutating func enterNextBlock(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) {
    next = elementEnd
    rowEnd = elementEnd
    elementEnd = min(elementEnd &+ tensor.blockElementCount, tensor.shape.elementCount)
    block &+= 1
    (endOrdinal, endOffset) = tensor.start(ofBlock: block, in: bytes)
  }

  /// The next bit of a bitmap's byte that is set; false where none is, and where it is one too many, which is only counted: the
  /// count is compared at the block's end.
  @inline(__always)
  private mutating func nextBit(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    if place.bit == 0, next == rowEnd { rowEnd &+= tensor.shape.rowElementCount }
    offset = place.byte
    let rest = UInt32(truncatingIfNeeded: bytes[offset]) &>> UInt32(truncatingIfNeeded: place.bit)
    guard rest != 0 else {
      next = min(next &+ 8 &- place.bit, rowEnd)
      place = BitOffset(byte: offset &+ 1, bit: 0)
      return false
    }
    let skipped = rest.trailingZeroBitCount
    element = next &+ skipped
    guard element < rowEnd else { throw error(.paddingNotZero, at: offset, tensor) }
    place.advance(skipped &+ 1)
    next = element &+ 1
    ordinal &+= 1
    return ordinal <= endOrdinal
  }

  /// The next gap or index.
  @inline(__always)
  private mutating func nextGap(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    offset = place.byte
    element = next
    switch tensor.encoding.positionNumber {
    case PositionKind.indicesU16.rawValue:
      // A block is a row.
      element = elementEnd &- tensor.shape.rowElementCount &+ Int(truncatingIfNeeded: bytes.u16(at: offset))
      place.byte &+= 2
    case PositionKind.gapsU8.rawValue: try nextGapU8(tensor, bytes)
    default: try nextGapRice(tensor, bytes)
    }
    guard element < elementEnd else { throw error(.positionOutOfRange, at: offset, tensor) }
    guard element >= next else { throw error(.positionOrder, at: offset, tensor) }
    next = element &+ 1
    ordinal &+= 1
  }

  @inline(__always)
  private mutating func nextGapU8(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    var gap = 255
    while gap == 255 {
      // A 255 at the end, or no byte at all: then `offset` is the end.
      guard place.byte < endOffset else { throw error(.positionCountMismatch, at: offset, tensor) }
      offset = place.byte
      gap = Int(truncatingIfNeeded: bytes[offset])
      place.byte &+= 1
      element &+= gap
      guard element <= elementEnd else { throw error(.positionOutOfRange, at: offset, tensor) }
    }
  }

  @inline(__always)
  private mutating func nextGapRice(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    let riceBits = tensor.encoding.riceBits
    // The unary part, which is short: a bit at a time, and not beyond the one that is 0.
    var place = place
    while true {
      guard place.byte < endOffset else { throw error(.positionCountMismatch, at: endOffset, tensor) }
      let bit = Int(truncatingIfNeeded: bytes[place.byte]) &>> place.bit & 1
      // At most 2^24 beyond the block's size, so the sum stays small.
      element &+= bit &<< riceBits
      guard element < elementEnd else { throw error(.positionOutOfRange, at: offset, tensor) }
      if bit == 0 { break }
      place.advance(1)
    }
    // The low bits, behind the one that is 0.
    var end = place
    end.advance(riceBits &+ 1)
    guard end.byte &+ (end.bit &+ 7) &>> 3 <= endOffset else {
      throw error(.positionCountMismatch, at: endOffset, tensor)
    }
    element &+= Int(truncatingIfNeeded: bytes.bits(at: place, width: riceBits &+ 1) &>> 1)
    self.place = end
  }

  /// Checks what is behind the block's last position.
  @inline(__always)
  private mutating func checkEnd(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    if place.bit != 0 {
      guard bytes[place.byte] &>> UInt8(truncatingIfNeeded: place.bit) == 0 else {
        throw error(.paddingNotZero, at: place.byte, tensor)
      }
      place = BitOffset(byte: place.byte &+ 1, bit: 0)
    }
    guard place.byte == endOffset, ordinal == endOrdinal else {
      throw error(.positionCountMismatch, at: place.byte, tensor)
    }
  }

  private func error(_ code: FormatError.Code, at offset: Int, _ tensor: @_addressable Tensor) -> FormatError {
    FormatError(code, at: offset, tensor: tensor.record.index)
  }
}
