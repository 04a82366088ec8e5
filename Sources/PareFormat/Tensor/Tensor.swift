/// A tensor whose payload has been checked; the only way to its values.
///
/// It holds offsets; every call takes the span that the container was opened with. Decoding cannot fail.
public struct Tensor: Sendable {
  /// What the directory says about it.
  public internal(set) var record: TensorRecord

  /// Where the parts of the payload are, from `base` on.
  var parts: PayloadParts { record.parts }

  /// The offset of the payload.
  var base: Int { record.payloadOffset }

  /// The shape.
  public var shape: Shape { record.shape }

  /// The encoding.
  public var encoding: Encoding { record.encoding }

  init(_ record: TensorRecord) { self.record = record }

  /// The number of stored elements: those that are not zero for a sparse tensor, else all.
  public var storedCount: Int { encoding.nnz ?? shape.elementCount }

  /// Number `index` of the scales as f32. Precondition: the coding is affine, `index` below the number of scales.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  public func scale(_ index: Int, in bytes: Span<UInt8>) -> Float {
    // Scales are the first part of a payload, and so are entries.
    if encoding.scaleType == .f32 { return Float(bitPattern: bytes.u32(at: base &+ 4 &* index)) }
    return Float(bitPattern: HalfPrecision.widenHalf(bytes.u16(at: base &+ 2 &* index)))
  }

  /// Zero point number `index`, 0 when none are stored. Precondition as for `scale`.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  public func zeroPoint(_ index: Int, in bytes: Span<UInt8>) -> Int32 {
    guard encoding.hasZeroPoints else { return 0 }
    let start = base &+ parts.scaleEnd
    if encoding.bitWidth <= 8 { return Int32(truncatingIfNeeded: Int8(bitPattern: bytes[start &+ index])) }
    return Int32(truncatingIfNeeded: Int16(bitPattern: bytes.u16(at: start &+ 2 &* index)))
  }

  /// Codebook entry number `index` as f32. Precondition: the coding is codebook, `index` below its entry count.
  public func entry(_ index: Int, in bytes: Span<UInt8>) -> Float { scale(index, in: bytes) }

  /// The number of the scale that element `element` uses (spec section 7.1).
  public func scaleIndex(ofElement element: Int) -> Int {
    encoding.elementKind == .affine ? record.scaleRuns.run(of: element).index : 0
  }

  /// The raw bits of stored field `ordinal` of a sparse tensor: a float's, a code's or an index.
  @_addressableSelf
  func storedBits(_ ordinal: Int, in bytes: Span<UInt8>) -> UInt32 {
    let start = base &+ parts.valueStart
    return bytes.bits(
      at: BitOffset(field: ordinal, width: encoding.bitWidth, from: start), width: encoding.bitWidth)
  }
}

extension Encoding {
  /// The code in the low `bitWidth` bits of `bits` (spec section 7.1). Precondition: the coding is affine.
  @inline(__always)
  func code(_ bits: UInt32) -> Int32 {
    // A sign.
    if bitWidth == 1, !hasZeroPoints { return Int32(bitPattern: bits) &* 2 &- 1 }
    let shift = Int32(truncatingIfNeeded: 32 &- bitWidth)
    return (Int32(bitPattern: bits) &<< shift) &>> shift
  }
}

extension AffineParameters {
  /// The code in the low `bitWidth` bits of `bits` (spec section 7.1).
  @inline(__always)
  func code(_ bits: UInt32) -> Int32 {
    if isSign { return Int32(bitPattern: bits) &* 2 &- 1 }
    let shift = Int32(truncatingIfNeeded: 32 &- bitWidth)
    return (Int32(bitPattern: bits) &<< shift) &>> shift
  }
}
