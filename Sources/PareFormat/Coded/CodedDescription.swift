/// What a coded part says about itself: segments, streams, and where everything is (spec section 9.1).
///
/// A plain record of offsets. `parse` checks the description and the starts; for a tensor that has been validated it
/// cannot fail.
public struct CodedDescription: Sendable {
  /// The most streams of a block: a mask and four planes.
  static let maximumStreamCount = 5

  static let maximumClassCount = 32
  static let maximumPositionClassCount = 8
  static let maximumMaskTableCount = 64

  /// Rows in a segment are 2 to this power; `wholeBlock` when each block is one segment.
  private(set) var segmentRowsPower = 0
  static let wholeBlock = 31

  /// The streams of symbols of each block.
  public private(set) var streams = InlineArray<5, CodedStream>(repeating: CodedStream())

  /// How many of `streams` there are.
  public private(set) var streamCount = 0

  /// All streams of a block, low bits included.
  public private(set) var totalStreamCount = 0

  /// Whether a stream of low bits follows those of symbols.
  public var hasLowBits: Bool { totalStreamCount > streamCount }

  /// The number of blocks.
  public private(set) var blockCount = 0

  /// Where the starts are, in the container: behind the description.
  public private(set) var startsOffset = 0

  /// The bytes of a start: 1, 2 or 4.
  public var startByteCount: Int { 1 &<< startPower }
  private var startPower = 0

  /// Where the first stream is, in the container: behind the starts.
  public private(set) var streamsOffset = 0

  /// The end of the coded part.
  private var end = 0

  /// Describes nothing.
  init() {}

  /// Reads the description and the starts of a tensor, in place. `tables` is memory for the stream's tables.
  ///
  /// Precondition: nothing has been read.
  @inline(never)
  mutating func parse(
    _ tensor: @_addressable Tensor, _ tables: inout CodedTables, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    end = tensor.base &+ tensor.parts.coded.upperBound
    var cursor = DescriptionCursor(
      at: BitOffset(byte: tensor.base &+ tensor.parts.coded.lowerBound, bit: 0), end: end, bytes, NoObserver())
    parse(tensor.encoding, tensor.shape, &tables, &cursor)
    if !cursor.hasFailed { checkStarts(&cursor, bytes) }
    if cursor.hasFailed { throw cursor.failure(tensor: tensor.record.index) }
  }

  /// Reads the description of a tensor that need not be valid, with an observer that is told each field of it, the last one
  /// perhaps the one that an error is thrown for. The starts are not looked at, but for whether there is room for them.
  ///
  /// Preconditions: the shape has elements; `range` is the coded part, within `bytes`.
  public static func parse<Observer: DescriptionObserver>(
    _ element: ElementCoding, _ coded: CodedParameters, _ shape: Shape, at range: Range<Int>, _ bytes: Span<UInt8>,
    _ observer: inout Observer
  ) throws(FormatError) -> CodedDescription {
    var cursor = DescriptionCursor(
      at: BitOffset(byte: range.lowerBound, bit: 0), end: range.upperBound, bytes, observer)
    var description = CodedDescription()
    description.end = range.upperBound
    var tables = CodedTables()
    description.parse(Encoding(element: element, position: .coded(coded)), shape, &tables, &cursor)
    observer = cursor.observer
    if cursor.hasFailed { throw cursor.failure(tensor: 0) }
    return description
  }

  private mutating func parse(
    _ encoding: Encoding, _ shape: Shape, _ tables: inout CodedTables,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) {
    cursor.begin()
    let s = cursor.bits(5, .s)
    segmentRowsPower = s
    blockCount = encoding.blockCount(of: shape)
    var segmentCount = blockCount
    if s != Self.wholeBlock {
      if 1 &<< s >= encoding.blockRows(of: shape) { cursor.fail(.badParameter) }
      segmentCount = (shape.rows &- 1) &>> s &+ 1
    }
    let positionCount = s == 0 ? (shape.rowElementCount &+ 7) &>> 3 : 0
    streamCount = encoding.codedStreamCount
    var symbols = StreamSymbols(of: encoding)
    let ofElements = symbols
    // The mask is the first stream.
    if encoding.isSparse {
      streamCount &+= 1
      symbols = .mask
    }
    for index in 0..<streamCount {
      if cursor.hasFailed { return }
      streams[index].parse(symbols, segmentCount: segmentCount, positionCount: positionCount, &tables, &cursor)
      symbols = ofElements
    }
    totalStreamCount = encoding.elementKind == .affine && encoding.bitWidth > 8 ? streamCount &+ 1 : streamCount
    cursor.padding()
    startsOffset = cursor.place.byte

    startPower = encoding.positionByteCount <= 255 ? 0 : encoding.positionByteCount <= 65_535 ? 1 : 2
    // Divided, since a product of a damaged count may not fit; by a number of more bits than it has, so that nothing overflows.
    let starts = UInt32(truncatingIfNeeded: (end &- startsOffset) &>> startPower &+ 1)
    if blockCount > Int(truncatingIfNeeded: starts / UInt32(truncatingIfNeeded: totalStreamCount)) {
      cursor.mark = end
      cursor.fail(.badStream)
    }
    streamsOffset = startsOffset &+ (blockCount &* totalStreamCount &- 1) &<< startPower
  }

  /// Fails with `rowTableOrder` at the first start that falls or is behind the end.
  private mutating func checkStarts(_ cursor: inout DescriptionCursor<NoObserver>, _ bytes: Span<UInt8>) {
    var previous = streamsOffset
    var number = 1
    while number < blockCount &* totalStreamCount {
      let start = start(ofStream: number, bytes)
      if start < previous || start > end {
        cursor.mark = startsOffset &+ (number &- 1) &<< startPower
        cursor.fail(.rowTableOrder)
      }
      previous = start
      number &+= 1
    }
  }

  /// Where a stream starts in the container, the streams of all blocks being counted; behind the last of them the end.
  ///
  /// Mutating, since it would be called with a copy of the description.
  @inline(never)
  mutating func start(ofStream number: Int, _ bytes: Span<UInt8>) -> Int {
    if number == 0 { return streamsOffset }
    if number == blockCount &* totalStreamCount { return end }
    let start = bytes.bits(
      at: BitOffset(byte: startsOffset &+ (number &- 1) &<< startPower, bit: 0), width: 8 &<< startPower)
    return streamsOffset &+ Int(truncatingIfNeeded: start)
  }

  #if !hasFeature(Embedded)
    /// The description of a tensor and its starts.
    static func parse(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> CodedDescription {
      var description = CodedDescription()
      var tables = CodedTables()
      try description.parse(tensor, &tables, bytes)
      return description
    }

    /// Throws `rowTableOrder` at the first start that falls or is behind the end; `tensor` is for the error.
    public func checkStarts(_ bytes: Span<UInt8>, tensor: Int) throws(FormatError) {
      var cursor = DescriptionCursor(at: BitOffset(byte: 0, bit: 0), end: end, bytes, NoObserver())
      var copy = self
      copy.checkStarts(&cursor, bytes)
      if cursor.hasFailed { throw cursor.failure(tensor: tensor) }
    }

    /// Where stream `index` of `block` is in the container. Precondition: the starts are in order.
    public func range(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
      var copy = self
      let number = block &* totalStreamCount &+ index
      return copy.start(ofStream: number, bytes)..<copy.start(ofStream: number &+ 1, bytes)
    }

    /// Rows in a segment are 2 to this power; nil when each block is one segment.
    var segmentRowsLog2: Int? { segmentRowsPower == Self.wholeBlock ? nil : segmentRowsPower }
  #endif
}
