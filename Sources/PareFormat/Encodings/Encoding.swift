/// How a tensor is stored: element coding and position coding with their parameters (spec sections 7 and 8).
public struct Encoding: Sendable, Equatable {
  /// How an element is stored.
  public let element: ElementCoding

  /// Which elements are stored.
  public let position: PositionCoding

  /// Creates an encoding.
  public init(element: ElementCoding, position: PositionCoding) {
    self.element = element
    self.position = position
  }

  /// The parameters of positions in place, nil for a dense tensor and for an entropy-coded one.
  public var sparse: SparseParameters? {
    if case .sparse(let parameters) = position { parameters } else { nil }
  }

  /// The parameters of entropy coding, nil without.
  public var coded: CodedParameters? {
    if case .coded(let parameters) = position { parameters } else { nil }
  }

  /// The number of stored elements of a sparse tensor, in place or entropy coded; nil for a dense one.
  public var nnz: Int? { sparse?.nnz ?? coded?.nnz }

  /// Its payload starts at a multiple of this: coded parts are read byte by byte, and need no alignment (spec section 2).
  public func alignment(in header: Header) -> Int { coded == nil ? header.alignment : 1 }

  /// The affine parameters, nil for the other element codings.
  public var affine: AffineParameters? {
    if case .affine(let parameters) = element { parameters } else { nil }
  }

  /// The codebook parameters, nil for the other element codings.
  public var codebook: CodebookParameters? {
    if case .codebook(let parameters) = element { parameters } else { nil }
  }
}

/// Where the parts of a payload are, from its start, in the order of spec section 9. A part that the encoding
/// lacks is empty.
public struct PayloadParts: Sendable, Equatable {
  public let scales: Range<Int>
  public let zeroPoints: Range<Int>
  public let codebook: Range<Int>
  public let rowTable: Range<Int>
  public let values: Range<Int>
  public let positions: Range<Int>
  public let coded: Range<Int>

  /// The size of the payload.
  public var byteCount: Int { coded.upperBound }

  /// Lays out the payload of a tensor; nil when its size exceeds `largest` bytes.
  public init?(shape: Shape, encoding: Encoding, largest: Int) {
    var layout = Layout(largest: largest)
    let scaleCount = encoding.affine?.granularity.scaleCount(of: shape) ?? 0
    scales = layout.next(scaleCount, unit: encoding.affine?.scaleType.byteCount ?? 1)
    let hasZeroPoints = encoding.affine?.hasZeroPoints ?? false
    zeroPoints = layout.next(hasZeroPoints ? scaleCount : 0, unit: encoding.affine?.zeroPointByteCount ?? 1)
    codebook = layout.next(encoding.codebook?.entryCount ?? 0, unit: encoding.codebook?.entryType.byteCount ?? 1)
    rowTable = layout.next(
      encoding.sparse?.rowTableEntryCount(of: shape) ?? 0, unit: encoding.sparse?.rowTableEntryByteCount ?? 1)

    if let coded = encoding.coded {
      values = layout.next(0, unit: 1)
      positions = layout.next(0, unit: 1)
      self.coded = layout.next(coded.codedByteCount, unit: 1)
      if layout.isTooLarge { return nil }
      return
    }
    let bitWidth = encoding.element.bitWidth
    let rows = encoding.sparse == nil ? shape.rows : 1
    let rowByteCount = bitStringByteCount(fields: encoding.sparse?.nnz ?? shape.rowElementCount, bitWidth: bitWidth)
    // Elements of 4 and 2 bytes are units; all other fields fill whole bytes of a row.
    let unit = bitWidth == 32 ? 4 : bitWidth == 16 ? 2 : 1
    values = layout.next(rows &* (rowByteCount / unit), unit: unit)

    let positionUnit = encoding.sparse?.kind == .indicesU16 ? 2 : 1
    positions = layout.next(
      (encoding.sparse?.positionsByteCount(of: shape) ?? 0) / positionUnit, unit: positionUnit)
    coded = layout.next(0, unit: 1)
    if layout.isTooLarge { return nil }
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
