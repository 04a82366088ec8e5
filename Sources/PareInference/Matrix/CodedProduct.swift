import PareFormat

extension StoredMatrix {
  /// Rows of an entropy-coded tensor, element by element as they are decoded; the sums are those of the tensor in place.
  func multiplyCoded(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ bias: Span<Float>, _ output: RowOutput,
    _ y: inout MutableSpan<Float>
  ) {
    let isDense = tensor.encoding.nnz == nil
    let first = rows.lowerBound &* x.count
    var reader = CodedFactorReader(tensor, rows: rows, bytes)
    var row = rows.lowerBound
    var rowEnd = first &+ x.count
    var sparseSums = SparseSums()
    var denseSums = SIMD8<Float>(repeating: 0)
    while row < rows.upperBound {
      let next = reader.next(bytes)
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
      let product = next.factor * x[column]
      if isDense { denseSums[column & 7] += product } else { sparseSums.add(product) }
    }
  }
}
