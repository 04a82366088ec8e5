/// A tensor whose payload has been checked; the only way to its values.
///
/// It holds offsets; every call takes the span that the container was opened with. Decoding cannot fail.
public struct Tensor: Sendable {
  /// What the directory says about it.
  public let record: TensorRecord

  /// The parts of the payload as offsets in the container.
  let parts: PayloadParts
  let base: Int

  /// The shape.
  public var shape: Shape { record.shape }

  /// The encoding.
  public var encoding: Encoding { record.encoding }

  init(_ record: TensorRecord) {
    self.record = record
    self.parts = record.parts
    self.base = record.payloadOffset
  }

  /// The number of stored elements: those that are not zero for a sparse tensor, else all.
  public var storedCount: Int { encoding.nnz ?? shape.elementCount }

  /// Number `index` of the scales as f32. Precondition: the coding is affine, `index` below the number of scales.
  @inline(__always)
  public func scale(_ index: Int, in bytes: Span<UInt8>) -> Float {
    let start = base &+ parts.scales.lowerBound
    if encoding.affine?.scaleType == .f16 {
      return Float(bitPattern: HalfPrecision.widenHalf(bytes.u16(at: start &+ 2 &* index)))
    }
    return Float(bitPattern: bytes.u32(at: start &+ 4 &* index))
  }

  /// Zero point number `index`, 0 when none are stored. Precondition as for `scale`.
  @inline(__always)
  public func zeroPoint(_ index: Int, in bytes: Span<UInt8>) -> Int32 {
    guard let affine = encoding.affine, affine.hasZeroPoints else { return 0 }
    let start = base &+ parts.zeroPoints.lowerBound
    if affine.zeroPointByteCount == 1 { return Int32(truncatingIfNeeded: Int8(bitPattern: bytes[start &+ index])) }
    return Int32(truncatingIfNeeded: Int16(bitPattern: bytes.u16(at: start &+ 2 &* index)))
  }

  /// Codebook entry number `index` as f32. Precondition: the coding is codebook, `index` below its entry count.
  @inline(__always)
  public func entry(_ index: Int, in bytes: Span<UInt8>) -> Float {
    let start = base &+ parts.codebook.lowerBound
    if encoding.codebook?.entryType == .f16 {
      return Float(bitPattern: HalfPrecision.widenHalf(bytes.u16(at: start &+ 2 &* index)))
    }
    return Float(bitPattern: bytes.u32(at: start &+ 4 &* index))
  }

  /// The number of the scale that element `element` uses (spec section 7.1).
  public func scaleIndex(ofElement element: Int) -> Int {
    guard let affine = encoding.affine else { return 0 }
    switch affine.granularity {
    case .tensor: return 0
    case .axis(let axis): return element / shape.innerCount(behind: axis) % shape[axis]
    case .group(let size):
      let row = shape.rowElementCount
      return element / row &* ((row &+ size &- 1) / size) &+ element % row / size
    }
  }

  /// The raw bits of stored field `ordinal` of a sparse tensor: a float's, a code's or an index.
  @inline(__always)
  func storedBits(_ ordinal: Int, in bytes: Span<UInt8>) -> UInt32 {
    let width = encoding.element.bitWidth
    return bytes.bits(
      at: BitOffset(field: ordinal, width: width, from: base &+ parts.values.lowerBound), width: width)
  }

  /// The value of stored element `ordinal` of a sparse tensor, which is element `element` of the whole.
  func storedValue(_ ordinal: Int, element: Int, in bytes: Span<UInt8>) -> Float {
    value(ofField: storedBits(ordinal, in: bytes), element: element, in: bytes)
  }

  /// The value of a stored field, a float's bits, a code or an index, of element `element`.
  func value(ofField bits: UInt32, element: Int, in bytes: Span<UInt8>) -> Float {
    switch encoding.element {
    case .f32: return Float(bitPattern: bits)
    case .f16: return Float(bitPattern: HalfPrecision.widenHalf(UInt16(truncatingIfNeeded: bits)))
    case .bf16: return Float(bitPattern: bits &<< 16)
    case .codebook: return entry(Int(truncatingIfNeeded: bits), in: bytes)
    case .affine(let affine):
      let index = scaleIndex(ofElement: element)
      let code = affine.code(bits)
      return scale(index, in: bytes) * Float(Int(truncatingIfNeeded: code &- zeroPoint(index, in: bytes)))
    }
  }
}

extension AffineParameters {
  /// The code in the low `bitWidth` bits of `bits` (spec section 7.1).
  @inline(__always)
  func code(_ bits: UInt32) -> Int32 {
    if isSign { return bits == 0 ? -1 : 1 }
    let shift = Int32(truncatingIfNeeded: 32 &- bitWidth)
    return (Int32(bitPattern: bits) &<< shift) &>> shift
  }
}
