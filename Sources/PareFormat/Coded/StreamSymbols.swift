/// What the symbols of a stream are (spec section 9.1).
public enum StreamSymbols: Sendable, Equatable {
  /// Eight bits: which elements are stored.
  case mask
  /// Eight codes or indices of one bit.
  case bits
  /// Codebook indices.
  case indices(count: Int)
  /// Codes: `half` of them below zero, `half` not.
  case codes(half: Int)
  /// One byte of each float; plane 0 has the sign and most of the exponent.
  case plane(Int)

  /// Whether a symbol is eight bits, which have tables of their own kind.
  public var isBits: Bool { self == .mask || self == .bits }

  /// The number of symbols, at most 256.
  public var count: Int {
    switch self {
    case .mask, .bits, .plane: 256
    case .indices(let count): count
    case .codes(let half): 2 &* half
    }
  }

  /// The half of an alphabet of codes, whose tables may be mirrored; nil for the others.
  public var half: Int? {
    if case .codes(let half) = self { half } else { nil }
  }

  /// The symbols of stream `index` behind the mask.
  public init(_ index: Int, of element: ElementCoding) {
    self.init(index, of: Encoding(element: element, position: .dense))
  }

  init(_ index: Int, of encoding: Encoding) {
    if encoding.isFloat {
      self = .plane(index)
    } else if encoding.bitWidth == 1 {
      self = .bits
    } else if encoding.elementKind == .codebook {
      self = .indices(count: encoding.entryCount)
    } else {
      self = .codes(half: CodeBuckets.half(encoding.bitWidth))
    }
  }
}

extension ElementCoding {
  /// The streams of symbols that the elements are coded as: one for each byte of a float, else one.
  public var codedStreamCount: Int { Encoding(element: self, position: .dense).codedStreamCount }

  /// Whether the low bits of codes are a stream of their own.
  public var hasLowBits: Bool { kind == .affine && bitWidth > 8 }
}

extension Encoding {
  var codedStreamCount: Int { isFloat ? bitWidth &>> 3 : 1 }
}

/// Codes of more than 8 bits as symbols: three bits below the highest one, the rest as they are (spec section 9.1).
public enum CodeBuckets {
  /// The number of symbols on each side of zero.
  public static func half(_ bitWidth: Int) -> Int { bitWidth <= 8 ? 1 &<< (bitWidth &- 1) : 8 &* bitWidth &- 24 }

  /// The low bits that bucket number `bucket` leaves, for codes of more than 8 bits.
  @inline(__always)
  public static func lowBits(_ bucket: Int) -> Int { bucket < 16 ? 0 : (bucket &- 16) &>> 3 &+ 1 }

  /// The least magnitude of a bucket.
  @inline(__always)
  public static func base(_ bucket: Int) -> Int {
    bucket < 16 ? bucket : (8 &+ (bucket & 7)) &<< ((bucket &- 16) &>> 3 &+ 1)
  }

  /// The bucket of a magnitude.
  @inline(__always)
  public static func bucket(_ magnitude: Int) -> Int {
    if magnitude < 16 { return magnitude }
    let top = Int.bitWidth &- 1 &- magnitude.leadingZeroBitCount
    return 16 &+ 8 &* (top &- 4) &+ (magnitude &>> (top &- 3)) & 7
  }
}
