/// How one element is stored (spec section 7).
public enum ElementCoding: Sendable, Equatable {
  /// IEEE binary32, kept bit for bit.
  case f32
  /// IEEE binary16.
  case f16
  /// The upper half of an f32.
  case bf16
  /// scale * (code - zero point).
  case affine(AffineParameters)
  /// entry[index].
  case codebook(CodebookParameters)

  /// The coding without its parameters.
  var kind: ElementKind {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .affine: .affine
    case .codebook: .codebook
    }
  }

  /// The number in bits 0 to 4 of the element field.
  var number: UInt8 { kind.rawValue }

  /// The bits of one stored element: 32 or 16 for floats, 1 to 16 for codes, 1 to 8 for codebook indices.
  public var bitWidth: Int {
    switch self {
    case .f32: 32
    case .f16, .bf16: 16
    case .affine(let parameters): parameters.bitWidth
    case .codebook(let parameters): parameters.bitWidth
    }
  }

  /// Whether elements are floats of 4 or 2 bytes rather than codes or indices.
  public var isFloat: Bool {
    switch self {
    case .f32, .f16, .bf16: true
    case .affine, .codebook: false
    }
  }

  /// Writes the parameters; the field itself stands before the shape.
  func writeParameters(to sink: inout some ByteSink) {
    switch self {
    case .f32, .f16, .bf16: break
    case .affine(let parameters): parameters.write(to: &sink)
    case .codebook(let parameters): parameters.write(to: &sink)
    }
  }
}

/// An element coding without its parameters; the raw value is its number. No enumeration, whose cases a number is looked up in.
public struct ElementKind: RawRepresentable, Sendable, Equatable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  static var f32: ElementKind { ElementKind(rawValue: 0) }
  static var f16: ElementKind { ElementKind(rawValue: 1) }
  static var bf16: ElementKind { ElementKind(rawValue: 2) }
  static var affine: ElementKind { ElementKind(rawValue: 3) }
  static var codebook: ElementKind { ElementKind(rawValue: 4) }
}

extension TensorRecord {
  /// Reads the element and the position field of a record; throws `unknownEncoding`, `unsupportedEncodingVersion`.
  @inline(__always)
  mutating func parseNumbers(_ fields: inout FieldReader) {
    let element = Self.parseNumber(&fields, known: 0x1F)
    encoding.elementKind = ElementKind(rawValue: UInt8(truncatingIfNeeded: element))
    encoding.bitWidth = element == 0 ? 32 : 16
    encoding.positionNumber = UInt8(truncatingIfNeeded: Self.parseNumber(&fields, known: 0x3_001F))
  }

  /// Splits a coding field into number and version, and notes a mistake in either; bit n of `known` is set where number n exists.
  @inline(never)
  private static func parseNumber(_ fields: inout FieldReader, known: Int) -> Int {
    let field = fields.u8()
    let number = field & 0x1F
    if known &>> number & 1 == 0 { fields.note(.unknownEncoding, found: number) }
    if field != number { fields.note(.unsupportedEncodingVersion, found: field &>> 5, limit: 0) }
    return number
  }
}

/// How scales and half-size entries are stored.
public enum ScaleType: UInt8, Sendable {
  case f32 = 0
  case f16 = 1

  /// 4 or 2.
  public var byteCount: Int { self == .f32 ? 4 : 2 }

  /// Its logarithm.
  var byteCountPower: Int { 2 &- Int(truncatingIfNeeded: rawValue) }
}
