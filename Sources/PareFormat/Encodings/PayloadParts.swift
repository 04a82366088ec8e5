/// Where the parts of a payload are, from its start, in the order of spec section 9. A part that the encoding
/// lacks is empty.
///
/// No encoding has both scales and entries, nor both positions and a coded part: each of these pairs is one part with two names.
public struct PayloadParts: Sendable, Equatable {
  /// The end of the scales or entries, which start the payload and fill the units of the zero points behind them.
  var scaleEnd = 0
  var zeroPointEnd = 0
  var rowTableStart = 0

  /// The entries of a column of the row table: the blocks but for the first.
  var rowTableColumn = 0
  var rowTableEnd = 0
  var valueStart = 0
  var valueEnd = 0

  /// The start of the positions or the coded part, which end the payload.
  var positionStart = 0

  /// The size of the payload.
  public internal(set) var byteCount = 0

  public var scales: Range<Int> { 0..<scaleEnd }
  public var codebook: Range<Int> { scales }
  public var zeroPoints: Range<Int> { scaleEnd..<zeroPointEnd }
  public var rowTable: Range<Int> { rowTableStart..<rowTableEnd }
  public var values: Range<Int> { valueStart..<valueEnd }
  public var positions: Range<Int> { positionStart..<byteCount }
  public var coded: Range<Int> { positions }

  var valueByteCount: Int { valueEnd &- valueStart }

  /// No parts.
  init() {}

  /// Lays out the payload of a tensor; nil when its size exceeds `largest` bytes.
  public init?(shape: Shape, encoding: Encoding, largest: Int) {
    var record = TensorRecord()
    record.shape = shape
    record.encoding = encoding
    TensorRecord.layOutParts(of: &record)
    guard record.parts.byteCount <= largest else { return nil }
    self = record.parts
  }
}

extension TensorRecord {
  /// Lays out the payload, whose size is the largest `Int` where it does not fit one: more than any container has room for.
  @inline(never)
  static func layOutParts(of record: inout TensorRecord) {
    let isAffine = record.encoding.elementKind == .affine
    if isAffine { record.scaleRuns = ScaleRuns(record.encoding, record.shape) }
    let parameters = isAffine ? record.scaleRuns.count : record.encoding.entryCount
    var end = PayloadParts.place(parameters, power: record.encoding.scaleType.byteCountPower, behind: 0).end
    record.parts.scaleEnd = end
    let zeroPoints = record.encoding.hasZeroPoints ? parameters : 0
    end = PayloadParts.place(zeroPoints, power: record.encoding.bitWidth <= 8 ? 0 : 1, behind: end).end
    record.parts.zeroPointEnd = end

    var rows = record.shape.rows
    var fields = record.shape.rowElementCount
    var entries = 0
    record.parts.rowTableColumn = record.encoding.blockCount(of: record.shape) &- 1
    if record.encoding.isCoded { rows = 0 }
    if record.encoding.isSparseInPlace {
      rows = 1
      fields = record.encoding.nonZeroCount
      entries = record.parts.rowTableColumn &* (record.encoding.hasByteColumn ? 2 : 1)
    }
    (record.parts.rowTableStart, end) = PayloadParts.place(
      entries, power: record.encoding.rowTableEntryByteCount &>> 1, behind: end)
    record.parts.rowTableEnd = end
    // Elements of 4 and 2 bytes are units; all other fields fill whole bytes of a row.
    let bitWidth = record.encoding.bitWidth
    let power = bitWidth & 15 == 0 ? bitWidth &>> 4 : 0
    let units = rows &* (bitStringByteCount(fields: fields, bitWidth: bitWidth) &>> power)
    (record.parts.valueStart, end) = PayloadParts.place(units, power: power, behind: end)
    record.parts.valueEnd = end

    var places = record.encoding.positionByteCount
    if record.encoding.positionNumber == PositionKind.bitmap.rawValue { places = record.shape.bitmapByteCount }
    let isIndexed = record.encoding.positionNumber == PositionKind.indicesU16.rawValue
    if isIndexed { places = record.encoding.nonZeroCount }
    (record.parts.positionStart, record.parts.byteCount) = PayloadParts.place(
      places, power: isIndexed ? 1 : 0, behind: end)
  }
}

extension PayloadParts {
  /// Where a part of `count` elements of 2 to the power `power` bytes, 1, 2 or 4, starts and ends behind the parts before, which end
  /// at `end`. From where an end does not fit an `Int` on, all are the largest.
  ///
  /// Counts are at most twice the elements of a tensor, whose f32 bytes are limited, so no count overflows.
  @inline(never)
  fileprivate static func place(_ count: Int, power: Int, behind end: Int) -> (start: Int, end: Int) {
    let start = count == 0 ? end : align(end, to: 1 &<< power)
    // Behind a part that is too large, the start wraps around.
    if start < 0 || count > (.max &- start) &>> power { return (start, .max) }
    return (start, start &+ count &<< power)
  }
}

/// The bytes of a bit string of `count` fields of `bitWidth` bits, computed without the number of bits, which may not
/// fit 32 bits.
public func bitStringByteCount(fields count: Int, bitWidth: Int) -> Int {
  (count &>> 3) &* bitWidth &+ ((count & 7) &* bitWidth &+ 7) &>> 3
}
