extension Tensor {
  /// Decodes all elements, in row-major order (spec section 7).
  ///
  /// Linear in the elements. Precondition: `floats` holds exactly `shape.elementCount` elements; `bytes` is the
  /// span that the container was opened with.
  public func decode(_ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    decodeRows(0..<shape.rows, bytes, into: &floats)
  }

  /// Decodes the elements of some rows, without touching the others where the encoding has a row table entry for
  /// each row, or is dense.
  ///
  /// Preconditions: `rows` is within the tensor's rows; `floats` holds exactly their elements.
  public func decodeRows(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    let rowElementCount = shape.rowElementCount
    precondition(rows.lowerBound >= 0 && rows.upperBound <= shape.rows, "rows outside the tensor")
    precondition(floats.count == rows.count * rowElementCount, "the buffer must hold the rows' elements")
    guard rowElementCount > 0, !rows.isEmpty else { return }
    if encoding.sparse != nil {
      decodeSparse(rows, bytes, into: &floats)
    } else {
      decodeDense(rows, bytes, into: &floats)
    }
  }

  private func decodeSparse(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    floats.update(repeating: 0)
    let first = rows.lowerBound &* shape.rowElementCount
    var cursor = NonZeroCursor(self, rows: rows)
    while let position = cursor.nextPosition(bytes) {
      floats[position.element &- first] = storedValue(position.ordinal, element: position.element, in: bytes)
    }
  }

  private func decodeDense(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    let start = base &+ parts.values.lowerBound
    let first = rows.lowerBound &* shape.rowElementCount
    switch encoding.element {
    case .f32: Kernels.f32(bytes, at: start &+ 4 &* first, &floats)
    case .f16: Kernels.f16(bytes, at: start &+ 2 &* first, &floats)
    case .bf16: Kernels.bf16(bytes, at: start &+ 2 &* first, &floats)
    case .codebook(let codebook):
      forEachRow(rows) { row, range in
        for index in 0..<range.count {
          let field = BitOffset(field: index, width: codebook.bitWidth, from: start &+ row &* rowByteCount)
          floats[range.lowerBound &+ index] = entry(
            Int(truncatingIfNeeded: bytes.bits(at: field, width: codebook.bitWidth)), in: bytes)
        }
      }
    case .affine(let affine):
      // The usual int8 with a scale for the tensor or a row is one run a row; a tensor of one scale and whole
      // bytes is one run in all.
      if affine.granularity == .tensor, affine.bitWidth & 7 == 0 {
        let run = Kernels.Run(
          start: BitOffset(byte: start &+ rows.lowerBound &* rowByteCount, bit: 0),
          output: 0..<floats.count, scale: scale(0, in: bytes), zeroPoint: zeroPoint(0, in: bytes))
        Kernels.affine(bytes, run, affine, &floats)
        return
      }
      forEachRow(rows) { row, range in
        decodeAffineRow(row, affine, start, range, bytes, into: &floats)
      }
    }
  }

  /// The size of a dense row of codes.
  private var rowByteCount: Int { shape.rows == 0 ? 0 : parts.values.count / shape.rows }

  private func forEachRow(_ rows: Range<Int>, _ body: (Int, Range<Int>) -> Void) {
    let count = shape.rowElementCount
    for row in rows {
      let start = (row &- rows.lowerBound) &* count
      body(row, start..<start &+ count)
    }
  }

  /// Decodes one row, run by run: consecutive elements that share a scale.
  private func decodeAffineRow(
    _ row: Int, _ affine: AffineParameters, _ start: Int, _ range: Range<Int>, _ bytes: Span<UInt8>,
    into floats: inout MutableSpan<Float>
  ) {
    let first = row &* range.count
    var column = 0
    while column < range.count {
      let element = first &+ column
      let count = min(runLength(from: element, affine.granularity), range.count &- column)
      let index = scaleIndex(ofElement: element)
      let output = range.lowerBound &+ column
      let run = Kernels.Run(
        start: BitOffset(field: column, width: affine.bitWidth, from: start &+ row &* rowByteCount),
        output: output..<output &+ count,
        scale: scale(index, in: bytes), zeroPoint: zeroPoint(index, in: bytes))
      Kernels.affine(bytes, run, affine, &floats)
      column &+= count
    }
  }

  /// How many elements from `element` on share its scale, at least.
  private func runLength(from element: Int, _ granularity: Granularity) -> Int {
    switch granularity {
    case .tensor: return shape.elementCount
    case .axis(let axis):
      let inner = shape.innerCount(behind: axis)
      return inner &- element % inner
    case .group(let size):
      let column = element % shape.lineElementCount
      return min(size &- column % size, shape.lineElementCount &- column)
    }
  }
}
