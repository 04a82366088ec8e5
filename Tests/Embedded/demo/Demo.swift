import PareFormat

// What firmware does with a container in flash: open it, check its tensors, find one by its name, look at its shape, decode rows
// into memory of its own. Each gives the number of floats, or the negated code of the error, whose offset it writes.

/// A flag: payloads' checksums are not computed.
private let skipsChecksums: Int32 = 1

/// Tensors in place alone.
@c public func pareReadDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32, _ flags: Int32,
  _ row: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32, _ errorOffset: UnsafeMutablePointer<Int32>
) -> Int32 {
  unsafe read(false, start, count, name, nameCount, flags, row, floats, floatCount, errorOffset)
}

/// All tensors, entropy-coded ones included.
@c public func pareCodedDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32, _ flags: Int32,
  _ row: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32, _ errorOffset: UnsafeMutablePointer<Int32>
) -> Int32 {
  unsafe read(true, start, count, name, nameCount, flags, row, floats, floatCount, errorOffset)
}

/// Inlined, so that each of the two links only what it needs.
@unsafe @inline(__always)
private func read(
  _ readsCoded: Bool, _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32,
  _ flags: Int32, _ row: Int32, _ floats: UnsafeMutablePointer<Float>, _ floatCount: Int32,
  _ errorOffset: UnsafeMutablePointer<Int32>
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  let name = unsafe UnsafeBufferPointer(start: name, count: Int(nameCount)).span
  let skips = flags & skipsChecksums != 0
  do {
    var records = try Container.openTensors(bytes, checksum: SmallChecksum.self).records
    guard records.advance(to: name, in: bytes) else { return 0 }
    if readsCoded {
      try records.validate(bytes, checksum: SmallChecksum.self, skippingChecksum: skips)
    } else {
      try records.validateInPlace(bytes, checksum: SmallChecksum.self, skippingChecksum: skips)
    }
    let shape = records.record.shape
    guard shape.rowElementCount <= Int(floatCount), row >= 0, Int(row) < shape.rows else { return 0 }
    var output = unsafe UnsafeMutableBufferPointer(start: floats, count: shape.rowElementCount).mutableSpan
    let rows = Int(row)..<Int(row) + 1
    if readsCoded {
      records.decodeRows(rows, bytes, into: &output)
    } else {
      records.decodeRowsInPlace(rows, bytes, into: &output)
    }
    return Int32(shape.rowElementCount)
  } catch {
    unsafe errorOffset.pointee = Int32(error.offset)
    return -Int32(error.codeNumber)
  }
}
