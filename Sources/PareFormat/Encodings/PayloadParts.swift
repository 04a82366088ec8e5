/// Where the parts of a payload are, from its start, in the order of spec section 9. A part that the encoding
/// lacks is empty.
public struct PayloadParts: Sendable, Equatable {
  public internal(set) var scales = 0..<0
  public internal(set) var zeroPoints = 0..<0
  public internal(set) var codebook = 0..<0
  public internal(set) var rowTable = 0..<0
  public internal(set) var values = 0..<0
  public internal(set) var positions = 0..<0
  public internal(set) var coded = 0..<0

  /// The size of the payload.
  public internal(set) var byteCount = 0

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
    var layout = Layout(largest: largest)
    let scaleByteCount = encoding.scaleType.byteCount
    let scaleCount = encoding.elementKind == .affine ? ScaleRuns(encoding, shape).count : 0
    parts.scales = layout.next(scaleCount, unit: scaleByteCount)
    parts.zeroPoints = layout.next(encoding.hasZeroPoints ? scaleCount : 0, unit: encoding.zeroPointByteCount)
    parts.codebook = layout.next(encoding.entryCount, unit: scaleByteCount)

    let bitWidth = encoding.bitWidth
    var rows = shape.rows
    var fields = shape.rowElementCount
    var entries = 0
    if encoding.isSparseInPlace {
      rows = 1
      fields = encoding.nonZeroCount
      entries = (encoding.blockCount(of: shape) &- 1) &* (encoding.hasByteColumn ? 2 : 1)
    }
    parts.rowTable = layout.next(entries, unit: encoding.rowTableEntryByteCount)
    // Elements of 4 and 2 bytes are units; all other fields fill whole bytes of a row.
    let unit = bitWidth == 32 ? 4 : bitWidth == 16 ? 2 : 1
    let units = rows &* (bitStringByteCount(fields: fields, bitWidth: bitWidth) / unit)
    parts.values = layout.next(encoding.isCoded ? 0 : units, unit: unit)

    var places = encoding.positionByteCount
    if encoding.positionNumber == PositionKind.bitmap.rawValue { places = shape.bitmapByteCount }
    if encoding.positionNumber == PositionKind.indicesU16.rawValue { places = encoding.nonZeroCount }
    parts.positions = layout.next(
      encoding.isCoded ? 0 : places, unit: encoding.positionNumber == PositionKind.indicesU16.rawValue ? 2 : 1)
    parts.coded = layout.next(encoding.isCoded ? places : 0, unit: 1)
    parts.byteCount = layout.end
    return !layout.isTooLarge
  }

  /// Places one part behind the other.
  private struct Layout {
    let largest: Int
    var end = 0
    var isTooLarge = false

    init(largest: Int) { self.largest = largest }

    /// The next part, of `count` elements of `unit` bytes. Counts are at most twice the elements of a tensor, whose
    /// f32 bytes are limited, so no count overflows; sizes are compared before they are added.
    mutating func next(_ count: Int, unit: Int) -> Range<Int> {
      let start = count == 0 ? end : align(end, to: unit)
      guard !isTooLarge, start >= 0, start <= largest, count <= (largest &- start) / unit else {
        isTooLarge = true
        return 0..<0
      }
      end = start &+ count &* unit
      return start..<end
    }
  }
}

/// The bytes of a bit string of `count` fields of `bitWidth` bits, computed without the number of bits, which may not
/// fit 32 bits.
public func bitStringByteCount(fields count: Int, bitWidth: Int) -> Int {
  (count &>> 3) &* bitWidth &+ ((count & 7) &* bitWidth &+ 7) &>> 3
}
