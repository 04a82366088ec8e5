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

  /// Reads the description and the starts of a tensor, in place. Precondition: nothing has been read.
  @inline(never)
  mutating func parse(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) throws(FormatError) {
    var cursor = DescriptionCursor(
      at: BitOffset(byte: tensor.base &+ tensor.parts.coded.lowerBound, bit: 0),
      end: tensor.base &+ tensor.parts.coded.upperBound, tensor: tensor.record.index, NoObserver())
    try parse(tensor.encoding, tensor.shape, &cursor, bytes)
    try checkStarts(bytes, tensor: tensor.record.index)
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
      at: BitOffset(byte: range.lowerBound, bit: 0), end: range.upperBound, tensor: 0, observer)
    defer { observer = cursor.observer }
    var description = CodedDescription()
    try description.parse(Encoding(element: element, position: .coded(coded)), shape, &cursor, bytes)
    return description
  }

  private mutating func parse(
    _ encoding: Encoding, _ shape: Shape,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    end = cursor.end
    let start = cursor.place.byte
    let s = try cursor.bits(5, .s, bytes)
    guard s == Self.wholeBlock || 1 &<< s < encoding.blockRows(of: shape) else {
      throw cursor.error(.badParameter, at: start)
    }
    segmentRowsPower = s
    blockCount = encoding.blockCount(of: shape)
    let segmentCount = s == Self.wholeBlock ? blockCount : (shape.rows &- 1) &>> s &+ 1
    streamCount = encoding.codedStreamCount
    // The mask is the first stream.
    if encoding.isSparse { streamCount &+= 1 }
    let positionCount = s == 0 ? (shape.rowElementCount &+ 7) &>> 3 : 0
    for index in 0..<streamCount {
      let isMask = encoding.isSparse && index == 0
      try streams[index].parse(
        isMask ? .mask : StreamSymbols(of: encoding), segmentCount: segmentCount, positionCount: positionCount, &cursor,
        bytes)
    }
    totalStreamCount = encoding.elementKind == .affine && encoding.bitWidth > 8 ? streamCount &+ 1 : streamCount
    try cursor.padding(bytes)
    startsOffset = cursor.place.byte

    startPower = encoding.positionByteCount <= 255 ? 0 : encoding.positionByteCount <= 65_535 ? 1 : 2
    // Divided, since a product of a damaged count may not fit; by a number of more bits than it has, so that nothing overflows.
    let starts = UInt32(truncatingIfNeeded: (end &- startsOffset) &>> startPower &+ 1)
    guard blockCount <= Int(truncatingIfNeeded: starts / UInt32(truncatingIfNeeded: totalStreamCount)) else {
      throw cursor.error(.badStream, at: end)
    }
    streamsOffset = startsOffset &+ (blockCount &* totalStreamCount &- 1) &<< startPower
  }

  /// Throws `rowTableOrder` at the first start that falls or is behind the end; `tensor` is for the error.
  @inline(__always)
  public func checkStarts(_ bytes: Span<UInt8>, tensor: Int) throws(FormatError) {
    var previous = 0
    for index in 0..<blockCount &* totalStreamCount &- 1 {
      let entry = start(index, bytes)
      guard entry >= previous, entry <= end &- streamsOffset else {
        throw FormatError(.rowTableOrder, at: startsOffset &+ index &<< startPower, tensor: tensor)
      }
      previous = entry
    }
  }

  /// Entry number `index` of the starts.
  @inline(__always)
  private func start(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    Self.start(at: startsOffset &+ index &<< startPower, startPower, bytes)
  }

  /// Not a method, which would be called with a copy of the description.
  @inline(never)
  private static func start(at offset: Int, _ startPower: Int, _ bytes: Span<UInt8>) -> Int {
    if startPower == 0 { return Int(truncatingIfNeeded: bytes[offset]) }
    if startPower == 1 { return Int(truncatingIfNeeded: bytes.u16(at: offset)) }
    return Int(truncatingIfNeeded: bytes.u32(at: offset))
  }

  #if !hasFeature(Embedded)
    /// The description of a tensor and its starts.
    static func parse(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> CodedDescription {
      var description = CodedDescription()
      try description.parse(tensor, bytes)
      return description
    }

    /// Rows in a segment are 2 to this power; nil when each block is one segment.
    var segmentRowsLog2: Int? { segmentRowsPower == Self.wholeBlock ? nil : segmentRowsPower }
  #endif

  #if hasFeature(Embedded)
    /// Where stream `index` of `block` is in the container. Precondition: the starts are in order.
    ///
    /// Mutating, since it would be called with a copy of the description.
    @inline(never)
    public mutating func range(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
      place(ofStream: index, block: block, bytes)
    }
  #else
    /// Where stream `index` of `block` is in the container. Precondition: the starts are in order.
    public func range(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
      place(ofStream: index, block: block, bytes)
    }
  #endif

  @inline(__always)
  private func place(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
    let number = block &* totalStreamCount &+ index
    let lower = number == 0 ? 0 : start(number &- 1, bytes)
    let isLast = number == blockCount &* totalStreamCount &- 1
    let upper = isLast ? end &- streamsOffset : start(number, bytes)
    return streamsOffset &+ lower..<streamsOffset &+ upper
  }
}
