/// What the directory says about one tensor (spec section 5). It gives no way to a value: that is `Tensor`.
public struct TensorRecord: Sendable, Equatable {
  /// The tensor's index in the directory.
  public internal(set) var index = -1

  /// The offsets of the name's bytes in the container.
  public internal(set) var name = 0..<0

  /// The shape.
  public internal(set) var shape = Shape()

  /// How the payload is stored.
  public internal(set) var encoding = Encoding()

  /// Where the parts of the payload are, from its start.
  public internal(set) var parts = PayloadParts()

  /// Where the padding before the payload starts: the end of the payload before, or of the sections.
  public internal(set) var paddingStart = 0

  /// The payload's offset in the container.
  public internal(set) var payloadOffset: Int

  /// The CRC-32 of the payload that the directory states.
  public internal(set) var checksum: UInt32 = 0

  /// Where the position field of the record stands: two bytes behind the name.
  var positionField: Int { name.upperBound &+ 1 }

  /// The offset behind the payload.
  public var payloadEnd: Int { payloadOffset &+ parts.byteCount }

  /// The least size of the f32 bytes that `expansionTooLarge` is checked for.
  public static var freeExpansion: Int { 1 &<< 20 }

  /// The largest ratio of f32 bytes to payload bytes above `freeExpansion`.
  public static var maximumExpansion: Int { 1024 }

  /// Whether a tensor of `elementCount` elements may have a payload of `byteCount` bytes (spec section 5).
  public static func isAllowed(elementCount: Int, payloadByteCount: Int) -> Bool {
    // f32 bytes are below the size limit, so only the product of the payload could overflow: divide instead.
    let floatBytes = 4 &* elementCount
    return floatBytes <= freeExpansion || (floatBytes &- 1) &>> maximumExpansion.trailingZeroBitCount < payloadByteCount
  }

  /// What stands before the first record: the payloads start at or behind `payloadsStart`.
  init(payloadsStart: Int = 0) { payloadOffset = payloadsStart }

  /// Goes on to the next record, which stands at `cursor`.
  mutating func parseNext(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor, header: Header) throws(FormatError) {
    let start = cursor.offset
    index &+= 1
    guard index < Container.maximumTensorCount else {
      throw FormatError(.tooManyTensors, at: start, limit: Container.maximumTensorCount)
    }
    try parseName(bytes, &cursor)
    encoding = Encoding()
    try parseNumbers(bytes, &cursor)
    try parseShape(bytes, &cursor, largest: header.largestSize)
    if encoding.elementKind == .affine { try parseAffine(bytes, &cursor) }
    if encoding.elementKind == .codebook { try parseCodebook(bytes, &cursor) }
    if encoding.positionNumber != 0 { try parsePositions(bytes, &cursor) }
    checksum = try cursor.u32(bytes)

    paddingStart = payloadEnd
    guard layOutParts(largest: header.largestSize) else {
      throw FormatError(.containerTooLarge, at: start)
    }
    guard Self.isAllowed(elementCount: shape.elementCount, payloadByteCount: parts.byteCount) else {
      throw FormatError(.expansionTooLarge, at: start, found: parts.byteCount)
    }
    // Negative where a 32-bit Int wraps at the limit.
    payloadOffset = align(paddingStart, to: encoding.alignment(in: header))
    guard payloadOffset >= 0, parts.byteCount <= header.largestSize &- payloadOffset else {
      throw FormatError(.containerTooLarge, at: start)
    }
  }

  @inline(__always)
  private mutating func parseName(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(FormatError) {
    let offset = cursor.offset
    let byteCount = try cursor.u8(bytes)
    guard byteCount > 0 else { throw FormatError(.badName, at: offset) }
    let nameOffset = try cursor.skip(byteCount)
    let previous = name
    name = nameOffset..<cursor.offset
    guard bytes.isPlainText(name) else { throw FormatError(.badName, at: nameOffset) }
    // No name is less than the empty one, which stands for that before the first.
    guard bytes.isLess(previous, name) else { throw FormatError(.nameOrder, at: nameOffset) }
  }

  @inline(__always)
  private mutating func parseShape(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, largest: Int
  ) throws(FormatError) {
    let rankOffset = cursor.offset
    let field = try cursor.u8(bytes)
    guard field & 15 <= Shape.maximumRank else {
      throw FormatError(.rankTooLarge, at: rankOffset, found: field & 15, limit: Shape.maximumRank)
    }
    guard field <= Shape.maximumRank else { throw FormatError(.reservedNotZero, at: rankOffset) }
    shape = Shape()
    while shape.rank < field {
      let offset = cursor.offset
      let extent = try cursor.leb128(bytes)
      guard shape.append(extent, largest: largest) else {
        throw FormatError(.tensorTooLarge, at: offset, found: extent)
      }
    }
  }

  /// Writes the record of a tensor. Preconditions: the name and all parameters keep the rules of the spec.
  public static func write(
    name: Span<UInt8>, shape: Shape, encoding: Encoding, checksum: UInt32, to sink: inout some ByteSink
  ) {
    sink.append(UInt8(truncatingIfNeeded: name.count))
    for index in name.indices { sink.append(name[index]) }
    sink.append(encoding.element.number)
    sink.append(encoding.position.number)
    sink.append(UInt8(truncatingIfNeeded: shape.rank))
    for axis in 0..<shape.rank { sink.leb128(shape[axis]) }
    encoding.element.writeParameters(to: &sink)
    encoding.position.writeParameters(to: &sink)
    sink.u32(checksum)
  }
}
