public import PareFormat

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A checked tensor of a model. Nothing here can fail.
public struct ModelTensor: Sendable {
  /// The model, which owns the bytes.
  public let model: Model

  /// The view that PareFormat gives.
  public let tensor: Tensor

  /// The name.
  public let name: String

  /// The extents, outermost axis first.
  public var shape: [Int] { (0..<tensor.shape.rank).map { tensor.shape[$0] } }

  /// The number of elements.
  public var elementCount: Int { tensor.shape.elementCount }

  /// The number of rows: extent 0, or 1 below rank 2.
  public var rows: Int { tensor.shape.rows }

  /// All elements, decoded, in row-major order. Linear in `elementCount`.
  public func floats() -> [Float] { floats(rows: 0..<rows) }

  /// The elements of some rows. The other rows are not touched where the encoding reaches rows directly.
  /// Precondition: `rows` is within the tensor's rows.
  public func floats(rows: Range<Int>) -> [Float] {
    let count = rows.count * tensor.shape.rowElementCount
    // Decoding writes every element; a float needs no initialization before it is written.
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      unsafe Self.adviseHugePages(UnsafeMutableRawBufferPointer(buffer))
      var span = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count]).mutableSpan
      tensor.decodeRows(rows, model.bytes, into: &span)
      initializedCount = count
    }
  }

  /// Decodes all elements into memory of the caller's. Precondition: it holds `elementCount` floats.
  public func decode(into floats: inout MutableSpan<Float>) { tensor.decode(model.bytes, into: &floats) }

  /// The non-zeros of some rows, in rising order, without expanding them. A dense tensor's are found by decoding.
  /// Precondition: `rows` is within the tensor's rows.
  public func forEachNonZero(rows: Range<Int>, _ body: (NonZero) -> Void) {
    if tensor.encoding.nnz != nil {
      var cursor = NonZeroCursor(tensor, rows: rows)
      while let element = cursor.next(in: model.bytes) { body(element) }
      return
    }
    for row in rows {
      for (column, value) in floats(rows: row..<row + 1).enumerated() where value.bitPattern != 0 {
        body(NonZero(row: row, column: column, value: value))
      }
    }
  }

  /// Fresh memory costs a page fault for each 4 KB, which is slower than decoding; large pages avoid most of them.
  private static func adviseHugePages(_ buffer: UnsafeMutableRawBufferPointer) {
    #if os(Linux)
      guard buffer.count >= 4 << 20, let base = buffer.baseAddress else { return }
      let page = 1 << 12
      let start = (UInt(bitPattern: base) + UInt(page - 1)) & ~UInt(page - 1)
      let end = (UInt(bitPattern: base) + UInt(buffer.count)) & ~UInt(page - 1)
      // Advice about whole pages inside the buffer; it changes no byte, and failure changes nothing.
      unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
    #endif
  }
}
