extension Tensor {
  /// Decodes all elements, in row-major order (spec section 7).
  ///
  /// Linear in the elements. Precondition: `floats` holds exactly `shape.elementCount` elements; `bytes` is the
  /// span that the container was opened with.
  @_addressableSelf
  public func decode(_ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    decodeRows(0..<shape.rows, bytes, into: &floats)
  }

  /// Decodes the elements of some rows, without touching the others where the encoding has a row table entry for
  /// each row, or is dense in place; an entropy-coded tensor is read from the start of the first row's block on.
  ///
  /// Preconditions: `rows` is within the tensor's rows; `floats` holds exactly their elements.
  @_addressableSelf
  public func decodeRows(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    decodeRows(rows, bytes, codedPath: .fastest, into: &floats)
  }

  /// Decodes some rows as `decodeRows(_:_:into:)` does; `codedPath` is how coded parts are, for comparisons.
  @_addressableSelf
  public func decodeRows(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, codedPath: CodedPath, into floats: inout MutableSpan<Float>
  ) {
    checkRows(rows, floats.count)
    if !floats.isEmpty { decodeElements(rows, bytes, codedPath, into: &floats) }
  }

  @_addressableSelf
  func checkRows(_ rows: Range<Int>, _ floatCount: Int) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= shape.rows, "rows outside the tensor")
    // Rows of the tensor have no more elements than it has.
    let elementCount = (rows.upperBound &- rows.lowerBound) &* shape.rowElementCount
    precondition(floatCount == elementCount, "the buffer must hold the rows' elements")
  }
}
