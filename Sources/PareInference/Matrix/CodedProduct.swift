import PareFormat

extension StoredMatrix {
  /// Rows of an entropy-coded tensor, element by element as they are decoded; the sums are those of the tensor in place.
  #if hasFeature(Embedded)
    @inline(never)
    @_addressableSelf
  #endif
  func multiplyCoded(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ bias: Span<Float>, _ output: RowOutput,
    _ y: inout MutableSpan<Float>
  ) {
    var reader = CodedReader(tensor, rows: rows, asFactors: true, bytes)
    multiplyElements(rows, isDense: tensor.encoding.nnz == nil, bytes, x, bias, output, &y) { reader.next(bytes) }
  }

  /// Rows of elements with their factors, which `next` gives in rising order, nil behind the last.
  #if hasFeature(Embedded)
    @inline(never)
    @_addressableSelf
  #else
    @inline(__always)
  #endif
  func multiplyElements(
    _ rows: Range<Int>, isDense: Bool, _ bytes: Span<UInt8>, _ x: Span<Float>, _ bias: Span<Float>, _ output: RowOutput,
    _ y: inout MutableSpan<Float>, _ next: () -> (element: Int, value: Float)?
  ) {
    let first = rows.lowerBound &* x.count
    var row = rows.lowerBound
    var rowEnd = first &+ x.count
    var sparseSums = SparseSums()
    var denseSums = SIMD8<Float>(repeating: 0)
    while row < rows.upperBound {
      let next = next()
      // Before the rows, where their block starts with others.
      if let next, next.element < first { continue }
      // Behind the last element all rows end that are left.
      while row < rows.upperBound, (next?.element ?? .max) >= rowEnd {
        output.write(isDense ? SumTree.dense(denseSums) : sparseSums.total, row, tensor, bytes, bias, &y)
        sparseSums = SparseSums()
        denseSums = SIMD8(repeating: 0)
        row &+= 1
        rowEnd &+= x.count
      }
      guard let next, row < rows.upperBound else { return }
      let column = next.element &- (rowEnd &- x.count)
      let product = next.value * x[column]
      if isDense { denseSums[column & 7] += product } else { sparseSums.add(product) }
    }
  }
}
