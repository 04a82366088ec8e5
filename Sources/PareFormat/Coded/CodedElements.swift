/// Reads the stored elements of some blocks of an entropy-coded tensor, one after the other (spec section 9).
///
/// The reference for faster ways, and the way of a microcontroller: below 4 KB, no heap. It cannot fail; what is wrong with
/// the streams is found out by `checkEnd` behind the last element.
struct CodedElements {
  /// A stored element: its index in the tensor, and the bits of its float, code or index.
  struct Stored {
    let element: Int
    let field: UInt32
  }

  private let tensor: Tensor
  private let description: CodedDescription
  private let isSparse: Bool
  private let hasPositionClasses: Bool
  private let rowElementCount: Int
  private let blockRows: Int
  private let endBlock: Int

  // The block, and in it the segment: its first row, the elements from the next one on.
  private var block: Int
  private var blockEndRow = 0
  private var segmentEndRow = 0
  private var next = 0
  private var segmentEnd = 0

  private var streams = CodedStreamReaders()
  private var tables = SymbolTables()
  private var maskTables = BitTables()
  private var bitTables = BitTables()
  private var lowBits = LowBitsReader()

  // The stored elements of the mask's last symbol that are yet to come, and the symbol's place in its segment.
  private var pending: UInt8 = 0
  private var pendingStart = 0
  private var position = 0

  // The codes of one bit that were read together.
  private var bits = 0
  private var bitCount = 0

  /// The stored elements so far.
  private(set) var storedCount = 0

  /// Whether bits behind a segment are set, and where the first raw byte is that is no symbol.
  private var hasExcessMask = false
  private var hasExcessBits = false
  private var badSymbolOffset = -1

  /// Starts at the first element of the first of `blocks`. Precondition: there are such blocks.
  init(
    _ tensor: Tensor, _ coded: CodedParameters, _ description: CodedDescription, blocks: Range<Int>,
    _ bytes: Span<UInt8>
  ) {
    self.tensor = tensor
    self.description = description
    isSparse = coded.nnz != nil
    hasPositionClasses = description.streams[0].positionClassCount > 1
    rowElementCount = tensor.shape.rowElementCount
    blockRows = coded.blockRows(of: tensor.shape)
    block = blocks.lowerBound
    endBlock = blocks.upperBound
    enterBlock(bytes)
  }

  /// The next stored element, nil behind the last.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>) -> Stored? {
    while true {
      if pending != 0 {
        let element = pendingStart &+ pending.trailingZeroBitCount
        pending &= pending &- 1
        return stored(element, bytes)
      }
      if next == segmentEnd {
        if !enterNextSegment(bytes) { return nil }
        continue
      }
      if isSparse {
        readMask(bytes)
      } else {
        next &+= 1
        return stored(next &- 1, bytes)
      }
    }
  }

  @inline(__always)
  private mutating func stored(_ element: Int, _ bytes: Span<UInt8>) -> Stored {
    storedCount &+= 1
    return Stored(element: element, field: field(bytes))
  }

  private mutating func enterBlock(_ bytes: Span<UInt8>) {
    for index in 0..<description.streamCount {
      streams.enter(
        index, description.streams[index], description.range(ofStream: index, block: block, bytes))
    }
    if description.hasLowBits {
      lowBits = LowBitsReader(description.range(ofStream: description.streamCount, block: block, bytes))
    }
    let row = block &* blockRows
    blockEndRow = min(row &+ blockRows, tensor.shape.rows)
    segmentEndRow = row
    enterSegment(bytes)
  }

  /// Goes on to the next segment, perhaps of the next block; false behind the last.
  private mutating func enterNextSegment(_ bytes: Span<UInt8>) -> Bool {
    hasExcessBits = hasExcessBits || bits != 0
    bits = 0
    bitCount = 0
    if segmentEndRow < blockEndRow {
      enterSegment(bytes)
      return true
    }
    guard block &+ 1 < endBlock else { return false }
    block &+= 1
    enterBlock(bytes)
    return true
  }

  private mutating func enterSegment(_ bytes: Span<UInt8>) {
    let row = segmentEndRow
    segmentEndRow = description.segmentRowsLog2.map { min(row &+ 1 &<< $0, blockEndRow) } ?? blockEndRow
    next = row &* rowElementCount
    segmentEnd = segmentEndRow &* rowElementCount
    position = 0
    let segment = description.segmentRowsLog2.map { row &>> $0 } ?? block
    for index in 0..<description.streamCount { loadTable(index, segment, bytes) }
  }

  /// Loads the tables of a segment's class.
  private mutating func loadTable(_ index: Int, _ segment: Int, _ bytes: Span<UInt8>) {
    let stream = description.streams[index]
    guard stream.laneCount > 0 else { return }
    let number = stream.segmentClass(segment, bytes)
    guard streams.needsTable(index, number) else { return }
    // The description has been checked when the tensor was validated.
    guard var cursor = try? stream.tableCursor(ofClass: number, bytes) else { return }
    switch stream.symbols {
    case .mask:
      if let read = try? BitTables(stream.positionClassCount, precision: stream.precision, &cursor, bytes) {
        maskTables = read
      }
    case .bits:
      if let read = try? BitTables(1, precision: stream.precision, &cursor, bytes) { bitTables = read }
    default:
      try? tables.load(index &- (isSparse ? 1 : 0), stream.symbols, precision: stream.precision, &cursor, bytes)
    }
  }

  private mutating func readMask(_ bytes: Span<UInt8>) {
    var symbol = 0
    if streams.isRaw(0) {
      symbol = streams.rawSymbol(0, bytes)
    } else {
      let slot = streams.slot(0, bytes)
      let found = maskTables.find(slot, table: positionClass(bytes))
      streams.advance(0, slot, start: found.start, frequency: found.frequency, bytes)
      symbol = found.symbol
    }
    position &+= 1
    let count = min(8, segmentEnd &- next)
    hasExcessMask = hasExcessMask || symbol &>> count != 0
    pending = UInt8(truncatingIfNeeded: symbol & (1 &<< count &- 1))
    pendingStart = next
    next &+= count
  }

  /// The class of the next mask symbol's position.
  @inline(__always)
  private func positionClass(_ bytes: Span<UInt8>) -> Int {
    hasPositionClasses ? description.streams[0].positionClass(position, bytes) : 0
  }

  /// The next code of one bit.
  private mutating func bit(_ bytes: Span<UInt8>) -> UInt32 {
    let index = isSparse ? 1 : 0
    if bitCount == 0 {
      if streams.isRaw(index) {
        bits = streams.rawSymbol(index, bytes)
      } else {
        let slot = streams.slot(index, bytes)
        let found = bitTables.find(slot, table: 0)
        streams.advance(index, slot, start: found.start, frequency: found.frequency, bytes)
        bits = found.symbol
      }
      bitCount = 8
    }
    let bit = UInt32(truncatingIfNeeded: bits & 1)
    bits = bits &>> 1
    bitCount &-= 1
    return bit
  }

  /// The next symbol of stream `plane` behind the mask.
  @inline(__always)
  private mutating func symbol(_ plane: Int, _ bytes: Span<UInt8>) -> Int {
    let index = isSparse ? plane &+ 1 : plane
    if streams.isRaw(index) { return rawSymbol(index, bytes) }
    let slot = streams.slot(index, bytes)
    let found = tables.find(slot, plane)
    streams.advance(index, slot, start: found.start, frequency: found.frequency, bytes)
    return found.symbol
  }

  private mutating func rawSymbol(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    let symbol = streams.rawSymbol(index, bytes)
    let count = description.streams[index].symbols.count
    guard symbol >= count else { return symbol }
    if badSymbolOffset < 0 { badSymbolOffset = streams.previousOffset(index) }
    return count &- 1
  }

  /// The bits of the next stored element.
  @inline(__always)
  private mutating func field(_ bytes: Span<UInt8>) -> UInt32 {
    switch tensor.encoding.element {
    case .f32: return floatBits(planes: 4, bytes)
    case .f16, .bf16: return floatBits(planes: 2, bytes)
    case .codebook(let codebook):
      return codebook.bitWidth == 1 ? bit(bytes) : UInt32(truncatingIfNeeded: symbol(0, bytes))
    case .affine(let affine):
      if affine.bitWidth == 1 { return bit(bytes) }
      let above = symbol(0, bytes) &- CodeBuckets.half(affine.bitWidth)
      var magnitude = above < 0 ? -1 &- above : above
      if affine.bitWidth > 8 {
        magnitude = CodeBuckets.base(magnitude) &+ lowBits.next(CodeBuckets.lowBits(magnitude), bytes)
      }
      let code = above < 0 ? -1 &- magnitude : magnitude
      return UInt32(truncatingIfNeeded: code) & (1 &<< UInt32(truncatingIfNeeded: affine.bitWidth) &- 1)
    }
  }

  private mutating func floatBits(planes: Int, _ bytes: Span<UInt8>) -> UInt32 {
    // The first plane has the sign in its lowest bit.
    let top = symbol(0, bytes)
    var bits = UInt32(truncatingIfNeeded: top &>> 1 | (top & 1) &<< 7)
    for plane in 1..<planes { bits = bits &<< 8 | UInt32(truncatingIfNeeded: symbol(plane, bytes)) }
    return bits
  }

  /// Throws what is wrong with the streams of the last block, once its elements have been read (spec section 11).
  func checkEnd(_ bytes: Span<UInt8>) throws(FormatError) {
    let number = tensor.record.index
    for index in 0..<description.streamCount {
      try streams.checkEnd(index, tensor: number)
      let isExcess = description.streams[index].symbols == .mask ? hasExcessMask : hasExcessBits
      if description.streams[index].symbols.isBits, isExcess {
        throw FormatError(.paddingNotZero, at: streams.start(index), tensor: number)
      }
      if index == (isSparse ? 1 : 0), badSymbolOffset >= 0 {
        throw FormatError(.codeOutOfRange, at: badSymbolOffset, tensor: number)
      }
    }
    if description.hasLowBits { try lowBits.checkEnd(tensor: number, bytes) }
  }
}
