/// Which elements share a scale (spec section 7.1).
public enum Granularity: Sendable, Equatable {
  /// One scale.
  case tensor
  /// One scale for each index of an axis.
  case axis(Int)
  /// One scale for each run of this many elements of a row; the last run of a row may be shorter.
  case group(Int)

  /// The number of scales of a tensor of `shape`.
  public func scaleCount(of shape: Shape) -> Int {
    switch self {
    case .tensor: return 1
    case .axis(let axis): return shape[axis]
    case .group(let size):
      return shape.rows &* ((shape.rowElementCount &+ size &- 1) / size)
    }
  }
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
  public static let maximumGroupSize = 65_536

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

  /// The size of a stored zero point in bytes.
  var zeroPointByteCount: Int { bitWidth <= 8 ? 1 : 2 }

  static func parse(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, shape: Shape
  ) throws(FormatError) -> AffineParameters {
    let offset = cursor.offset
    let quantizer = try cursor.u8(bytes)
    let granularity: Granularity
    switch (quantizer &>> 4) & 3 {
    case 0: granularity = .tensor
    case 1:
      let axisOffset = cursor.offset
      let axis = Int(truncatingIfNeeded: try cursor.u8(bytes))
      guard axis < shape.rank else {
        throw FormatError(.badParameter, at: axisOffset, found: axis)
      }
      granularity = .axis(axis)
    case 2:
      let sizeOffset = cursor.offset
      let size = try cursor.leb128(bytes)
      guard size >= 1, size <= maximumGroupSize else {
        throw FormatError(.badParameter, at: sizeOffset, found: size)
      }
      granularity = .group(size)
    default: throw FormatError(.badParameter, at: offset, found: Int(truncatingIfNeeded: quantizer))
    }
    return AffineParameters(
      bitWidth: Int(truncatingIfNeeded: quantizer & 15) + 1, granularity: granularity,
      scaleType: quantizer & 0x40 != 0 ? .f16 : .f32, hasZeroPoints: quantizer & 0x80 != 0)
  }

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
