/// What a coded part says about itself: segments, streams, and where everything is (spec section 9.1).
///
/// A plain record of offsets. `parse` checks the description and the starts; for a tensor that has been validated it
/// cannot fail.
struct CodedDescription {
  /// The most streams of a block: a mask and four planes.
  static let maximumStreamCount = 5

  static let maximumClassCount = 32
  static let maximumPositionClassCount = 8
  static let maximumMaskTableCount = 64

  /// Rows in a segment are 2 to this power; nil when each block is one segment.
  let segmentRowsLog2: Int?

  /// The streams of symbols of each block.
  private(set) var streams = InlineArray<5, CodedStream>(repeating: CodedStream())
  private(set) var streamCount = 0

  /// Whether a stream of low bits follows them.
  let hasLowBits: Bool

  let blockCount: Int

  /// Where the starts and the first stream are, in the container, and the end of the coded part.
  private let startsOffset: Int
  private let startByteCount: Int
  let streamsOffset: Int
  let end: Int

  /// All streams of a block, low bits included.
  var totalStreamCount: Int { streamCount &+ (hasLowBits ? 1 : 0) }

  /// Reads a description.
  static func parse(
    _ tensor: Tensor, _ coded: CodedParameters, _ bytes: Span<UInt8>
  ) throws(FormatError) -> CodedDescription {
    try CodedDescription(tensor, coded, bytes)
  }

  private init(_ tensor: Tensor, _ coded: CodedParameters, _ bytes: Span<UInt8>) throws(FormatError) {
    let shape = tensor.shape
    let element = tensor.encoding.element
    let start = tensor.base &+ tensor.parts.coded.lowerBound
    end = tensor.base &+ tensor.parts.coded.upperBound
    var cursor = DescriptionCursor(at: BitOffset(byte: start, bit: 0), end: end, tensor: tensor.record.index)

    let s = try cursor.bits(5, bytes)
    if s == 31 {
      segmentRowsLog2 = nil
    } else {
      guard 1 &<< s < coded.blockRows(of: shape) else { throw cursor.error(.badParameter, at: start) }
      segmentRowsLog2 = s
    }
    blockCount = coded.blockCount(of: shape)
    let segmentCount = segmentRowsLog2.map { (shape.rows &- 1) &>> $0 &+ 1 } ?? blockCount
    hasLowBits = element.hasLowBits
    if coded.nnz != nil {
      streams[0] = try CodedStream.parse(
        .mask, segmentCount: segmentCount, positionCount: s == 0 ? (shape.rowElementCount &+ 7) &>> 3 : 0, &cursor,
        bytes)
      streamCount = 1
    }
    for index in 0..<element.codedStreamCount {
      streams[streamCount] = try CodedStream.parse(
        StreamSymbols(index, of: element), segmentCount: segmentCount, positionCount: 0, &cursor, bytes)
      streamCount &+= 1
    }
    var next = cursor.place.byte
    if cursor.place.bit != 0 {
      guard bytes[next] &>> UInt8(truncatingIfNeeded: cursor.place.bit) == 0 else {
        throw cursor.error(.paddingNotZero, at: next)
      }
      next &+= 1
    }

    startByteCount = coded.codedByteCount <= 255 ? 1 : coded.codedByteCount <= 65_535 ? 2 : 4
    startsOffset = next
    let count = streamCount &+ (hasLowBits ? 1 : 0)
    // Divided, since a product of a damaged count may not fit.
    guard blockCount <= ((end &- next) / startByteCount &+ 1) / count else { throw cursor.error(.badStream, at: end) }
    let startCount = blockCount &* count &- 1
    streamsOffset = next &+ startCount &* startByteCount
    var previous = 0
    for index in 0..<startCount {
      let entry = self.start(index, bytes)
      guard entry >= previous, entry <= end &- streamsOffset else {
        throw cursor.error(.rowTableOrder, at: startsOffset &+ index &* startByteCount)
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

  /// Where stream `index` of `block` is in the container.
  func range(ofStream index: Int, block: Int, _ bytes: Span<UInt8>) -> Range<Int> {
    let number = block &* totalStreamCount &+ index
    let lower = number == 0 ? 0 : start(number &- 1, bytes)
    let isLast = number == blockCount &* totalStreamCount &- 1
    let upper = isLast ? end &- streamsOffset : start(number, bytes)
    return streamsOffset &+ lower..<streamsOffset &+ upper
  }
}

/// The description of one stream: how its symbols are coded, and where its tables and classes stand.
struct CodedStream {
  private(set) var symbols = StreamSymbols.mask

  /// Lanes of the coder; 0 for a raw stream.
  private(set) var laneCount = 0

  /// Frequencies add up to 2 to this power.
  private(set) var precision = 8

  private(set) var classCount = 1
  private(set) var positionClassCount = 1

  private var tables = BitOffset(byte: 0, bit: 0)
  private var segmentClasses = BitOffset(byte: 0, bit: 0)
  private var positionClasses = BitOffset(byte: 0, bit: 0)
  private var end = 0

  init() {}

  static func parse(
    _ symbols: StreamSymbols, segmentCount: Int, positionCount: Int, _ cursor: inout DescriptionCursor,
    _ bytes: Span<UInt8>
  ) throws(FormatError) -> CodedStream {
    var stream = CodedStream()
    stream.symbols = symbols
    stream.end = cursor.end
    let mode = try cursor.bits(2, bytes)
    if mode == 0 { return stream }
    stream.laneCount = mode == 1 ? 1 : mode == 2 ? 4 : 32
    var offset = cursor.place.byte
    stream.precision = try cursor.bits(3, bytes) &+ 8
    guard stream.precision <= 14 else { throw cursor.error(.badParameter, at: offset) }
    offset = cursor.place.byte
    stream.classCount = try cursor.expGolomb(0, bytes) &+ 1
    guard stream.classCount <= CodedDescription.maximumClassCount else { throw cursor.error(.badParameter, at: offset) }
    if symbols == .mask {
      offset = cursor.place.byte
      let count = try cursor.expGolomb(0, bytes) &+ 1
      stream.positionClassCount = count
      guard count == 1 || positionCount > 0, count <= CodedDescription.maximumPositionClassCount,
        count &* stream.classCount <= CodedDescription.maximumMaskTableCount
      else { throw cursor.error(.badParameter, at: offset) }
    }
    stream.tables = cursor.place
    for _ in 0..<stream.classCount &* stream.positionClassCount {
      if symbols.isBits {
        _ = try BitTables.read(precision: stream.precision, &cursor, bytes)
      } else {
        try Polyline.check(symbols, &cursor, bytes)
      }
    }
    stream.segmentClasses = try classes(stream.classCount, of: segmentCount, &cursor, bytes)
    stream.positionClasses = try classes(stream.positionClassCount, of: positionCount, &cursor, bytes)
    return stream
  }

  /// Moves over the classes of segments or positions; throws `badClass` at the first that does not exist.
  private static func classes(
    _ classCount: Int, of count: Int, _ cursor: inout DescriptionCursor, _ bytes: Span<UInt8>
  ) throws(FormatError) -> BitOffset {
    guard classCount > 1 else { return cursor.place }
    let width = Self.width(classCount)
    let start = cursor.place
    for _ in 0..<count {
      let offset = cursor.place.byte
      guard try cursor.bits(width, bytes) < classCount else { throw cursor.error(.badClass, at: offset) }
    }
    return start
  }

  /// The bits of a class.
  private static func width(_ classCount: Int) -> Int { Int.bitWidth &- (classCount &- 1).leadingZeroBitCount }

  /// The class of a segment.
  func segmentClass(_ segment: Int, _ bytes: Span<UInt8>) -> Int {
    guard classCount > 1 else { return 0 }
    let width = Self.width(classCount)
    return Int(truncatingIfNeeded: bytes.bits(at: segmentClasses.field(segment, width: width), width: width))
  }

  /// The class of a symbol's position in its row.
  func positionClass(_ position: Int, _ bytes: Span<UInt8>) -> Int {
    guard positionClassCount > 1 else { return 0 }
    let width = Self.width(positionClassCount)
    return Int(truncatingIfNeeded: bytes.bits(at: positionClasses.field(position, width: width), width: width))
  }

  /// A cursor at the first table of a class. The tables have been checked.
  func tableCursor(ofClass number: Int, _ bytes: Span<UInt8>) throws(FormatError) -> DescriptionCursor {
    var cursor = DescriptionCursor(at: tables, end: end, tensor: 0)
    for _ in 0..<number &* positionClassCount {
      if symbols.isBits {
        _ = try BitTables.read(precision: precision, &cursor, bytes)
      } else {
        try Polyline.check(symbols, &cursor, bytes)
      }
    }
    return cursor
  }
}
