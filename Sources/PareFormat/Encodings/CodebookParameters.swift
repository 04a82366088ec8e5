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
  public var bitWidth: Int { Self.bitWidth(ofIndex: entryCount - 1) }

  static func bitWidth(ofIndex lastIndex: Int) -> Int { Int.bitWidth &- lastIndex.leadingZeroBitCount }

  func write(to sink: inout some ByteSink) {
    sink.append(UInt8(truncatingIfNeeded: entryCount &- 1))
    sink.append(entryType.rawValue)
  }
}

extension TensorRecord {
  /// Reads the parameters of the codebook coding.
  @inline(__always)
  mutating func parseCodebook(_ fields: inout FieldReader) throws(FormatError) {
    let lastIndex = fields.u8()
    guard lastIndex > 0 else { throw fields.error(.badParameter, found: 0) }
    let type = fields.u8()
    guard type <= 1 else { throw fields.error(.badParameter, found: type) }
    encoding.scaleType = type == 0 ? .f32 : .f16
    encoding.entryCount = lastIndex &+ 1
    encoding.bitWidth = CodebookParameters.bitWidth(ofIndex: lastIndex)
  }
}
