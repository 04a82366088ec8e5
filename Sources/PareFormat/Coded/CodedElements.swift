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

  /// The stream behind the mask.
  private let firstStream: Int
  private let rowElementCount: Int
  private let blockRows: Int
  private let endBlock: Int

  // The block, and in it the segment: its first row, the elements from the next one on.
  private var block: Int
  private var blockEndRow = 0
  private var segmentEndRow = 0
  private var next = 0
  private var segmentEnd = 0

  private var streams = InlineArray<5, CodedStreamReader>(repeating: CodedStreamReader())
  private var tables = SymbolTables()
  private var bitTables = BitTables()
  private var order = BitOrder()
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

  /// Starts at the first element of the first of `blocks`, which are of the tensor.
  @inline(__always)
  init(
    _ tensor: Tensor, _ description: CodedDescription, blocks: Range<Int>
  ) {
    self.tensor = tensor
    self.description = description
    isSparse = tensor.encoding.isSparse
    firstStream = isSparse ? 1 : 0
    hasPositionClasses = description.streams[0].positionClassCount > 1
    rowElementCount = tensor.shape.rowElementCount
    blockRows = tensor.encoding.blockRows(of: tensor.shape)
    // The first call of `next` enters the first block: an initializer that only sets fields is not built beside its place.
    block = blocks.lowerBound &- 1
    endBlock = blocks.upperBound
  }

  /// Reads the blocks that hold `rows` of a tensor that has been validated. Preconditions: the tensor is entropy coded, and there
  /// are such rows.
  ///
  /// Not an optional: these are 4 KB, and a microcontroller's stack would hold each copy.
  init(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    // A description that has been validated is in order; without one there would be no blocks.
    let description = try? CodedDescription.parse(tensor, bytes)
    self.init(
      tensor, description ?? CodedDescription(), blocks: description == nil ? 0..<0 : tensor.encoding.blocks(of: rows))
  }

  /// The next stored element, nil behind the last.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
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

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  private mutating func stored(_ element: Int, _ bytes: Span<UInt8>) -> Stored {
    storedCount &+= 1
    return Stored(element: element, field: field(bytes))
  }

  private mutating func enterBlock(_ bytes: Span<UInt8>) {
    for index in 0..<description.streamCount {
      streams[index].enter(description.streams[index], description.range(ofStream: index, block: block, bytes))
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
    guard streams[index].needsTable(number) else { return }
    // The description has been checked when the tensor was validated.
    guard var cursor = try? stream.tableCursor(ofClass: number, bytes) else { return }
    if stream.symbols.isBits {
      let first = stream.symbols == .mask ? 0 : BitTables.ofCodes
      try? bitTables.load(first..<first &+ stream.positionClassCount, precision: stream.precision, &cursor, bytes)
    } else {
      try? tables.load(index &- firstStream, stream.symbols, precision: stream.precision, &cursor, bytes)
    }
  }

  private mutating func readMask(_ bytes: Span<UInt8>) {
    // The class of the symbol's position.
    let table = hasPositionClasses ? description.streams[0].positionClass(position, bytes) : 0
    let symbol = symbol(0, table: table, bytes)
    position &+= 1
    let count = min(8, segmentEnd &- next)
    hasExcessMask = hasExcessMask || symbol &>> count != 0
    pending = UInt8(truncatingIfNeeded: symbol & (1 &<< count &- 1))
    pendingStart = next
    next &+= count
  }

  /// The next code of one bit.
  private mutating func bit(_ bytes: Span<UInt8>) -> UInt32 {
    if bitCount == 0 {
      bits = symbol(firstStream, table: BitTables.ofCodes, bytes)
      bitCount = 8
    }
    let bit = UInt32(truncatingIfNeeded: bits & 1)
    bits = bits &>> 1
    bitCount &-= 1
    return bit
  }

  /// The next symbol of stream `index`; `table` is that of a bit symbol, else -1.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  private mutating func symbol(_ index: Int, table: Int = -1, _ bytes: Span<UInt8>) -> Int {
    if streams[index].isRaw { return rawSymbol(index, bytes) }
    let slot = streams[index].slot(bytes)
    let found = table < 0 ? tables.find(slot, index &- firstStream) : bitTables.find(slot, table: table, &order)
    streams[index].advance(slot, start: found.start, frequency: found.frequency, bytes)
    return found.symbol
  }

  private mutating func rawSymbol(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    let symbol = streams[index].rawSymbol(bytes)
    let count = description.streams[index].symbols.count
    guard symbol >= count else { return symbol }
    if badSymbolOffset < 0 { badSymbolOffset = streams[index].previousOffset }
    return count &- 1
  }

  /// The bits of the next stored element.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  private mutating func field(_ bytes: Span<UInt8>) -> UInt32 {
    let width = tensor.encoding.bitWidth
    if tensor.encoding.isFloat {
      // The first plane has the sign in its lowest bit.
      let top = symbol(firstStream, bytes)
      var bits = UInt32(truncatingIfNeeded: top &>> 1 | (top & 1) &<< 7)
      for plane in 1..<width &>> 3 {
        bits = bits &<< 8 | UInt32(truncatingIfNeeded: symbol(firstStream &+ plane, bytes))
      }
      return bits
    }
    if width == 1 { return bit(bytes) }
    let symbol = symbol(firstStream, bytes)
    if tensor.encoding.elementKind == .codebook { return UInt32(truncatingIfNeeded: symbol) }
    let above = symbol &- CodeBuckets.half(width)
    var magnitude = above < 0 ? -1 &- above : above
    if width > 8 { magnitude = CodeBuckets.base(magnitude) &+ lowBits.next(CodeBuckets.lowBits(magnitude), bytes) }
    let code = above < 0 ? -1 &- magnitude : magnitude
    return UInt32(truncatingIfNeeded: code) & (1 &<< UInt32(truncatingIfNeeded: width) &- 1)
  }

  /// Throws what is wrong with the streams of the last block, once its elements have been read (spec section 11).
  mutating func checkEnd(_ bytes: Span<UInt8>) throws(FormatError) {
    for index in 0..<description.streamCount {
      if let offset = streams[index].errorOffset() { throw tensor.error(.badStream, at: offset) }
      let symbols = description.streams[index].symbols
      if symbols.isBits, symbols == .mask ? hasExcessMask : hasExcessBits {
        throw tensor.error(.paddingNotZero, at: streams[index].start)
      }
      if index == firstStream, badSymbolOffset >= 0 {
        throw tensor.error(.codeOutOfRange, at: badSymbolOffset)
      }
    }
    if description.hasLowBits { try lowBits.checkEnd(tensor: tensor.record.index, bytes) }
  }
}
