/// Reads the stored elements of some blocks of an entropy-coded tensor, one after the other (spec section 9).
///
/// The reference for faster ways, and the way of a microcontroller: about 4 KB, no heap. Those are filled in place: a stack would
/// hold each copy. Reading cannot fail; what is wrong with the streams is found out by `checkEnd` behind a block's last element.
struct CodedElements {
  /// A stored element: its index in the tensor, and the bits of its float, code or index.
  struct Stored {
    let element: Int
    let field: UInt32
  }

  // What is needed of the tensor: the kind and bits of an element, and its rows.
  private let elementKind: ElementKind
  private let bitWidth: Int
  private let rows: Int
  private let rowElementCount: Int
  private let blockRows: Int

  /// The stream behind the mask: 0 without one.
  private let firstStream: Int

  // All that follows starts as 0, and has no padding, so that a microcontroller clears it with one call.

  /// What the coded part says about itself.
  private(set) var description = CodedDescription()

  // The blocks that are yet to be entered, and in the current one the segment: its first row, the elements from the next one on.
  private var nextBlock = 0
  private var endBlock = 0
  private var block = 0
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
  private var pending = 0
  private var pendingStart = 0
  private var position = 0

  // The codes of one bit that were read together.
  private var bits = 0
  private var bitCount = 0

  /// The stored elements so far.
  private(set) var storedCount = 0

  /// The bits behind segments, or-ed, and where the first raw byte is that is no symbol; 0 where none is.
  private var excessMask = 0
  private var excessBits = 0
  private var badSymbolOffset = 0

  /// Has no blocks before `open` and `enter`. Precondition: the tensor is entropy coded.
  ///
  /// An initializer that only sets fields is not built beside its place.
  @inline(__always)
  init(_ tensor: Tensor) {
    elementKind = tensor.encoding.elementKind
    bitWidth = tensor.encoding.bitWidth
    rows = tensor.shape.rows
    rowElementCount = tensor.shape.rowElementCount
    blockRows = tensor.encoding.blockRows(of: tensor.shape)
    firstStream = tensor.encoding.isSparse ? 1 : 0
  }

  /// Reads and checks the description.
  @inline(never)
  mutating func open(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    try description.parse(tensor, bytes)
    if description.streams[0].symbols.isBits { order.fill() }
  }

  /// Goes before the first element of the first of `blocks`, which are of the tensor.
  mutating func enter(blocks: Range<Int>) {
    nextBlock = blocks.lowerBound
    endBlock = blocks.upperBound
  }

  /// Goes before the blocks that hold `rows` of a tensor that has been validated. Precondition: there are such rows.
  @inline(never)
  mutating func open(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    // A description that has been validated is in order.
    try? open(tensor, bytes)
    enter(blocks: tensor.encoding.blocks(of: rows))
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
      if firstStream > 0 {
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
    block = nextBlock
    nextBlock &+= 1
    for index in 0..<description.streamCount {
      streams[index].enter(description.streams[index], description.range(ofStream: index, block: block, bytes))
    }
    if description.hasLowBits {
      lowBits = LowBitsReader(description.range(ofStream: description.streamCount, block: block, bytes))
    }
    let row = block &* blockRows
    blockEndRow = min(row &+ blockRows, rows)
    segmentEndRow = row
    enterSegment(bytes)
  }

  /// Goes on to the next segment, perhaps of the next block; false behind the last.
  @inline(never)
  private mutating func enterNextSegment(_ bytes: Span<UInt8>) -> Bool {
    excessBits |= bits
    bits = 0
    bitCount = 0
    if segmentEndRow < blockEndRow {
      enterSegment(bytes)
      return true
    }
    guard nextBlock < endBlock else { return false }
    enterBlock(bytes)
    return true
  }

  private mutating func enterSegment(_ bytes: Span<UInt8>) {
    let row = segmentEndRow
    let power = description.segmentRowsPower
    let isWhole = power == CodedDescription.wholeBlock
    segmentEndRow = isWhole ? blockEndRow : min(row &+ 1 &<< power, blockEndRow)
    next = row &* rowElementCount
    segmentEnd = segmentEndRow &* rowElementCount
    position = 0
    let segment = isWhole ? block : row &>> power
    for index in 0..<description.streamCount { loadTable(index, segment, bytes) }
  }

  /// Loads the tables of a segment's class.
  private mutating func loadTable(_ index: Int, _ segment: Int, _ bytes: Span<UInt8>) {
    let stream = description.streams[index]
    guard stream.laneCount > 0 else { return }
    let number = stream.segmentClass(segment, bytes)
    guard streams[index].needsTable(number) else { return }
    // The description has been checked when the tensor was validated.
    var cursor = stream.tableCursor
    do {
      try stream.moveToTable(ofClass: number, &cursor, bytes)
      if stream.symbols.isBits {
        let first = stream.symbols.areMask ? 0 : BitTables.ofCodes
        try bitTables.load(first..<first &+ stream.positionClassCount, precision: stream.precision, &cursor, bytes)
      } else {
        try tables.load(index &- firstStream, stream.symbols, precision: stream.precision, &cursor, bytes)
      }
    } catch {}
  }

  private mutating func readMask(_ bytes: Span<UInt8>) {
    // The class of the symbol's position.
    let table =
      description.streams[0].positionClassCount > 1 ? description.streams[0].positionClass(position, bytes) : 0
    let symbol = symbol(0, table: table, bytes)
    position &+= 1
    let count = min(8, segmentEnd &- next)
    excessMask |= symbol &>> count
    pending = symbol & (1 &<< count &- 1)
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
    precondition(index >= 0 && index < 5)
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
    if badSymbolOffset == 0 { badSymbolOffset = streams[index].previousOffset }
    return count &- 1
  }

  /// The bits of the next stored element.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  private mutating func field(_ bytes: Span<UInt8>) -> UInt32 {
    let width = bitWidth
    if elementKind.rawValue <= ElementKind.bf16.rawValue {
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
    if elementKind == .codebook { return UInt32(truncatingIfNeeded: symbol) }
    let above = symbol &- CodeBuckets.half(width)
    var magnitude = above < 0 ? -1 &- above : above
    if width > 8 { magnitude = CodeBuckets.base(magnitude) &+ lowBits.next(CodeBuckets.lowBits(magnitude), bytes) }
    let code = above < 0 ? -1 &- magnitude : magnitude
    return UInt32(truncatingIfNeeded: code) & (1 &<< UInt32(truncatingIfNeeded: width) &- 1)
  }

  /// Where stream `index` of the block starts in the container.
  mutating func start(ofStream index: Int) -> Int { streams[index].start }

  /// Throws what is wrong with the streams of the last block, once its elements have been read (spec section 11).
  mutating func checkEnd(_ tensor: Int, _ bytes: Span<UInt8>) throws(FormatError) {
    for index in 0..<description.streamCount {
      if let offset = streams[index].errorOffset() { throw FormatError(.badStream, at: offset, tensor: tensor) }
      // Only streams of bit symbols have bits behind a segment.
      if index < firstStream ? excessMask != 0 : excessBits != 0 {
        throw FormatError(.paddingNotZero, at: streams[index].start, tensor: tensor)
      }
      if index == firstStream, badSymbolOffset > 0 {
        throw FormatError(.codeOutOfRange, at: badSymbolOffset, tensor: tensor)
      }
    }
    if description.hasLowBits { try lowBits.checkEnd(tensor: tensor, bytes) }
  }
}
