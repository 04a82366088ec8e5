import PareFormat

/// The four partial sums of a sparse row.
struct SparseSums {
  private var s0: Float = 0
  private var s1: Float = 0
  private var s2: Float = 0
  private var s3: Float = 0

  /// The ordinal of the next non-zero in the row.
  private var ordinal = 0

  @inline(__always)
  init() {}

  /// Adds one product.
  @inline(__always)
  mutating func add(_ product: Float) {
    switch ordinal & 3 {
    case 0: s0 += product
    case 1: s1 += product
    case 2: s2 += product
    default: s3 += product
    }
    ordinal &+= 1
  }

  /// Whether the next four products are one for each sum, in order.
  @inline(__always)
  var isAligned: Bool { ordinal & 3 == 0 }

  /// Adds four. Precondition: `isAligned`.
  @inline(__always)
  mutating func add(_ first: Float, _ second: Float, _ third: Float, _ fourth: Float) {
    s0 += first
    s1 += second
    s2 += third
    s3 += fourth
    ordinal &+= 4
  }

  /// (s0 + s1) + (s2 + s3).
  @inline(__always)
  var total: Float { (s0 + s1) + (s2 + s3) }
}

extension Tensor {
  /// Rows of a sparse tensor in place: the non-zeros are walked in the order of their positions.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  func multiplySparse(_ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>, _ path: ProductPath) {
    if multiplyGaps(product, &y, path) { return }
    #if hasFeature(Embedded)
      var reader = ElementReader(self, rows: product.rows, asFactors: true, product.bytes)
      var sums = ElementSums(product)
      while let next = reader.next(self, product.bytes) {
        if !sums.add(next.element, next.value, self, product, &y) { return }
      }
      sums.end(self, product, &y)
    #else
      let (rows, bytes, x) = (product.rows, product.bytes, product.x)
      let table = codebookTable(bytes)
      var reader = StoredReader(self, rows: rows, asFactors: true, bytes)
      let first = rows.lowerBound &* x.count
      let end = rows.upperBound &* x.count
      var row = rows.lowerBound
      var rowEnd = first &+ x.count
      var sums = SparseSums()
      reading: while true {
        let count = reader.read(table.span, bytes)
        if count == 0 { break }
        var index = 0
        // Before the rows, where their block starts with others.
        while index < count, reader.positions[index] < first { index &+= 1 }
        while index < count {
          if reader.positions[index] >= end { break reading }
          while reader.positions[index] >= rowEnd {
            write(sums.total, row, product, &y)
            sums = SparseSums()
            row &+= 1
            rowEnd &+= x.count
          }
          var runEnd = count
          while reader.positions[runEnd &- 1] >= rowEnd { runEnd &-= 1 }
          addRun(index..<runEnd, of: reader, rowStart: rowEnd &- x.count, x, &sums)
          index = runEnd
        }
      }
      while row < rows.upperBound {
        write(sums.total, row, product, &y)
        sums = SparseSums()
        row &+= 1
      }
    #endif
  }

  #if !hasFeature(Embedded)
    /// Adds the products of elements that were read together and are in one row.
    @inline(__always)
    private func addRun(
      _ run: Range<Int>, of reader: borrowing StoredReader, rowStart: Int, _ x: Span<Float>, _ sums: inout SparseSums
    ) {
      let positions = reader.positions.span
      let values = reader.values.span
      var index = run.lowerBound
      while index < run.upperBound, !sums.isAligned {
        sums.add(values[index] * x[positions[index] &- rowStart])
        index &+= 1
      }
      while index &+ 4 <= run.upperBound {
        sums.add(
          values[index] * x[positions[index] &- rowStart],
          values[index &+ 1] * x[positions[index &+ 1] &- rowStart],
          values[index &+ 2] * x[positions[index &+ 2] &- rowStart],
          values[index &+ 3] * x[positions[index &+ 3] &- rowStart])
        index &+= 4
      }
      while index < run.upperBound {
        sums.add(values[index] * x[positions[index] &- rowStart])
        index &+= 1
      }
    }
  #endif
}
