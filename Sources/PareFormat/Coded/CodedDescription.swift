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

  /// Rows in a segment are 2 to this power; nil when each block is one segment.
  let segmentRowsLog2: Int?

  /// The streams of symbols of each block.
  public private(set) var streams = InlineArray<5, CodedStream>(repeating: CodedStream())

  /// How many of `streams` there are.
  public private(set) var streamCount = 0

  /// Whether a stream of low bits follows them.
  public let hasLowBits: Bool

  /// The number of blocks.
  public let blockCount: Int

  /// Where the starts are, in the container: behind the description.
  public let startsOffset: Int

  /// The bytes of a start: 1, 2 or 4.
  public let startByteCount: Int

  /// Where the first stream is, in the container: behind the starts.
  public let streamsOffset: Int

  /// The end of the coded part.
  private let end: Int

  /// All streams of a block, low bits included.
  public var totalStreamCount: Int { streamCount &+ (hasLowBits ? 1 : 0) }

  /// Describes nothing.
  init() {
    segmentRowsLog2 = nil
    hasLowBits = false
    blockCount = 0
    startsOffset = 0
    startByteCount = 0
    streamsOffset = 0
    end = 0
  }

  /// Reads a description and the starts.
  @inline(never)
  static func parse(_ tensor: Tensor, _ bytes: Span<UInt8>) throws(FormatError) -> CodedDescription {
    var cursor = DescriptionCursor(
      at: BitOffset(byte: tensor.base &+ tensor.parts.coded.lowerBound, bit: 0),
      end: tensor.base &+ tensor.parts.coded.upperBound, tensor: tensor.record.index, NoObserver())
    let description = try CodedDescription(tensor.encoding, tensor.shape, &cursor, bytes)
    try description.checkStarts(bytes, tensor: tensor.record.index)
    return description
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
    return try CodedDescription(
      Encoding(element: element, position: .coded(coded)), shape, &cursor, bytes)
  }

  private init(
    _ encoding: Encoding, _ shape: Shape,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    end = cursor.end
    let start = cursor.place.byte
    let s = try cursor.bits(5, .s, bytes)
    if s == 31 {
      segmentRowsLog2 = nil
    } else {
      guard 1 &<< s < encoding.blockRows(of: shape) else { throw cursor.error(.badParameter, at: start) }
      segmentRowsLog2 = s
    }
    blockCount = encoding.blockCount(of: shape)
    let segmentCount = segmentRowsLog2.map { (shape.rows &- 1) &>> $0 &+ 1 } ?? blockCount
    hasLowBits = encoding.elementKind == .affine && encoding.bitWidth > 8
    if encoding.isSparse {
      try streams[0].parse(
        .mask, segmentCount: segmentCount, positionCount: s == 0 ? (shape.rowElementCount &+ 7) &>> 3 : 0, &cursor,
        bytes)
      streamCount = 1
    }
    for index in 0..<encoding.codedStreamCount {
      try streams[streamCount].parse(
        StreamSymbols(index, of: encoding), segmentCount: segmentCount, positionCount: 0, &cursor, bytes)
      streamCount &+= 1
    }
    try cursor.padding(bytes)
    let next = cursor.place.byte

    startByteCount = encoding.positionByteCount <= 255 ? 1 : encoding.positionByteCount <= 65_535 ? 2 : 4
    startsOffset = next
    let count = streamCount &+ (hasLowBits ? 1 : 0)
    // Divided, since a product of a damaged count may not fit.
    guard blockCount <= ((end &- next) / startByteCount &+ 1) / count else { throw cursor.error(.badStream, at: end) }
    streamsOffset = next &+ (blockCount &* count &- 1) &* startByteCount
  }

  /// Throws `rowTableOrder` at the first start that falls or is behind the end; `tensor` is for the error.
  public func checkStarts(_ bytes: Span<UInt8>, tensor: Int) throws(FormatError) {
    var previous = 0
    for index in 0..<blockCount &* totalStreamCount &- 1 {
      let entry = start(index, bytes)
      guard entry >= previous, entry <= end &- streamsOffset else {
        throw FormatError(.rowTableOrder, at: startsOffset &+ index &* startByteCount, tensor: tensor)
      }
      previous = entry
    }
  }

  /// Entry number `index` of the starts.
  private func start(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    let offset = startsOffset &+ index &* startByteCount
    if startByteCount == 1 { return Int(truncatingIfNeeded: bytes[offset]) }
    if startByteCount == 2 { return Int(truncatingIfNeeded: bytes.u16(at: offset)) }
    return Int(truncatingIfNeeded: bytes.u32(at: offset))
  }

  /// Where stream `index` of `block` is in the container. Precondition: the starts are in order.
  public func range(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
    let number = block &* totalStreamCount &+ index
    let lower = number == 0 ? 0 : start(number &- 1, bytes)
    let isLast = number == blockCount &* totalStreamCount &- 1
    let upper = isLast ? end &- streamsOffset : start(number, bytes)
    return streamsOffset &+ lower..<streamsOffset &+ upper
  }
}
