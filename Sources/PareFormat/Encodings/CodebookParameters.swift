/// The parameters of the codebook coding (spec section 7.2): value = entry[index].
public struct CodebookParameters: Sendable, Equatable {
  /// The number of entries, 2 to 256.
  public let entryCount: Int

  /// How entries are stored.
  public let entryType: ScaleType

  /// Creates parameters. Precondition: `entryCount` is 2 to 256.
  public init(entryCount: Int, entryType: ScaleType) {
    precondition(entryCount >= 2 && entryCount <= 256)
    self.entryCount = entryCount
    self.entryType = entryType
  }

  /// The width of an index: the least b with 2^b >= `entryCount`.
  public var bitWidth: Int { Int.bitWidth - (entryCount - 1).leadingZeroBitCount }

  static func parse(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(FormatError) -> CodebookParameters {
    let offset = cursor.offset
    let lastIndex = try cursor.u8(bytes)
    guard lastIndex >= 1 else { throw FormatError(.badParameter, at: offset, found: 0) }
    let typeOffset = cursor.offset
    let type = try cursor.u8(bytes)
    guard let entryType = ScaleType(rawValue: type) else {
      throw FormatError(.badParameter, at: typeOffset, found: Int(truncatingIfNeeded: type))
    }
    return CodebookParameters(entryCount: Int(truncatingIfNeeded: lastIndex) + 1, entryType: entryType)
  }

  func write(to sink: inout some ByteSink) {
    sink.append(UInt8(truncatingIfNeeded: entryCount &- 1))
    sink.append(entryType.rawValue)
  }
}
