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

  static func isKnown(_ number: UInt8) -> Bool {
    number <= PositionKind.gapsRice.rawValue || number == CodedParameters.denseNumber
      || number == CodedParameters.sparseNumber
  }

  /// Reads the parameters that coding `number`, a known one, has in a record.
  static func parseParameters(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, number: UInt8, fieldOffset: Int, shape: Shape
  ) throws(FormatError) -> PositionCoding {
    if number == 0 { return .dense }
    if let kind = PositionKind(rawValue: number) {
      return .sparse(try SparseParameters.parse(bytes, &cursor, kind: kind, fieldOffset: fieldOffset, shape: shape))
    }
    return .coded(
      try CodedParameters.parse(
        bytes, &cursor, isSparse: number == CodedParameters.sparseNumber, fieldOffset: fieldOffset, shape: shape))
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
  public static let maximumRiceBits = 24

  /// The longest row that u16 indices reach.
  public static let maximumIndexedRow = 65_536

  /// Creates parameters; the ranges are the spec's, and not checked here.
  public init(kind: PositionKind, nnz: Int, blockRowsLog2: Int?, positionByteCount: Int = 0, riceBits: Int = 0) {
    self.kind = kind
    self.nnz = nnz
    self.blockRowsLog2 = blockRowsLog2
    self.positionByteCount = positionByteCount
    self.riceBits = riceBits
  }

  /// The number of blocks of a tensor of `shape`, which has elements.
  public func blockCount(of shape: Shape) -> Int {
    guard let blockRowsLog2 else { return 1 }
    return (shape.rows &- 1) &>> blockRowsLog2 &+ 1
  }

  /// The bytes of the positions part; at most the elements of the tensor, or twice as many.
  func positionsByteCount(of shape: Shape) -> Int {
    switch kind {
    case .bitmap:
      return shape.rows &* ((shape.rowElementCount &+ 7) &>> 3)
    case .indicesU16: return 2 &* nnz
    case .gapsU8, .gapsRice: return positionByteCount
    }
  }

  /// Whether the row table has a column of byte starts beside the one of ordinals (spec section 9).
  public var hasByteColumn: Bool {
    kind == .gapsRice || (kind == .gapsU8 && positionByteCount != nnz)
  }

  /// The size of a row table entry: 2, or 4 when a count does not fit 16 bits.
  public var rowTableEntryByteCount: Int { max(nnz, positionByteCount) <= 65_535 ? 2 : 4 }

  /// The number of row table entries.
  func rowTableEntryCount(of shape: Shape) -> Int {
    (blockCount(of: shape) &- 1) &* (hasByteColumn ? 2 : 1)
  }

  static func parse(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, kind: PositionKind, fieldOffset: Int, shape: Shape
  ) throws(FormatError) -> SparseParameters {
    guard shape.elementCount > 0, kind != .indicesU16 || shape.rowElementCount <= maximumIndexedRow else {
      throw FormatError(.badParameter, at: fieldOffset)
    }
    let nnz = try parseNonZeroCount(bytes, &cursor, shape: shape)
    let kOffset = cursor.offset
    let blockRowsLog2 = try parseBlockRows(bytes, &cursor, shape: shape)
    guard kind != .indicesU16 || blockRowsLog2 == 0 || (blockRowsLog2 == nil && shape.rows == 1) else {
      throw FormatError(.badParameter, at: kOffset)
    }
    var positionByteCount = 0
    if kind.hasByteCount {
      let offset = cursor.offset
      positionByteCount = try cursor.leb128(bytes)
      let isInRange =
        positionByteCount >= nnz && positionByteCount &- nnz <= shape.elementCount / 255
      guard kind == .gapsRice || isInRange else {
        throw FormatError(.badParameter, at: offset, found: positionByteCount)
      }
    }
    var riceBits = 0
    if kind == .gapsRice {
      let offset = cursor.offset
      riceBits = Int(truncatingIfNeeded: try cursor.u8(bytes))
      guard riceBits <= maximumRiceBits else {
        throw FormatError(.badParameter, at: offset, found: riceBits, limit: 24)
      }
    }
    return SparseParameters(
      kind: kind, nnz: nnz, blockRowsLog2: blockRowsLog2, positionByteCount: positionByteCount, riceBits: riceBits)
  }

  static func parseNonZeroCount(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, shape: Shape
  ) throws(FormatError) -> Int {
    let offset = cursor.offset
    let nnz = try cursor.leb128(bytes)
    guard nnz <= shape.elementCount else {
      throw FormatError(.badParameter, at: offset, found: nnz, limit: shape.elementCount)
    }
    return nnz
  }

  /// Reads k: the rows in a block are 2 to this power; nil when the whole tensor is one.
  static func parseBlockRows(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, shape: Shape
  ) throws(FormatError) -> Int? {
    let offset = cursor.offset
    let k = Int(truncatingIfNeeded: try cursor.u8(bytes))
    if k == 255 { return nil }
    guard k <= 30, 1 &<< k < shape.rows else { throw FormatError(.badParameter, at: offset, found: k) }
    return k
  }

  func write(to sink: inout some ByteSink) {
    sink.leb128(nnz)
    sink.append(blockRowsLog2.map { UInt8(truncatingIfNeeded: $0) } ?? 255)
    if kind.hasByteCount { sink.leb128(positionByteCount) }
    if kind == .gapsRice { sink.append(UInt8(truncatingIfNeeded: riceBits)) }
  }
}
