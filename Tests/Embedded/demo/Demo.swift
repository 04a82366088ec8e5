import PareFormat

/// What firmware does with a container in flash: open it, check a tensor, decode rows into memory of its own, walk the
/// non-zeros. Returns the number of tensors, or the negated code of the error.
@c public func pareDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  do {
    let container = try Container.open(bytes, checksum: SmallChecksum.self)
    var records = container.records
    while let record = records.next(in: bytes) {
      let tensor = try container.tensor(record, in: bytes, checksum: SmallChecksum.self)
      let rowElementCount = tensor.shape.rowElementCount
      guard rowElementCount <= Int(floatCount) else { continue }
      for row in 0..<tensor.shape.rows {
        var output = unsafe UnsafeMutableBufferPointer(start: floats, count: rowElementCount).mutableSpan
        tensor.decodeRows(row..<row + 1, bytes, into: &output)
      }
      if tensor.encoding.sparse != nil {
        var cursor = NonZeroCursor(tensor)
        while let nonZero = cursor.next(in: bytes) { unsafe floats[0] += nonZero.value }
      }
    }
    return Int32(container.tensorCount)
  } catch {
    return -Int32(error.code.rawValue)
  }
}
