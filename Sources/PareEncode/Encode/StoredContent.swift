import PareFormat

/// One way to represent a tensor's elements: an element coding, its parameters, and each element's field of bits.
struct StoredContent {
  /// The element coding.
  let element: ElementCoding

  /// Scales and zero points of the affine coding.
  var scales: [Float] = []
  var zeroPoints: [Int16] = []

  /// Entries of the codebook.
  var entries: [Float] = []

  /// Whether every element, zeros included, has a field.
  var allowsDense = true

  /// Whether the elements that are not zero have fields.
  var allowsSparse = true

  /// Whether the fields are the source's own f32 bits, all of them.
  var isSource = false

  /// The raw bits of element number i of the tensor.
  let field: (Int) -> UInt32
}

/// A tensor's elements before an encoding is chosen: the ways to represent them, and which of them are zero.
struct ElementContents {
  /// The elements that are not zero, which sparse encodings store.
  let stored: PruningMask

  /// All represent the same decoded values; earlier ones win ties.
  let choices: [StoredContent]
}

extension ElementContents {
  /// The codes of a quantized tensor, and narrower forms that decode to the same values.
  static func codes(_ quantized: QuantizedTensor) -> ElementContents {
    let codes = quantized.codes
    if quantized.isCodebook {
      let zero = quantized.codebook.firstIndex(of: 0).map(Int16.init)
      let stored = PruningMask(count: codes.count) { codes[$0] != zero }
      let indices: (Int) -> Int = { Int(codes[$0]) }
      return ElementContents(
        stored: stored, choices: StoredContent.codebook(quantized.codebook, zero: zero.map(Int.init), indices))
    }
    let map = ScaleMap(shape: quantized.shape, granularity: quantized.granularity)
    let zeroPoints = quantized.zeroPoints
    let stored = PruningMask(count: codes.count) { element in
      codes[element] != (zeroPoints.isEmpty ? 0 : zeroPoints[map.scaleIndex(of: element)])
    }
    // Codes that are all -1 and +1 need one bit; so do ternary ones where they are stored sparse.
    let isSign = zeroPoints.isEmpty && !stored.kept.contains { abs(Int(codes[$0])) != 1 }
    let bitWidths = isSign && quantized.bitWidth > 1 ? [1, quantized.bitWidth] : [quantized.bitWidth]
    let scaleType: ScaleType = quantized.scales.allSatisfy(StoredContent.isHalf) ? .f16 : quantized.scaleType
    let choices = bitWidths.map { bitWidth in
      let affine = AffineParameters(
        bitWidth: bitWidth, granularity: quantized.granularity, scaleType: scaleType,
        hasZeroPoints: quantized.hasZeroPoints)
      return StoredContent(
        element: .affine(affine), scales: quantized.scales, zeroPoints: zeroPoints,
        allowsDense: !affine.isSign || stored.droppedCount == 0
      ) { element in
        affine.isSign ? (codes[element] > 0 ? 1 : 0) : UInt32(bitPattern: Int32(codes[element]))
      }
    }
    return ElementContents(stored: stored, choices: choices)
  }
}

extension StoredContent {
  /// Codebook content from entries and each element's index: with all entries where it is dense, without the entry 0
  /// where it is sparse.
  static func codebook(_ entries: [Float], zero: Int?, _ index: @escaping (Int) -> Int) -> [StoredContent] {
    let dense = StoredContent(
      element: .codebook(parameters(entries)), entries: entries, allowsSparse: zero == nil
    ) { UInt32(truncatingIfNeeded: index($0)) }
    guard let zero else { return [dense] }
    var nonZero = entries
    nonZero.remove(at: zero)
    // A codebook has at least two entries; a value next to the last one is never used.
    while nonZero.count < 2 { nonZero.append((nonZero.last ?? 1).nextUp) }
    let sparse = StoredContent(element: .codebook(parameters(nonZero)), entries: nonZero, allowsDense: false) {
      UInt32(truncatingIfNeeded: index($0) < zero ? index($0) : index($0) &- 1)
    }
    return [dense, sparse]
  }

  private static func parameters(_ entries: [Float]) -> CodebookParameters {
    CodebookParameters(entryCount: entries.count, entryType: entries.allSatisfy(isHalf) ? .f16 : .f32)
  }

  /// Whether f16 holds a value exactly.
  static func isHalf(_ value: Float) -> Bool {
    HalfPrecision.widenHalf(HalfPrecision.narrowToHalf(value.bitPattern)) == value.bitPattern
  }
}
