/// What the symbols of a stream are (spec section 9.1).
public struct StreamSymbols: Sendable, Equatable {
  /// The kinds of symbols.
  public enum Kind: UInt16, Sendable {
    /// Eight bits: which elements are stored.
    case mask
    /// Eight codes or indices of one bit.
    case bits
    /// Codebook indices.
    case indices
    /// Codes: half of them below zero, half not.
    case codes
    /// One byte of each float; the first plane has the sign and most of the exponent.
    case plane
  }

  // As numbers of two bytes, which leave no padding: a microcontroller clears decoders with one call.
  private let kindNumber: UInt16
  private let symbolCount: UInt16

  /// Their kind.
  public var kind: Kind {
    // A number is that of a kind, since symbols are created from one.
    Kind(rawValue: kindNumber) ?? .mask
  }

  /// The number of symbols, at most 256.
  public var count: Int { Int(truncatingIfNeeded: symbolCount) }

  /// The symbols of a mask.
  public static var mask: StreamSymbols { StreamSymbols(.mask, count: 256) }

  /// Whether a symbol is eight bits, which have tables of their own kind.
  public var isBits: Bool { kindNumber <= Kind.bits.rawValue }

  /// Whether they are those of a mask.
  var areMask: Bool { kindNumber == Kind.mask.rawValue }

  /// The half of an alphabet of codes, whose tables may be mirrored; nil for the others.
  public var half: Int? { middle > 0 ? middle : nil }

  /// The symbol of code 0; 0 where symbols are no codes.
  var middle: Int { kindNumber == Kind.codes.rawValue ? count &>> 1 : 0 }

  init(_ kind: Kind, count: Int) {
    kindNumber = kind.rawValue
    symbolCount = UInt16(truncatingIfNeeded: count)
  }

  /// No symbols.
  init() { self.init(.mask, count: 0) }

  /// The symbols of the streams behind the mask.
  public init(of element: ElementCoding) { self.init(of: Encoding(element: element, position: .dense)) }

  @inline(never)
  init(of encoding: Encoding) {
    if encoding.isFloat {
      self.init(.plane, count: 256)
    } else if encoding.bitWidth == 1 {
      self.init(.bits, count: 256)
    } else if encoding.elementKind == .codebook {
      self.init(.indices, count: encoding.entryCount)
    } else {
      self.init(.codes, count: 2 &* CodeBuckets.half(encoding.bitWidth))
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
