public import PareFormat

/// A tensor as codes with what decodes them: the elements and parameters of spec section 7, not yet laid out.
///
/// A dropped element, and every other one that decodes to zero, has the *zero code*: its zero point, or the index of the
/// codebook's entry 0. The decoded values are the same whether the caller stores the tensor dense or sparse.
public struct QuantizedTensor: Sendable {
  /// The extents, outermost first.
  public let shape: [Int]

  /// One code or codebook index per element, in row-major order.
  public let codes: [Int16]

  /// The width of a code, 1 to 16; for a codebook that of an index into all of `codebook`.
  public let bitWidth: Int

  /// Which elements share a scale; `.tensor` for a codebook.
  public let granularity: Granularity

  /// How scales are stored. It is f32 although f16 was asked for when a scale is no normal f16.
  public let scaleType: ScaleType

  /// The scales, finite and above 0, as many as the granularity has; an f16 scale is given by its exact value. Empty for
  /// a codebook.
  public let scales: [Float]

  /// Whether there are zero points.
  public let hasZeroPoints: Bool

  /// As many as scales, each in the range of a code; empty when symmetric and for a codebook.
  public let zeroPoints: [Int16]

  /// The entries, 2 to 256, strictly rising, never -0; one of them is 0 when an element is zero. Else empty.
  public let codebook: [Float]

  /// The index of the codebook's entry 0, nil without one.
  public let zeroIndex: Int?

  /// The number of elements whose code is not the zero code.
  public private(set) var nonZeroCount: Int

  /// Codes with scales, and zero points unless `zeroPoints` is nil.
  init(
    shape: [Int], codes: [Int16], bitWidth: Int, layout: ScaleLayout, scales: [Float],
    zeroPoints: [Int16]? = nil
  ) {
    self.shape = shape
    self.codes = codes
    self.bitWidth = bitWidth
    granularity = layout.granularity
    scaleType = layout.scaleType
    self.scales = scales
    hasZeroPoints = zeroPoints != nil
    self.zeroPoints = zeroPoints ?? []
    codebook = []
    zeroIndex = nil
    nonZeroCount = 0
    nonZeroCount = countNonZeros()
  }

  /// Indices into a codebook.
  init(shape: [Int], indices: [Int16], codebook: [Float]) {
    self.shape = shape
    codes = indices
    bitWidth = CodebookParameters(entryCount: codebook.count, entryType: .f32).bitWidth
    granularity = .tensor
    scaleType = .f32
    scales = []
    hasZeroPoints = false
    zeroPoints = []
    self.codebook = codebook
    zeroIndex = codebook.firstIndex(of: 0)
    nonZeroCount = 0
    nonZeroCount = countNonZeros()
  }

  /// Whether codes are indices into `codebook`.
  public var isCodebook: Bool { !codebook.isEmpty }

  /// Whether codes are -1 and +1 in one bit. A zero, code 0, then has no place in a dense tensor.
  public var isSign: Bool { bitWidth == 1 && !hasZeroPoints && !isCodebook }

  /// Whether only a sparse tensor represents the codes: sign coding with zeros.
  public var requiresSparse: Bool { isSign && nonZeroCount < codes.count }

  /// The entries for a sparse tensor: `codebook` without 0, at least two of them.
  public var sparseCodebook: [Float] { Codebook.padded(codebook.filter { $0 != 0 }) }

  /// The index into `sparseCodebook` of a non-zero element with this index into `codebook`.
  @inline(__always)
  public func sparseIndex(_ index: Int16) -> Int16 {
    zeroIndex.map { Int(index) > $0 } == true ? index &- 1 : index
  }

  private func countNonZeros() -> Int {
    var count = 0
    if isCodebook {
      // Without an entry 0 there are no zeros.
      guard let zero = zeroIndex.map({ Int16($0) }) else { return codes.count }
      for code in codes where code != zero { count &+= 1 }
    } else if !hasZeroPoints {
      for code in codes where code != 0 { count &+= 1 }
    } else {
      var runs = ScaleMap(shape: shape, granularity: granularity).runs
      while let run = runs.next() {
        let zero = zeroPoints[run.scale]
        for index in run.start..<run.start &+ run.count where codes[index] != zero { count &+= 1 }
      }
    }
    return count
  }
}
