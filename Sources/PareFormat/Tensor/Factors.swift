// What a matrix product multiplies its input with, so that it can run on the stored form.
//
// Where all elements of a row share one scale, a row's sum is multiplied by it once, and the factor of an element is
// f32(code - zero point), which is exact; else it is the decoded value.

extension Tensor {
  /// Whether all elements of a row share one scale and one zero point, by the tensor's granularity: affine codes, signs included, with
  /// one scale for the tensor, or with one for each index of axis 0 of a tensor of rank 2 and more.
  public var hasRowScale: Bool {
    guard let affine = encoding.affine else { return false }
    return affine.granularity == .tensor || (affine.granularity == .axis(0) && shape.rank >= 2)
  }

  /// The scale of a row's sum: 1 without a row scale. Precondition: `row` is one of the tensor's.
  public func rowScale(_ row: Int, in bytes: Span<UInt8>) -> Float {
    guard hasRowScale else { return 1 }
    return scale(encoding.affine?.granularity == .tensor ? 0 : row, in: bytes)
  }

  /// The zero point of a row: 0 without a row scale. Precondition: `row` is one of the tensor's.
  public func rowZeroPoint(_ row: Int, in bytes: Span<UInt8>) -> Int32 {
    guard hasRowScale else { return 0 }
    return zeroPoint(encoding.affine?.granularity == .tensor ? 0 : row, in: bytes)
  }

  /// Where the stored fields of a sparse tensor in place start in the container.
  public var storedStart: Int { base &+ parts.values.lowerBound }

  /// The ordinals of a row's non-zeros, and where their positions are in the container; nil where blocks hold several rows.
  ///
  /// Preconditions: the tensor is sparse in place; `row` is one of its rows.
  public func nonZeros(ofRow row: Int, in bytes: Span<UInt8>) -> (ordinals: Range<Int>, positions: Range<Int>)? {
    guard let sparse = encoding.sparse else { preconditionFailure("the tensor is not sparse in place") }
    precondition(row >= 0 && row < shape.rows)
    guard sparse.blockRowsLog2 == 0 || shape.rows == 1 else { return nil }
    let ordinals = ordinalStart(ofBlock: row, sparse, in: bytes)..<ordinalStart(ofBlock: row &+ 1, sparse, in: bytes)
    return (
      ordinals, positionStart(ofBlock: row, sparse, in: bytes)..<positionStart(ofBlock: row &+ 1, sparse, in: bytes)
    )
  }
}

/// Reads the factors of rows of a dense tensor in place; what all rows share is worked out once.
public struct DenseFactors: Sendable {
  private let tensor: Tensor
  private let start: Int
  private let rowByteCount: Int
  private let rowElementCount: Int
  private let hasRowScale: Bool

  /// The tensor's, which it would be copied for at each call.
  private let element: ElementCoding
  private let bitWidth: Int
  private let hasZeroPoints: Bool

  /// Precondition: the tensor is dense in place, and has elements.
  public init(_ tensor: Tensor) {
    precondition(tensor.encoding.position == .dense && tensor.shape.elementCount > 0)
    self.tensor = tensor
    start = tensor.base &+ tensor.parts.values.lowerBound
    rowByteCount = tensor.parts.values.count / tensor.shape.rows
    rowElementCount = tensor.shape.rowElementCount
    hasRowScale = tensor.hasRowScale
    element = tensor.encoding.element
    bitWidth = element.bitWidth
    hasZeroPoints = tensor.encoding.affine?.hasZeroPoints ?? false
  }

  /// Where the fields of `row` start in the container.
  public func rowStart(_ row: Int) -> Int { start &+ row &* rowByteCount }

  /// Writes the factors of some columns of a row to `floats` from `first` on. Linear in the columns.
  ///
  /// Preconditions: `columns` are of `row`, a row of the tensor; `floats` has room; `table` is the tensor's `codebookTable`.
  public func decode(
    row: Int, columns: Range<Int>, _ table: Span<Float>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>,
    at first: Int
  ) {
    let output = first..<first &+ columns.count
    precondition(columns.lowerBound >= 0 && columns.upperBound <= rowElementCount)
    precondition(first >= 0 && output.upperBound <= floats.count)
    let place = BitOffset(field: columns.lowerBound, width: bitWidth, from: rowStart(row))
    switch element {
    case .f32: Kernels.f32(bytes, at: place.byte, output, &floats)
    case .f16: Kernels.f16(bytes, at: place.byte, output, &floats)
    case .bf16: Kernels.bf16(bytes, at: place.byte, output, &floats)
    case .codebook(let codebook):
      PackedKernels.codebook(bytes, at: place, width: codebook.bitWidth, table, output, &floats)
    case .affine(let affine):
      guard hasRowScale else { return decode(affine, row, columns, place, bytes, output, &floats) }
      let zeroPoint = hasZeroPoints ? tensor.rowZeroPoint(row, in: bytes) : 0
      if affine.bitWidth == 8 {
        Kernels.factors8(bytes, at: place.byte, zeroPoint: zeroPoint, output, &floats)
      } else {
        Kernels.affine(bytes, at: place, affine, Kernels.Scaling(scale: 1, zeroPoint: zeroPoint), output, &floats)
      }
    }
  }

  /// Decodes codes whose scales change within the row: first the codes, which are exact as floats, then their scales.
  private func decode(
    _ affine: AffineParameters, _ row: Int, _ columns: Range<Int>, _ place: BitOffset, _ bytes: Span<UInt8>,
    _ output: Range<Int>, _ floats: inout MutableSpan<Float>
  ) {
    Kernels.affine(bytes, at: place, affine, .unit, output, &floats)
    var walk = ScaleWalk(tensor, affine, from: row &* rowElementCount &+ columns.lowerBound)
    var index = output.lowerBound
    while index < output.upperBound {
      let count = min(walk.remaining, output.upperBound &- index)
      let scaling = tensor.scaling(walk.index, in: bytes)
      for element in index..<index &+ count { floats[element] = scaling.apply(floats[element]) }
      index &+= count
      walk.advance(count)
    }
  }
}

/// Reads the elements of an entropy-coded tensor, dense or sparse, one after the other, with their factors.
///
/// About 4 KB, no heap; the way of a microcontroller, and exact for every element coding.
public struct CodedFactorReader {
  private let tensor: Tensor
  private let hasRowScale: Bool
  private var elements: CodedElements?
  private var scale = SparseScale()

  /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
  ///
  /// Preconditions: the tensor is entropy coded; there are such rows.
  public init(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
    guard let coded = tensor.encoding.coded else { preconditionFailure("the tensor is not entropy coded") }
    self.tensor = tensor
    hasRowScale = tensor.hasRowScale
    // The tensor has been validated, so its description is in order.
    elements = (try? CodedDescription.parse(tensor, coded, bytes)).map {
      CodedElements(tensor, coded, $0, blocks: coded.blocks(of: rows), bytes)
    }
  }

  /// The next stored element, as an index in the whole tensor, and its factor; nil behind the last.
  public mutating func next(_ bytes: Span<UInt8>) -> (element: Int, factor: Float)? {
    guard let next = elements?.next(bytes) else { return nil }
    guard case .affine(let affine) = tensor.encoding.element else {
      return (next.element, tensor.value(ofField: next.field, element: next.element, in: bytes))
    }
    if next.element >= scale.end { scale = SparseScale(tensor, affine, at: next.element, bytes) }
    let code = affine.code(next.field)
    return (next.element, hasRowScale ? scale.scaling.factor(of: code) : scale.scaling.apply(code))
  }
}
