/// How a tensor is stored: element coding and position coding with their parameters (spec sections 7 and 8).
///
/// All parameters lie beside each other, and those that a coding lacks have a fixed value: what reads payloads tests one field,
/// where enumerations with parameters would be taken apart, and copied, at each use.
public struct Encoding: Sendable, Equatable {
  /// The bits of one stored element: 32 or 16 for floats, 1 to 16 for codes, 1 to 8 for codebook indices.
  public internal(set) var bitWidth = 0

  /// Rows in a block are 2 to this power; `wholeTensor` when all rows are one; 0 where there are no blocks.
  var blockRowsPower = 0
  static let wholeTensor = 255

  /// The element coding.
  public internal(set) var elementKind = ElementKind.f32

  /// The number of the position coding: 0 dense, 1 to 4 sparse in place, 16 and 17 entropy coded.
  var positionNumber: UInt8 = 0

  /// How scales or entries are stored.
  var scaleType = ScaleType.f32

  /// Which elements share a scale, and the axis or the size of a group.
  var granularityKind = GranularityKind.tensor
  var granularityValue = 0

  /// The entries of a codebook.
  var entryCount = 0

  /// The stored elements of a sparse tensor.
  var nonZeroCount = 0

  /// The bytes of the positions of gaps, or of the coded part.
  var positionByteCount = 0

  /// The low bits of a Rice gap.
  var riceBits = 0

  /// Whether zero points are stored.
  var hasZeroPoints = false

  /// What stands before an encoding is read: zeros, which take little code to write.
  init() {}

  /// Creates an encoding.
  public init(element: ElementCoding, position: PositionCoding) {
    elementKind = element.kind
    bitWidth = element.bitWidth
    switch element {
    case .f32, .f16, .bf16: break
    case .affine(let affine):
      scaleType = affine.scaleType
      (granularityKind, granularityValue) = affine.granularity.parts
      hasZeroPoints = affine.hasZeroPoints
    case .codebook(let codebook):
      scaleType = codebook.entryType
      entryCount = codebook.entryCount
    }
    positionNumber = position.number
    switch position {
    case .dense: break
    case .sparse(let sparse):
      nonZeroCount = sparse.nnz
      blockRowsPower = sparse.blockRowsLog2 ?? Self.wholeTensor
      positionByteCount = sparse.positionByteCount
      riceBits = sparse.riceBits
    case .coded(let coded):
      nonZeroCount = coded.nnz ?? 0
      blockRowsPower = coded.blockRowsLog2 ?? Self.wholeTensor
      positionByteCount = coded.codedByteCount
    }
  }

  /// How an element is stored.
  public var element: ElementCoding {
    switch elementKind {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .affine:
      .affine(
        AffineParameters(
          bitWidth: bitWidth, granularity: Granularity(granularityKind, granularityValue), scaleType: scaleType,
          hasZeroPoints: hasZeroPoints))
    default: .codebook(CodebookParameters(entryCount: entryCount, entryType: scaleType))
    }
  }

  /// Which elements are stored.
  public var position: PositionCoding {
    if positionNumber == 0 { return .dense }
    let blockRowsLog2 = blockRowsPower == Self.wholeTensor ? nil : blockRowsPower
    guard let kind = PositionKind(rawValue: positionNumber) else {
      return .coded(CodedParameters(nnz: nnz, blockRowsLog2: blockRowsLog2, codedByteCount: positionByteCount))
    }
    return .sparse(
      SparseParameters(
        kind: kind, nnz: nonZeroCount, blockRowsLog2: blockRowsLog2, positionByteCount: positionByteCount,
        riceBits: riceBits))
  }

  /// Whether elements are floats of 4 or 2 bytes rather than codes or indices.
  var isFloat: Bool { elementKind.rawValue <= ElementKind.bf16.rawValue }

  /// Whether codes are single bits that mean -1 and +1.
  var isSign: Bool { elementKind == .affine && bitWidth == 1 && !hasZeroPoints }

  /// Whether positions are stored, in place.
  public var isSparseInPlace: Bool { positionNumber &- 1 < 4 }

  /// Whether positions are stored as u8 gaps.
  public var isGapsU8: Bool { positionNumber == PositionKind.gapsU8.rawValue }

  /// Whether the payload has a coded part.
  public var isCoded: Bool { positionNumber >= CodedParameters.denseNumber }

  /// The parameters of positions in place, nil for a dense tensor and for an entropy-coded one.
  public var sparse: SparseParameters? {
    if case .sparse(let parameters) = position { parameters } else { nil }
  }

  /// The parameters of entropy coding, nil without.
  public var coded: CodedParameters? {
    if case .coded(let parameters) = position { parameters } else { nil }
  }

  /// The number of stored elements of a sparse tensor, in place or entropy coded; nil for a dense one.
  public var nnz: Int? { isSparse ? nonZeroCount : nil }

  /// Whether only some elements are stored.
  public var isSparse: Bool {
    // 1 to 4 in place, 17 coded; dense are 0 and 16. No branches, which multiply around it.
    positionNumber & 15 != 0
  }

  /// Its payload starts at a multiple of this: coded parts are read byte by byte, and need no alignment (spec section 2).
  public func alignment(in header: Header) -> Int { isCoded ? 1 : header.alignment }

  /// The affine parameters, nil for the other element codings.
  public var affine: AffineParameters? {
    if case .affine(let parameters) = element { parameters } else { nil }
  }

  /// The codebook parameters, nil for the other element codings.
  public var codebook: CodebookParameters? {
    if case .codebook(let parameters) = element { parameters } else { nil }
  }
}

extension Encoding {
  /// The number of blocks of a tensor of `shape`, which has elements.
  func blockCount(of shape: Shape) -> Int {
    blockRowsPower == Self.wholeTensor ? 1 : (shape.rows &- 1) &>> blockRowsPower &+ 1
  }

  /// The rows of a block, the last one perhaps aside. Where there are several, a block has fewer rows than the tensor.
  func blockRows(of shape: Shape) -> Int { blockRowsPower == Self.wholeTensor ? shape.rows : 1 &<< blockRowsPower }

  /// The block that holds `row`.
  func block(ofRow row: Int) -> Int { blockRowsPower == Self.wholeTensor ? 0 : row &>> blockRowsPower }

  /// The blocks that hold `rows`. Precondition: there are such rows.
  func blocks(of rows: Range<Int>) -> Range<Int> {
    block(ofRow: rows.lowerBound)..<block(ofRow: rows.upperBound &- 1) &+ 1
  }

  /// The size of a stored zero point in bytes.
  var zeroPointByteCount: Int { bitWidth <= 8 ? 1 : 2 }

  /// Whether the row table has a column of byte starts beside the one of ordinals (spec section 9).
  var hasByteColumn: Bool {
    positionNumber == PositionKind.gapsRice.rawValue
      || (positionNumber == PositionKind.gapsU8.rawValue && positionByteCount != nonZeroCount)
  }

  /// The size of a row table entry: 2, or 4 when a count does not fit 16 bits.
  var rowTableEntryByteCount: Int { nonZeroCount | positionByteCount <= 65_535 ? 2 : 4 }
}
