/// What the directory says about one tensor (spec section 5). It gives no way to a value: that is `Tensor`.
public struct TensorRecord: Sendable, Equatable {
  /// The tensor's index in the directory.
  public let index: Int

  /// The offsets of the name's bytes in the container.
  public let name: Range<Int>

  /// The shape.
  public let shape: Shape

  /// How the payload is stored.
  public let encoding: Encoding

  /// Where the parts of the payload are, from its start.
  public let parts: PayloadParts

  /// Where the padding before the payload starts: the end of the payload before, or of the sections.
  public let paddingStart: Int

  /// The payload's offset in the container.
  public let payloadOffset: Int

  /// The CRC-32 of the payload that the directory states.
  public let checksum: UInt32

  /// The offset behind the payload.
  public var payloadEnd: Int { payloadOffset + parts.byteCount }

  /// The least size of the f32 bytes that `expansionTooLarge` is checked for.
  public static let freeExpansion: Int = 1 &<< 20

  /// The largest ratio of f32 bytes to payload bytes above `freeExpansion`.
  public static let maximumExpansion: Int = 1024

  /// Whether a tensor of `elementCount` elements may have a payload of `byteCount` bytes (spec section 5).
  public static func isAllowed(elementCount: Int, payloadByteCount: Int) -> Bool {
    // f32 bytes are below the size limit, so only the product of the payload could overflow: divide instead.
    let floatBytes = 4 &* elementCount
    return floatBytes <= freeExpansion || (floatBytes &+ maximumExpansion &- 1) / maximumExpansion <= payloadByteCount
  }

  /// Reads a record whose payload starts at or behind `payloadsEnd`, the end of the payloads before it.
  static func parse(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, index: Int, previousName: Range<Int>?, payloadsEnd: Int,
    header: Header
  ) throws(FormatError) -> TensorRecord {
    let recordOffset = cursor.offset
    guard index < Container.maximumTensorCount else {
      throw FormatError(
        .tooManyTensors, at: recordOffset, limit: Container.maximumTensorCount)
    }
    let nameByteCount = Int(truncatingIfNeeded: try cursor.u8(bytes))
    guard nameByteCount > 0 else { throw FormatError(.badName, at: recordOffset) }
    let nameOffset = try cursor.skip(nameByteCount)
    let name = nameOffset..<cursor.offset
    guard bytes.isPlainText(name) else { throw FormatError(.badName, at: nameOffset) }
    if let previousName, !bytes.isLess(previousName, name) { throw FormatError(.nameOrder, at: nameOffset) }

    let element = try ElementCoding.parseField(
      cursor.u8(bytes), at: cursor.offset - 1, isKnown: { $0 <= 4 })
    let positionOffset = cursor.offset
    let position = try ElementCoding.parseField(
      cursor.u8(bytes), at: positionOffset, isKnown: PositionCoding.isKnown)
    let shape = try parseShape(bytes, &cursor, largest: header.largestSize)
    let elementCoding = try ElementCoding.parseParameters(bytes, &cursor, number: element, shape: shape)
    let positionCoding = try PositionCoding.parseParameters(
      bytes, &cursor, number: position, fieldOffset: positionOffset, shape: shape)
    let checksum = try cursor.u32(bytes)

    let encoding = Encoding(element: elementCoding, position: positionCoding)
    guard let parts = PayloadParts(shape: shape, encoding: encoding, largest: header.largestSize) else {
      throw FormatError(.containerTooLarge, at: recordOffset)
    }
    guard isAllowed(elementCount: shape.elementCount, payloadByteCount: parts.byteCount) else {
      throw FormatError(
        .expansionTooLarge, at: recordOffset, found: parts.byteCount)
    }
    // Negative where a 32-bit Int wraps at the limit.
    let payloadOffset = align(payloadsEnd, to: encoding.alignment(in: header))
    guard payloadOffset >= 0, parts.byteCount <= header.largestSize - payloadOffset else {
      throw FormatError(.containerTooLarge, at: recordOffset)
    }
    return TensorRecord(
      index: index, name: name, shape: shape, encoding: encoding, parts: parts, paddingStart: payloadsEnd,
      payloadOffset: payloadOffset, checksum: checksum)
  }

  private static func parseShape(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, largest: Int
  ) throws(FormatError) -> Shape {
    let rankOffset = cursor.offset
    let field = try cursor.u8(bytes)
    let rank = Int(truncatingIfNeeded: field & 15)
    guard rank <= Shape.maximumRank else {
      throw FormatError(.rankTooLarge, at: rankOffset, found: rank, limit: 8)
    }
    guard field &>> 4 == 0 else { throw FormatError(.reservedNotZero, at: rankOffset) }
    var shape = Shape()
    for _ in 0..<rank {
      let offset = cursor.offset
      let extent = try cursor.leb128(bytes)
      guard shape.append(extent, largest: largest) else {
        throw FormatError(.tensorTooLarge, at: offset, found: extent)
      }
    }
    return shape
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
