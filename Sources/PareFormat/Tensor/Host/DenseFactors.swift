#if !hasFeature(Embedded)
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
      precondition(tensor.encoding.positionNumber == 0 && tensor.shape.elementCount > 0)
      self.tensor = tensor
      start = tensor.base &+ tensor.parts.valueStart
      rowByteCount = tensor.parts.valueByteCount / tensor.shape.rows
      rowElementCount = tensor.shape.rowElementCount
      hasRowScale = tensor.hasRowScale
      element = tensor.encoding.element
      bitWidth = tensor.encoding.bitWidth
      hasZeroPoints = tensor.encoding.hasZeroPoints
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
#endif
