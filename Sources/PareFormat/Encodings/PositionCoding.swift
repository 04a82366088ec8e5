/// Which elements are stored, and how their positions are (spec section 8).
public enum PositionCoding: Sendable, Equatable {
  /// Every element, in order.
  case dense
  /// Only the elements that are not zero, in place.
  case sparse(SparseParameters)
  /// Entropy coded, dense or sparse.
  case coded(CodedParameters)

  /// The number in bits 0 to 4 of the position field.
  var number: UInt8 {
    switch self {
    case .dense: 0
    case .sparse(let parameters): parameters.kind.rawValue
    case .coded(let parameters): parameters.number
    }
  }

  func writeParameters(to sink: inout some ByteSink) {
    switch self {
    case .dense: break
    case .sparse(let parameters): parameters.write(to: &sink)
    case .coded(let parameters): parameters.write(to: &sink)
    }
  }
}

/// How positions of non-zeros are written; the raw value is the position coding's number.
public enum PositionKind: UInt8, Sendable {
  case bitmap = 1
  case gapsU8 = 2
  case indicesU16 = 3
  case gapsRice = 4

  /// Whether the record states the size of the positions, which then is not known from nnz and shape.
  var hasByteCount: Bool { self == .gapsU8 || self == .gapsRice }
}

/// The parameters of a sparse tensor (spec section 8).
public struct SparseParameters: Sendable, Equatable {
  /// The coding of the positions.
  public let kind: PositionKind

  /// The number of stored elements.
  public let nnz: Int

  /// Rows in a block are 2 to this power; nil when the whole tensor is one block.
  public let blockRowsLog2: Int?

  /// The bytes of the positions part, for both kinds of gaps; else 0, the size following from shape and nnz.
  public let positionByteCount: Int

  /// The low bits of a Rice gap that are written as they are, 0 to 24.
  public let riceBits: Int

  /// The largest `riceBits`.
  public static var maximumRiceBits: Int { 24 }

  /// The longest row that u16 indices reach.
  public static var maximumIndexedRow: Int { 65_536 }

  /// Creates parameters; the ranges are the spec's, and not checked here.
  public init(kind: PositionKind, nnz: Int, blockRowsLog2: Int?, positionByteCount: Int = 0, riceBits: Int = 0) {
    self.kind = kind
    self.nnz = nnz
    self.blockRowsLog2 = blockRowsLog2
    self.positionByteCount = positionByteCount
    self.riceBits = riceBits
  }

  /// Whether the row table has a column of byte starts beside the one of ordinals (spec section 9).
  public var hasByteColumn: Bool {
    kind == .gapsRice || (kind == .gapsU8 && positionByteCount != nnz)
  }

  /// The size of a row table entry: 2, or 4 when a count does not fit 16 bits.
  public var rowTableEntryByteCount: Int { max(nnz, positionByteCount) <= 65_535 ? 2 : 4 }

  func write(to sink: inout some ByteSink) {
    sink.leb128(nnz)
    sink.append(blockRowsLog2.map { UInt8(truncatingIfNeeded: $0) } ?? 255)
    if kind.hasByteCount { sink.leb128(positionByteCount) }
    if kind == .gapsRice { sink.append(UInt8(truncatingIfNeeded: riceBits)) }
  }
}

extension TensorRecord {
  /// Reads the parameters of a position coding other than dense.
  @inline(__always)
  mutating func parsePositions(_ fields: inout FieldReader) throws(FormatError) {
    let isIndexed = encoding.positionNumber == PositionKind.indicesU16.rawValue
    guard shape.elementCount > 0, !isIndexed || shape.rowElementCount <= SparseParameters.maximumIndexedRow else {
      throw fields.error(.badParameter, at: positionField)
    }
    if encoding.positionNumber != CodedParameters.denseNumber {
      encoding.nonZeroCount = fields.leb128()
      guard encoding.nonZeroCount <= shape.elementCount else {
        throw fields.error(.badParameter, found: encoding.nonZeroCount, limit: shape.elementCount)
      }
    }
    encoding.blockRowsPower = fields.u8()
    let isWhole = encoding.blockRowsPower == Encoding.wholeTensor
    guard isWhole || (encoding.blockRowsPower <= 30 && 1 &<< encoding.blockRowsPower < shape.rows),
      !isIndexed || encoding.blockRowsPower == 0 || (isWhole && shape.rows == 1)
    else { throw fields.error(.badParameter, found: encoding.blockRowsPower) }
    if isIndexed || encoding.positionNumber == PositionKind.bitmap.rawValue { return }
    encoding.positionByteCount = fields.leb128()
    if encoding.positionNumber == PositionKind.gapsU8.rawValue {
      let skips = encoding.positionByteCount &- encoding.nonZeroCount
      guard skips >= 0, skips <= shape.elementCount / 255 else {
        throw fields.error(.badParameter, found: encoding.positionByteCount)
      }
    }
    if encoding.positionNumber == PositionKind.gapsRice.rawValue {
      encoding.riceBits = fields.u8()
      guard encoding.riceBits <= SparseParameters.maximumRiceBits else {
        throw fields.error(.badParameter, found: encoding.riceBits, limit: 24)
      }
    }
  }
}
