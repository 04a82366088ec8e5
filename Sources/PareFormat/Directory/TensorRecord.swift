/// What the directory says about one tensor (spec section 5). It gives no way to a value: that is `Tensor`.
public struct TensorRecord: Sendable, Equatable {
  /// The tensor's index in the directory.
  public internal(set) var index = -1

  /// The offsets of the name's bytes in the container.
  public internal(set) var name = 0..<0

  /// How the payload is stored.
  public internal(set) var encoding = Encoding()

  /// The shape.
  public internal(set) var shape = Shape.unread

  /// Where the padding before the payload starts: the end of the payload before, or of the sections.
  public internal(set) var paddingStart = 0

  /// The payload's offset in the container.
  public internal(set) var payloadOffset: Int

  /// The CRC-32 of the payload that the directory states.
  public internal(set) var checksum: UInt32 = 0

  /// Where the parts of the payload are, from its start.
  public internal(set) var parts = PayloadParts()

  /// Which scale each element uses, of the affine coding.
  var scaleRuns = ScaleRuns()

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
  @inline(__always)
  init(payloadsStart: Int = 0) { payloadOffset = payloadsStart }

  /// Goes on to the next record, which `fields` stands at.
  @inline(never)
  mutating func parseNext(_ fields: inout FieldReader, header: @_addressable Header) throws(FormatError) {
    let start = fields.offset
    index &+= 1
    guard index < Container.maximumTensorCount else {
      throw FormatError(.tooManyTensors, at: start, limit: Container.maximumTensorCount)
    }
    try parseName(&fields)
    encoding = Encoding()
    parseNumbers(&fields)
    try parseShape(&fields, largest: header.largestSize)
    if encoding.elementKind == .affine { try parseAffine(&fields) }
    if encoding.elementKind == .codebook { try parseCodebook(&fields) }
    if encoding.positionNumber != 0 { try parsePositions(&fields) }
    checksum = fields.u32()
    try fields.check()

    paddingStart = payloadEnd
    Self.layOutParts(of: &self)
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
  private mutating func parseName(_ fields: inout FieldReader) throws(FormatError) {
    let byteCount = fields.u8()
    guard byteCount > 0 else { throw fields.error(.badName) }
    fields.skip(byteCount)
    let previous = name
    name = fields.field..<fields.offset
    guard fields.bytes.isPlainText(name) else { throw fields.error(.badName) }
    // No name is less than the empty one, which stands for that before the first.
    guard fields.bytes.isLess(previous, name) else { throw fields.error(.nameOrder) }
  }

  @inline(__always)
  private mutating func parseShape(_ fields: inout FieldReader, largest: Int) throws(FormatError) {
    let rank = fields.u8()
    guard rank & 15 <= Shape.maximumRank else {
      throw fields.error(.rankTooLarge, found: rank & 15, limit: Shape.maximumRank)
    }
    guard rank <= Shape.maximumRank else { throw fields.error(.reservedNotZero) }
    shape.removeAxes()
    while shape.rank < rank {
      let extent = fields.leb128()
      guard shape.append(extent, largest: largest) else { throw fields.error(.tensorTooLarge, found: extent) }
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
