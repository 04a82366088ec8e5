/// Reads the stored elements of some blocks of an entropy-coded tensor, up to 128 elements at a time (spec section 9).
///
/// The reference for faster ways, and the way of a microcontroller: about 7 KB, no heap. Those are filled in place: a stack would
/// hold each copy. Reading cannot fail; what is wrong with the streams is found out by `checkEnd` behind a block's last element.
struct CodedElements {
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

  /// The elements that were read last.
  var chunk: CodedChunk

  /// The symbols of a mask, and of a plane.
  private var maskSymbols = MaskSymbols(repeating: 0)
  private var planeSymbols = CodedChunk.Fields(repeating: 0)

  typealias MaskSymbols = InlineArray<16, UInt8>

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

  /// The classes whose tables are loaded, and 1; 0 for none: those of the mask, then those of `tables`, or of codes of one bit.
  private var classes = InlineArray<5, Int>(repeating: 0)
  private var bitTables = BitTables()
  private var order = BitOrder()
  private var lowBits = LowBitsReader()

  /// The place of the next mask symbol in its segment.
  private var position = 0

  // The codes of one bit that were read together.
  private var bits: UInt32 = 0
  private var bitCount = 0

  /// The stored elements so far.
  private(set) var storedCount = 0

  /// The bits behind segments, or-ed.
  private var excessMask: UInt32 = 0
  private var excessBits: UInt32 = 0

  /// Has no blocks before `open` and `enter`. Precondition: the tensor is entropy coded.
  ///
  /// An initializer that only sets fields is not built beside its place.
  @inline(__always)
  init(_ tensor: @_addressable Tensor) {
    elementKind = tensor.encoding.elementKind
    bitWidth = tensor.encoding.bitWidth
    rows = tensor.shape.rows
    rowElementCount = tensor.shape.rowElementCount
    blockRows = tensor.encoding.blockRows(of: tensor.shape)
    firstStream = tensor.encoding.isSparse ? 1 : 0
    chunk = CodedChunk(tensor.encoding)
  }

  /// Reads and checks the description.
  @inline(never)
  mutating func open(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
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
  mutating func open(_ tensor: @_addressable Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    // A description that has been validated is in order.
    try? open(tensor, bytes)
    enter(blocks: tensor.encoding.blocks(of: rows))
  }

  /// Goes on to the next elements, which are of one segment and perhaps none of them stored; false behind the last.
  @inline(never)
  mutating func advance(_ bytes: Span<UInt8>) -> Bool {
    while next == segmentEnd { if !enterNextSegment(bytes) { return false } }
    chunk.first = next
    let elements = min(chunk.fields.count, segmentEnd &- next)
    next &+= elements
    readMasks(elements, bytes)
    storedCount &+= chunk.count
    if chunk.count > 0 { readFields(bytes) }
    return true
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

  /// Loads the tables of a segment's class, where they are not those that are loaded.
  private mutating func loadTable(_ index: Int, _ segment: Int, _ bytes: Span<UInt8>) {
    guard description.streams[index].laneCount > 0 else { return }
    let number = description.streams[index].segmentClass(segment, bytes)
    // A stream of codes or indices has room for four classes: the rows of a tensor often go back to one.
    let hasRoom = description.streamCount &- firstStream == 1 && !description.streams[index].symbols.isBits
    let table = hasRoom ? number & 3 : index &- firstStream
    streams[index].table = table
    guard classes[table &+ 1] != number &+ 1 else { return }
    classes[table &+ 1] = number &+ 1
    // The description has been checked when the tensor was validated.
    let stream = description.streams[index]
    var cursor = stream.tableCursor
    do {
      try stream.moveToTable(ofClass: number, &cursor, bytes)
      if stream.symbols.isBits {
        let first = stream.symbols.areMask ? 0 : BitTables.ofCodes
        try bitTables.load(first..<first &+ stream.positionClassCount, precision: stream.precision, &cursor, bytes)
      } else {
        try tables.load(table, stream.symbols, precision: stream.precision, &cursor, bytes)
      }
    } catch {}
  }

  /// Reads which of the next elements are stored.
  private mutating func readMasks(_ elements: Int, _ bytes: Span<UInt8>) {
    let isDense = firstStream == 0
    if !isDense {
      let symbolCount = (elements &+ 7) &>> 3
      maskSymbols = MaskSymbols(repeating: 0)
      if description.streams[0].positionClassCount > 1 {
        for index in 0..<symbolCount {
          let table = description.streams[0].positionClass(position &+ index, bytes)
          maskSymbols[index] = UInt8(truncatingIfNeeded: table)
        }
      }
      position &+= symbolCount
      streams[0].read(symbolCount, &bitTables, &order, bytes, into: &maskSymbols)
    }
    chunk.count = 0
    var left = elements
    for index in chunk.masks.indices {
      // Bits behind the last element are none of the mask.
      var mask: UInt32 = left <= 0 ? 0 : ~0 &>> UInt32(truncatingIfNeeded: 32 &- min(left, 32))
      left &-= 32
      if !isDense {
        let read = maskSymbols.span.u32(at: 4 &* index)
        if left < 0 { excessMask |= read & ~mask }
        mask &= read
      }
      chunk.masks[index] = mask
      chunk.count &+= mask.nonzeroBitCount
    }
  }

  /// Reads the fields of the stored elements.
  @inline(__always)
  private mutating func readFields(_ bytes: Span<UInt8>) {
    if bitWidth == 1 { return readBits(bytes) }
    if elementKind.rawValue <= ElementKind.bf16.rawValue { return readPlanes(bytes) }
    streams[firstStream].read(chunk.count, &tables, bytes, into: &chunk.fields)
    if bitWidth > 8 {
      for index in 0..<chunk.count { chunk.fields[index] = code(ofSymbol: chunk.fields[index], bytes) }
    }
  }

  /// Reads fields of floats.
  private mutating func readPlanes(_ bytes: Span<UInt8>) {
    for plane in 0..<bitWidth &>> 3 {
      streams[firstStream &+ plane].read(chunk.count, &tables, bytes, into: &planeSymbols)
      for index in 0..<chunk.count {
        var symbol = planeSymbols[index] &- 1
        // The first plane has the sign in its lowest bit.
        if plane == 0 { symbol = symbol &>> 1 | (symbol & 1) &<< 7 }
        chunk.fields[index] = chunk.fields[index] &<< 8 | symbol
      }
    }
  }

  /// The code of more than 8 bits whose symbol is the one before `symbol`.
  private mutating func code(ofSymbol symbol: UInt32, _ bytes: Span<UInt8>) -> UInt32 {
    let above = symbol &- UInt32(truncatingIfNeeded: CodeBuckets.half(bitWidth) &+ 1)
    // All bits are 1 below the middle, where -1 - m is the complement of m.
    let sign = UInt32(bitPattern: Int32(bitPattern: above) &>> 31)
    let bucket = Int(truncatingIfNeeded: above ^ sign)
    let magnitude = CodeBuckets.base(bucket) &+ lowBits.next(CodeBuckets.lowBits(bucket), bytes)
    return UInt32(truncatingIfNeeded: magnitude) ^ sign
  }

  /// Reads fields of one bit.
  private mutating func readBits(_ bytes: Span<UInt8>) {
    for index in 0..<chunk.count {
      if bitCount == 0 {
        maskSymbols[0] = UInt8(truncatingIfNeeded: BitTables.ofCodes)
        streams[firstStream].read(1, &bitTables, &order, bytes, into: &maskSymbols)
        bits = UInt32(truncatingIfNeeded: maskSymbols[0])
        bitCount = 8
      }
      chunk.fields[index] = bits & 1
      bits = bits &>> 1
      bitCount &-= 1
    }
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
      let badSymbol = streams[index].badSymbolOffset
      if badSymbol > 0 { throw FormatError(.codeOutOfRange, at: badSymbol, tensor: tensor) }
    }
    if description.hasLowBits { try lowBits.checkEnd(tensor: tensor, bytes) }
  }
}
