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

  /// Where the fields of `row` start in the container. Preconditions: the tensor is dense in place; `row` is one of its rows.
  public func denseRowStart(_ row: Int) -> Int {
    base &+ parts.values.lowerBound &+ row &* (parts.values.count / shape.rows)
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

  /// Writes the factors of some columns of a row of a dense tensor in place to `floats` from `start` on.
  ///
  /// Preconditions: the tensor is dense in place; `columns` are of `row`; `floats` has room; `table` is the tensor's
  /// `codebookTable`. Linear in the columns.
  public func decodeFactors(
    row: Int, columns: Range<Int>, _ table: Span<Float>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>,
    at start: Int
  ) {
    let output = start..<start &+ columns.count
    precondition(columns.lowerBound >= 0 && columns.upperBound <= shape.rowElementCount)
    precondition(start >= 0 && output.upperBound <= floats.count)
    let place = BitOffset(field: columns.lowerBound, width: encoding.element.bitWidth, from: denseRowStart(row))
    switch encoding.element {
    case .f32:
      let source = bytes.extracting(place.byte..<place.byte &+ 4 &* output.count)
      for index in 0..<output.count { floats[start &+ index] = Float(bitPattern: source.u32(at: 4 &* index)) }
    case .f16:
      let source = bytes.extracting(place.byte..<place.byte &+ 2 &* output.count)
      for index in 0..<output.count {
        floats[start &+ index] = Float(bitPattern: HalfPrecision.widenHalf(source.u16(at: 2 &* index)))
      }
    case .bf16:
      let source = bytes.extracting(place.byte..<place.byte &+ 2 &* output.count)
      for index in 0..<output.count {
        floats[start &+ index] = Float(bitPattern: HalfPrecision.widenBrain(source.u16(at: 2 &* index)))
      }
    case .codebook(let codebook):
      PackedKernels.codebook(bytes, at: place, width: codebook.bitWidth, table, output, &floats)
    case .affine(let affine):
      if hasRowScale {
        let scaling = Kernels.Scaling(scale: 1, zeroPoint: rowZeroPoint(row, in: bytes))
        Kernels.affine(bytes, at: place, affine, scaling, output, &floats)
        return
      }
      Kernels.affine(bytes, at: place, affine, .unit, output, &floats)
      var walk = ScaleWalk(self, affine, from: row &* shape.rowElementCount &+ columns.lowerBound)
      var index = output.lowerBound
      while index < output.upperBound {
        let count = min(walk.remaining, output.upperBound &- index)
        let scaling = scaling(walk.index, in: bytes)
        for element in index..<index &+ count { floats[element] = scaling.apply(floats[element]) }
        index &+= count
        walk.advance(count)
      }
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
