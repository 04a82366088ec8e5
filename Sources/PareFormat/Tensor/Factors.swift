// What a matrix product multiplies its input with, so that it can run on the stored form.
//
// Where all elements of a row share one scale, a row's sum is multiplied by it once, and the factor of an element is
// f32(code - zero point), which is exact; else it is the decoded value.

extension Tensor {
  /// Whether all elements of a row share one scale and one zero point, by the tensor's granularity: affine codes, signs included, with
  /// one scale for the tensor, or with one for each index of axis 0 of a tensor of rank 2 and more.
  public var hasRowScale: Bool {
    @_addressableSelf get {
      guard encoding.elementKind == .affine else { return false }
      switch encoding.granularityKind {
      case .tensor: return true
      case .axis: return encoding.granularityValue == 0 && shape.rank >= 2
      default: return false
      }
    }
  }

  /// The scale of a row's sum: 1 without a row scale. Precondition: `row` is one of the tensor's.
  @_addressableSelf
  public func rowScale(_ row: Int, in bytes: Span<UInt8>) -> Float {
    guard hasRowScale else { return 1 }
    return scale(encoding.granularityKind == .tensor ? 0 : row, in: bytes)
  }

  /// The zero point of a row: 0 without a row scale. Precondition: `row` is one of the tensor's.
  @_addressableSelf
  public func rowZeroPoint(_ row: Int, in bytes: Span<UInt8>) -> Int32 {
    guard encoding.hasZeroPoints, hasRowScale else { return 0 }
    return zeroPoint(encoding.granularityKind == .tensor ? 0 : row, in: bytes)
  }

  /// Where the stored fields of a tensor in place start in the container.
  public var storedStart: Int { base &+ parts.valueStart }

  /// The ordinals of a row's non-zeros, and where their positions are in the container; nil where blocks hold several rows.
  ///
  /// Preconditions: the tensor is sparse in place; `row` is one of its rows.
  @_addressableSelf
  public func nonZeros(ofRow row: Int, in bytes: Span<UInt8>) -> (ordinals: Range<Int>, positions: Range<Int>)? {
    precondition(encoding.isSparseInPlace, "the tensor is not sparse in place")
    precondition(row >= 0 && row < shape.rows)
    guard encoding.blockRowsPower == 0 || shape.rows == 1 else { return nil }
    let start = start(ofBlock: row, in: bytes)
    let end = self.start(ofBlock: row &+ 1, in: bytes)
    return (start.ordinal..<end.ordinal, start.offset..<end.offset)
  }
}
