public import CPare
import PareFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_decode(
  _ container: UnsafePointer<pare_container>?, _ tensor: UnsafePointer<pare_tensor>?,
  _ floats: UnsafeMutablePointer<Float>?, _ floatsByteCount: Int
) -> Int32 {
  guard let tensor = unsafe tensor else { return PARE_BAD_ARGUMENT }
  return unsafe pare_decode_rows(container, tensor, 0, tensor.pointee.row_count, floats, floatsByteCount)
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_decode_rows(
  _ container: UnsafePointer<pare_container>?, _ tensor: UnsafePointer<pare_tensor>?, _ firstRow: Int, _ rowCount: Int,
  _ floats: UnsafeMutablePointer<Float>?, _ floatsByteCount: Int
) -> Int32 {
  guard let container = unsafe container, let tensor = unsafe tensor, let floats = unsafe floats, floatsByteCount >= 0
  else { return PARE_BAD_ARGUMENT }
  guard unsafe isFloatAligned(floats) else { return PARE_MISALIGNED }
  guard unsafe container.isOpen, unsafe tensor.pointee.owner == container.pointee.bytes else { return PARE_NOT_OPEN }
  let buffer = unsafe container.buffer
  let bytes = unsafe buffer.span
  let place = unsafe RecordPlace(
    index: Int(tensor.pointee.index), offset: tensor.pointee.place.0, payloadsEnd: tensor.pointee.place.1)
  var records = unsafe container.container.records
  guard records.advance(to: place, in: bytes) else { return PARE_NOT_OPEN }
  let rows = records.record.shape.rows
  guard firstRow >= 0, rowCount >= 0, firstRow <= rows, rowCount <= rows - firstRow else {
    return PARE_ROWS_OUT_OF_RANGE
  }
  // The f32 bytes of a tensor are below the size limit.
  let count = rowCount &* records.record.shape.rowElementCount
  guard count <= floatsByteCount / MemoryLayout<Float>.size else { return PARE_BUFFER_TOO_SMALL }
  var span = unsafe UnsafeMutableBufferPointer(start: floats, count: count).mutableSpan
  #if PARE_IN_PLACE_ALONE
    records.decodeRowsInPlace(firstRow..<firstRow &+ rowCount, bytes, into: &span)
  #else
    records.decodeRows(firstRow..<firstRow &+ rowCount, bytes, into: &span)
  #endif
  return PARE_OK
}
