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

  /// The number in bits 0 to 4 of the element field.
  var number: UInt8 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .bf16: 2
    case .affine: 3
    case .codebook: 4
    }
  }

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

  /// Splits a coding field into number and version; throws `unknownEncoding`, `unsupportedEncodingVersion`.
  static func parseField(
    _ field: UInt8, at offset: Int, isKnown: (UInt8) -> Bool
  ) throws(FormatError) -> UInt8 {
    let number = field & 0x1F
    guard isKnown(number) else {
      throw FormatError(.unknownEncoding, at: offset, found: Int(truncatingIfNeeded: number))
    }
    guard field &>> 5 == 0 else {
      throw FormatError(.unsupportedEncodingVersion, at: offset, found: Int(truncatingIfNeeded: field &>> 5), limit: 0)
    }
    return number
  }

  /// Reads the parameters that coding `number` has in a record.
  static func parseParameters(
    _ bytes: Span<UInt8>, _ cursor: inout ByteCursor, number: UInt8, shape: Shape
  ) throws(FormatError) -> ElementCoding {
    switch number {
    case 0: .f32
    case 1: .f16
    case 2: .bf16
    case 3: .affine(try AffineParameters.parse(bytes, &cursor, shape: shape))
    default: .codebook(try CodebookParameters.parse(bytes, &cursor))
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

/// How scales and half-size entries are stored.
public enum ScaleType: UInt8, Sendable {
  case f32 = 0
  case f16 = 1

  /// 4 or 2.
  public var byteCount: Int { self == .f32 ? 4 : 2 }
}
