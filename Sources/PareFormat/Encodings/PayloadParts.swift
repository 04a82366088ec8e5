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

  /// The size of the payload; below 0 when it is too large.
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
    guard record.layOutParts(largest: largest) else { return nil }
    self = record.parts
  }
}

extension TensorRecord {
  /// Lays out the payload; false when its size exceeds `largest` bytes.
  @inline(never)
  mutating func layOutParts(largest: Int) -> Bool {
    parts.byteCount = 0
    let isAffine = encoding.elementKind == .affine
    if isAffine { scaleRuns = ScaleRuns(encoding, shape) }
    _ = parts.append(isAffine ? scaleRuns.count : encoding.entryCount, encoding.scaleType.byteCount, largest)
    parts.scaleEnd = parts.byteCount
    _ = parts.append(encoding.hasZeroPoints ? scaleRuns.count : 0, encoding.zeroPointByteCount, largest)
    parts.zeroPointEnd = parts.byteCount

    var rows = shape.rows
    var fields = shape.rowElementCount
    var entries = 0
    parts.rowTableColumn = encoding.blockCount(of: shape) &- 1
    if encoding.isCoded { rows = 0 }
    if encoding.isSparseInPlace {
      rows = 1
      fields = encoding.nonZeroCount
      entries = parts.rowTableColumn &* (encoding.hasByteColumn ? 2 : 1)
    }
    parts.rowTableStart = parts.append(entries, encoding.rowTableEntryByteCount, largest)
    parts.rowTableEnd = parts.byteCount
    // Elements of 4 and 2 bytes are units; all other fields fill whole bytes of a row.
    let bitWidth = encoding.bitWidth
    let unit = bitWidth & 7 == 0 ? bitWidth &>> 3 : 1
    let units = rows &* (bitStringByteCount(fields: fields, bitWidth: bitWidth) / unit)
    parts.valueStart = parts.append(units, unit, largest)
    parts.valueEnd = parts.byteCount

    var places = encoding.positionByteCount
    if encoding.positionNumber == PositionKind.bitmap.rawValue { places = shape.bitmapByteCount }
    let isIndexed = encoding.positionNumber == PositionKind.indicesU16.rawValue
    if isIndexed { places = encoding.nonZeroCount }
    parts.positionStart = parts.append(places, isIndexed ? 2 : 1, largest)
    return parts.byteCount >= 0
  }
}

extension PayloadParts {
  /// Places a part of `count` elements of `unit` bytes, 1, 2 or 4, behind the parts before, and gives its start. When the payload
  /// would exceed `largest` bytes, it is too large from then on.
  ///
  /// Counts are at most twice the elements of a tensor, whose f32 bytes are limited, so no count overflows; sizes are compared
  /// before they are added.
  @inline(never)
  fileprivate mutating func append(_ count: Int, _ unit: Int, _ largest: Int) -> Int {
    let start = count == 0 ? byteCount : align(byteCount, to: unit)
    // `start` wraps around where it exceeds an Int. Half a unit is its logarithm.
    if byteCount < 0 || start < 0 || start > largest || count > (largest &- start) &>> (unit &>> 1) {
      byteCount = -1
    } else {
      byteCount = start &+ count &* unit
    }
    return start
  }
}

/// The bytes of a bit string of `count` fields of `bitWidth` bits, computed without the number of bits, which may not
/// fit 32 bits.
public func bitStringByteCount(fields count: Int, bitWidth: Int) -> Int {
  (count &>> 3) &* bitWidth &+ ((count & 7) &* bitWidth &+ 7) &>> 3
}
