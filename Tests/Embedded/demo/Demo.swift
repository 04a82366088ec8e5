import PareFormat

// What firmware does with a container in flash: open it, check its tensors, find one by its name, look at its shape, decode rows
// into memory of its own. Each gives the number of floats, or the negated code of the error, whose offset it writes.

/// Whether payloads' checksums are compared.
private let skipsChecksums: Int32 = 1

/// Tensors in place alone.
@c public func pareReadDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32, _ flags: Int32,
  _ row: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32, _ errorOffset: UnsafeMutablePointer<Int32>
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  let name = unsafe UnsafeBufferPointer(start: name, count: Int(nameCount)).span
  do {
    var records = try Container.openTensors(bytes, checksum: SmallChecksum.self).records
    guard records.advance(to: name, in: bytes) else { return 0 }
    try records.validateInPlace(
      bytes, checksum: SmallChecksum.self, skippingChecksum: flags & skipsChecksums != 0)
    let shape = records.record.shape
    guard shape.rowElementCount <= Int(floatCount), row >= 0, Int(row) < shape.rows else { return 0 }
    var output = unsafe UnsafeMutableBufferPointer(start: floats, count: shape.rowElementCount).mutableSpan
    records.decodeRowsInPlace(Int(row)..<Int(row) + 1, bytes, into: &output)
    return Int32(shape.rowElementCount)
  } catch {
    unsafe errorOffset.pointee = Int32(error.offset)
    return -Int32(error.codeNumber)
  }
}

/// All tensors, entropy-coded ones included.
@c public func pareCodedDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32, _ flags: Int32,
  _ row: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32, _ errorOffset: UnsafeMutablePointer<Int32>
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  let name = unsafe UnsafeBufferPointer(start: name, count: Int(nameCount)).span
  do {
    var records = try Container.openTensors(bytes, checksum: SmallChecksum.self).records
    guard records.advance(to: name, in: bytes) else { return 0 }
    try records.validate(
      bytes, checksum: SmallChecksum.self, skippingChecksum: flags & skipsChecksums != 0)
    let shape = records.record.shape
    guard shape.rowElementCount <= Int(floatCount), row >= 0, Int(row) < shape.rows else { return 0 }
    var output = unsafe UnsafeMutableBufferPointer(start: floats, count: shape.rowElementCount).mutableSpan
    records.decodeRows(Int(row)..<Int(row) + 1, bytes, into: &output)
    return Int32(shape.rowElementCount)
  } catch {
    unsafe errorOffset.pointee = Int32(error.offset)
    return -Int32(error.codeNumber)
  }
}
