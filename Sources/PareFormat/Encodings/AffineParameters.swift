/// Which elements share a scale (spec section 7.1).
public enum Granularity: Sendable, Equatable {
  /// One scale.
  case tensor
  /// One scale for each index of an axis.
  case axis(Int)
  /// One scale for each run of this many elements of a row; the last run of a row may be shorter.
  case group(Int)

  /// The number of scales of a tensor of `shape`.
  public func scaleCount(of shape: Shape) -> Int { ScaleRuns(parts.kind, parts.value, shape).count }

  /// The kind, and the axis or the size of a group.
  var parts: (kind: GranularityKind, value: Int) {
    switch self {
    case .tensor: (.tensor, 0)
    case .axis(let axis): (.axis, axis)
    case .group(let size): (.group, size)
    }
  }

  init(_ kind: GranularityKind, _ value: Int) {
    switch kind {
    case .tensor: self = .tensor
    case .axis: self = .axis(value)
    default: self = .group(value)
    }
  }
}

/// A granularity without its parameter; the raw value is its number. No enumeration, whose cases a number is looked up in.
struct GranularityKind: RawRepresentable, Sendable, Equatable {
  let rawValue: UInt8

  static var tensor: GranularityKind { GranularityKind(rawValue: 0) }
  static var axis: GranularityKind { GranularityKind(rawValue: 1) }
  static var group: GranularityKind { GranularityKind(rawValue: 2) }
}

/// The parameters of the affine coding (spec section 7.1): value = scale * f32(code - zero point).
public struct AffineParameters: Sendable, Equatable {
  /// The width of a code, 1 to 16.
  public let bitWidth: Int

  /// Which elements share a scale and a zero point.
  public let granularity: Granularity

  /// How scales are stored.
  public let scaleType: ScaleType

  /// Whether zero points are stored; without them every zero point is 0.
  public let hasZeroPoints: Bool

  /// The largest group.
  public static var maximumGroupSize: Int { 65_536 }

  /// Creates parameters. Preconditions: the ranges above; a group size is 1 to 65 536.
  public init(bitWidth: Int, granularity: Granularity, scaleType: ScaleType, hasZeroPoints: Bool) {
    precondition(bitWidth >= 1 && bitWidth <= 16)
    self.bitWidth = bitWidth
    self.granularity = granularity
    self.scaleType = scaleType
    self.hasZeroPoints = hasZeroPoints
  }

  /// Whether codes are single bits that mean -1 and +1.
  public var isSign: Bool { bitWidth == 1 && !hasZeroPoints }

  func write(to sink: inout some ByteSink) {
    let base =
      UInt8(truncatingIfNeeded: bitWidth &- 1) | scaleType.rawValue &<< 6 | (hasZeroPoints ? 0x80 : 0)
    switch granularity {
    case .tensor: sink.append(base)
    case .axis(let axis):
      sink.append(base | 0x10)
      sink.append(UInt8(truncatingIfNeeded: axis))
    case .group(let size):
      sink.append(base | 0x20)
      sink.leb128(size)
    }
  }
}

extension TensorRecord {
  /// Reads the parameters of the affine coding.
  @inline(__always)
  mutating func parseAffine(_ fields: inout FieldReader) throws(FormatError) {
    let quantizer = fields.u8()
    encoding.bitWidth = quantizer & 15 &+ 1
    encoding.scaleType = quantizer & 0x40 != 0 ? .f16 : .f32
    encoding.hasZeroPoints = quantizer & 0x80 != 0
    let kind = GranularityKind(rawValue: UInt8(truncatingIfNeeded: quantizer &>> 4 & 3))
    guard kind.rawValue <= GranularityKind.group.rawValue else { throw fields.error(.badParameter, found: quantizer) }
    encoding.granularityKind = kind
    if kind == .tensor { return }
    let value = kind == .axis ? fields.u8() : fields.leb128()
    encoding.granularityValue = value
    guard kind == .axis ? value < shape.rank : value &- 1 < AffineParameters.maximumGroupSize && value > 0 else {
      throw fields.error(.badParameter, found: value)
    }
  }
}
