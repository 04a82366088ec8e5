/// Reads the stored elements of some blocks of an entropy-coded tensor, up to 512 elements at a time (spec section 9).
///
/// The reference for faster ways, and the way of a microcontroller: about 6 KB, no heap. Those are filled in place: a stack would
/// hold each copy. Reading cannot fail; what is wrong with the streams is found out by `checkEnd` behind a block's last element.
struct CodedElements {
  // All starts as 0, and has no padding, so that a microcontroller clears it with one call.

  // What is needed of the tensor: the bits of an element, and its rows.
  private var bitWidth = 0
  private var rows = 0
  private var rowElementCount = 0
  private var blockRows = 0

  /// Whether elements are floats.
  private var areFloats = 0

  /// The most elements of a chunk.
  private var capacity = 0

  /// The stream behind the mask: 0 without one.
  private var firstStream = 0

  // The blocks that are yet to be entered, and in the current one the segment: the elements from the next one on, and its end.
  private var nextBlock = 0
  private var endBlock = 0
  private var blockEndRow = 0
  private var segmentEndRow = 0
  private var next = 0
  private var segmentEnd = 0

  /// The codes of one bit that were read together and are left, and a 1 above them.
  private var bits = 0

  /// The stored elements so far.
  private(set) var storedCount = 0

  /// The bits behind segments, or-ed.
  private var excessMask = 0
  private var excessBits = 0

  /// The classes whose tables are loaded, and 1; 0 for none: those of the mask, then those of symbols, or of codes of one bit.
  private var classes = InlineArray<5, Int>(repeating: 0)

  /// What the coded part says about itself.
  private(set) var description = CodedDescription()

  /// The elements that were read last.
  var chunk = CodedChunk()

  private var streams = InlineArray<5, CodedStreamReader>(repeating: CodedStreamReader())
  private var tables = CodedTables()

  /// Has no blocks before `open` and `enter`.
  init() {}

  /// Reads and checks the description. Precondition: the tensor is entropy coded.
  @inline(never)
  static func open(
    _ elements: inout CodedElements, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    elements.bitWidth = tensor.encoding.bitWidth
    elements.areFloats = tensor.encoding.isFloat ? 1 : 0
    elements.rows = tensor.shape.rows
    elements.rowElementCount = tensor.shape.rowElementCount
    elements.blockRows = tensor.encoding.blockRows(of: tensor.shape)
    elements.firstStream = tensor.encoding.isSparse ? 1 : 0
    elements.capacity = CodedChunk.capacity(elements.bitWidth)
    try elements.description.parse(tensor, &elements.tables, bytes)
    if elements.description.streams[0].symbols.isBits { elements.tables.fillOrder() }
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
    try? Self.open(&self, tensor, bytes)
    enter(blocks: tensor.encoding.blocks(of: rows))
  }

  /// Goes on to the next elements, which are of one segment and perhaps none of them stored; false behind the last.
  @inline(never)
  static func advance(_ elements: inout CodedElements, _ bytes: Span<UInt8>) -> Bool {
    while elements.next == elements.segmentEnd { if !enterSegment(&elements, bytes) { return false } }
    elements.chunk.begin(
      elements.next, count: min(elements.capacity, elements.segmentEnd &- elements.next))
    elements.readMask(bytes)
    elements.next &+= elements.chunk.elementCount
    elements.storedCount &+= elements.chunk.count
    if elements.chunk.count > 0 { elements.readFields(bytes) }
    return true
  }

  /// Goes on to the next segment, perhaps of the next block; false behind the last.
  @inline(never)
  private static func enterSegment(_ elements: inout CodedElements, _ bytes: Span<UInt8>) -> Bool {
    // Without the 1.
    elements.excessBits |= elements.bits & (elements.bits &- 1)
    elements.bits = 0
    if elements.segmentEndRow == elements.blockEndRow {
      if elements.nextBlock == elements.endBlock { return false }
      elements.enterBlock(bytes)
    }
    let row = elements.segmentEndRow
    let power = elements.description.segmentRowsPower
    let isWhole = power == CodedDescription.wholeBlock
    // 2 to the power of a whole block is above all rows.
    let end = min(
      UInt32(truncatingIfNeeded: row) &+ 1 &<< UInt32(truncatingIfNeeded: power),
      UInt32(truncatingIfNeeded: elements.blockEndRow))
    elements.segmentEndRow = Int(truncatingIfNeeded: end)
    elements.next = row &* elements.rowElementCount
    elements.segmentEnd = elements.segmentEndRow &* elements.rowElementCount
    let segment = isWhole ? elements.nextBlock &- 1 : row &>> power
    for index in 0..<elements.description.streamCount { elements.loadTable(index, segment, bytes) }
    return true
  }

  @inline(__always)
  private mutating func enterBlock(_ bytes: Span<UInt8>) {
    segmentEndRow = nextBlock &* blockRows
    blockEndRow = min(segmentEndRow &+ blockRows, rows)
    var number = nextBlock &* description.totalStreamCount
    nextBlock &+= 1
    var start = description.start(ofStream: number, bytes)
    for index in 0..<description.totalStreamCount {
      number &+= 1
      let end = description.start(ofStream: number, bytes)
      // That of low bits is described as raw.
      streams[index].enter(description.streams[index], from: start, to: end)
      start = end
    }
  }

  /// Loads the tables of a segment's class, where they are not those that are loaded.
  @inline(__always)
  private mutating func loadTable(_ index: Int, _ segment: Int, _ bytes: Span<UInt8>) {
    if description.streams[index].laneCount == 0 { return }
    let number = description.streams[index].segmentClass(segment, bytes)
    var place = index
    var table = index &- firstStream
    if description.streams[index].symbols.isBits {
      table = index < firstStream ? 0 : CodedTables.codesOfOneBit
    } else if description.streamCount &- firstStream == 1 {
      // A stream of codes or indices has room for four classes: the rows of a tensor often go back to one.
      table = number & 3
      place = table &+ 1
    }
    streams[index].table = table
    if classes[place] == number &+ 1 { return }
    classes[place] = number &+ 1
    description.streams[index].load(classNumber: number, as: table, into: &tables, bytes)
  }

  /// Reads which of the next elements are stored.
  @inline(__always)
  private mutating func readMask(_ bytes: Span<UInt8>) {
    let symbolCount = (chunk.elementCount &+ 7) &>> 3
    // Bytes of the last word that are not read are 0, and so is the number of the only table.
    for index in 0..<CodedChunk.planes { chunk.symbols[index] = 0 }
    let isDense = firstStream == 0
    if isDense || description.streams[0].positionClassCount > 1 {
      // Segments are rows where positions have classes.
      let position = (next &- (segmentEnd &- rowElementCount)) &>> 3
      var index = 0
      while index < symbolCount {
        let byte = isDense ? 0xFF : description.streams[0].positionClass(position &+ index, bytes)
        chunk.symbols[index] = UInt8(truncatingIfNeeded: byte)
        index &+= 1
      }
    }
    if !isDense {
      Self.read(symbolCount, &self, 0, at: 0, bytes)
    }
    // Bits behind the last element are none of the mask.
    let used = chunk.elementCount & 7
    if used > 0 {
      let mask = chunk.symbols[symbolCount &- 1]
      let excess = mask & 0xFF &<< UInt8(truncatingIfNeeded: used)
      excessMask |= Int(truncatingIfNeeded: excess)
      chunk.symbols[symbolCount &- 1] = mask ^ excess
    }
    chunk.count = 0
    var first = 0
    while first < chunk.elementCount {
      chunk.count &+= chunk.mask(first).nonzeroBitCount
      first &+= 32
    }
  }

  /// Reads the fields of the stored elements.
  @inline(__always)
  private mutating func readFields(_ bytes: Span<UInt8>) {
    var place = CodedChunk.planes
    if bitWidth > 1 {
      var stream = firstStream
      while stream < description.streamCount {
        Self.read(chunk.count, &self, stream, at: place, bytes)
        place &+= capacity
        stream &+= 1
      }
    }
    let isFloat = areFloats != 0
    // Symbols that are codes or indices.
    if !isFloat, bitWidth > 1, bitWidth <= 8 { return }
    var index = CodedChunk.planes
    while index < CodedChunk.planes &+ chunk.count {
      var symbol = Int(truncatingIfNeeded: chunk.symbols[index])
      if isFloat {
        // The first plane has the sign in its lowest bit.
        symbol = symbol &>> 1 | symbol &<< 7
      } else if bitWidth > 1 {
        let code = code(ofSymbol: symbol, bytes)
        chunk.symbols[index &+ capacity] = UInt8(truncatingIfNeeded: code)
        symbol = code &>> 8
      } else {
        if bits <= 1 {
          chunk.symbols[index] = UInt8(truncatingIfNeeded: CodedTables.codesOfOneBit)
          Self.read(1, &self, firstStream, at: index, bytes)
          bits = 0x100 | Int(truncatingIfNeeded: chunk.symbols[index])
        }
        symbol = bits & 1
        bits = bits &>> 1
      }
      chunk.symbols[index] = UInt8(truncatingIfNeeded: symbol)
      index &+= 1
    }
  }

  /// Reads symbols of a stream into the chunk.
  @inline(never)
  private static func read(
    _ count: Int, _ elements: inout CodedElements, _ stream: Int, at place: Int, _ bytes: Span<UInt8>
  ) {
    CodedStreamReader.read(
      count, &elements.streams[stream], &elements.tables, bytes, into: &elements.chunk.symbols, at: place)
  }

  /// The code of more than 8 bits of a symbol.
  @inline(__always)
  private mutating func code(ofSymbol symbol: Int, _ bytes: Span<UInt8>) -> Int {
    let above = symbol &- (8 &* bitWidth &- 24)
    // All bits are 1 below the middle, where -1 - m is the complement of m.
    let sign = above &>> (Int.bitWidth &- 1)
    let bucket = above ^ sign
    return
      (CodeBuckets.base(bucket)
      &+ CodedStreamReader.bits(CodeBuckets.lowBits(bucket), &streams[firstStream &+ 1], bytes)) ^ sign
  }

  /// Where stream `index` of the block starts in the container.
  mutating func start(ofStream index: Int) -> Int { streams[index].start }

  /// Throws what is wrong with the streams of the last block, once its elements have been read (spec section 11).
  @inline(__always)
  mutating func checkEnd(_ tensor: Int, _ bytes: Span<UInt8>) throws(FormatError) {
    var index = 0
    while index < description.totalStreamCount {
      // The code's number is what a microcontroller passes on.
      var code = FormatError.Code.badStream.rawValue
      var offset = CodedStreamReader.errorOffset(&streams[index])
      // Only streams of bit symbols have bits behind a segment.
      if offset == 0, (index < firstStream ? excessMask : excessBits) != 0 {
        code = FormatError.Code.paddingNotZero.rawValue
        offset = streams[index].start
      }
      if offset == 0 {
        code = FormatError.Code.codeOutOfRange.rawValue
        offset = streams[index].badSymbolOffset
      }
      if offset == 0, index == description.streamCount {
        code = FormatError.Code.paddingNotZero.rawValue
        offset = streams[index].paddingOffset(bytes)
      }
      if offset > 0 { throw FormatError(number: code, at: offset, tensor: tensor) }
      index &+= 1
    }
  }
}
