import PareFormat

extension Tensor {
  /// Rows of an entropy-coded tensor, element by element as they are decoded; the sums are those of the tensor in place.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  func multiplyCoded(_ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>) {
    var reader = CodedReader(self, rows: product.rows, asFactors: true, product.bytes)
    addElements(of: &reader, product, &y)
  }

  /// Not inlined on a microcontroller: the reader, of some KB, would be made elsewhere and then copied.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  private func addElements(
    of reader: inout CodedReader, _ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>
  ) {
    var sums = ElementSums(product)
    while let next = reader.next(product.bytes) {
      if !sums.add(next.element, next.value, self, product, &y) { return }
    }
    sums.end(self, product, &y)
  }
}

/// The sums of rows whose elements come one by one.
struct ElementSums {
  private var row: Int
  private var rowEnd: Int
  private var sums = LaneSums()

  /// The ordinal in the row of the next element of a sparse tensor.
  private var ordinal = 0

  init(_ product: @_addressable RowProduct) {
    row = product.rows.lowerBound
    rowEnd = (row &+ 1) &* product.x.count
  }

  /// Adds the next element's product; false where the rows have ended before it. Elements before the rows, where their block starts
  /// with others, are none of theirs.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  mutating func add(
    _ element: Int, _ factor: Float, _ tensor: @_addressable Tensor, _ product: @_addressable RowProduct,
    _ y: inout MutableSpan<Float>
  ) -> Bool {
    while element >= rowEnd, row < product.rows.upperBound {
      tensor.write(sums.total(), row, product, &y)
      sums = LaneSums()
      ordinal = 0
      row &+= 1
      rowEnd &+= product.x.count
    }
    guard row < product.rows.upperBound else { return false }
    let column = element &- (rowEnd &- product.x.count)
    if column >= 0 {
      sums.add(factor * product.x[column], to: tensor.encoding.isSparse ? ordinal & 3 : column)
      ordinal &+= 1
    }
    return true
  }

  /// Ends the rows that are left, behind the last element.
  @inline(__always)
  mutating func end(
    _ tensor: @_addressable Tensor, _ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>
  ) { _ = add(.max, 0, tensor, product, &y) }
}
