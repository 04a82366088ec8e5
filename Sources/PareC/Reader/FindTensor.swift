public import CPare
import PareFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_tensor_at(
  _ container: UnsafePointer<pare_container>?, _ index: Int32, _ tensor: UnsafeMutablePointer<pare_tensor>?
) -> Int32 {
  guard let container = unsafe container, let tensor = unsafe tensor else { return PARE_BAD_ARGUMENT }
  guard unsafe container.isOpen else { return PARE_NOT_OPEN }
  return unsafe find(container, tensor) { _, record in record.index == Int(index) }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_tensor_named(
  _ container: UnsafePointer<pare_container>?, _ name: UnsafePointer<CChar>?,
  _ tensor: UnsafeMutablePointer<pare_tensor>?
) -> Int32 {
  guard let container = unsafe container, let name = unsafe name, let tensor = unsafe tensor else {
    return PARE_BAD_ARGUMENT
  }
  guard unsafe container.isOpen else { return PARE_NOT_OPEN }
  return unsafe find(container, tensor) { bytes, record in
    // No name holds a zero, so the caller's is not read beyond its own.
    for index in 0..<record.name.count
    where unsafe UInt8(bitPattern: name[index]) != bytes[record.name.lowerBound + index] {
      return false
    }
    return unsafe name[record.name.count] == 0
  }
}

/// Walks the directory to the first record that `isWanted` and describes it.
private func find(
  _ container: UnsafePointer<pare_container>, _ tensor: UnsafeMutablePointer<pare_tensor>,
  _ isWanted: (_ bytes: Span<UInt8>, TensorRecord) -> Bool
) -> Int32 {
  let buffer = unsafe container.buffer
  let bytes = unsafe buffer.span
  var records = unsafe container.container.records
  while true {
    let place = records.place
    guard let record = records.next(in: bytes) else { return PARE_NOT_FOUND }
    guard isWanted(bytes, record) else { continue }
    unsafe tensor.pointee = unsafe pare_tensor(record, place, buffer)
    return PARE_OK
  }
}

extension pare_tensor {
  fileprivate init(_ record: TensorRecord, _ place: RecordPlace, _ buffer: UnsafeBufferPointer<UInt8>) {
    unsafe self.init()
    unsafe owner = buffer.baseAddress
    unsafe name = unsafe buffer.baseAddress.map {
      unsafe UnsafeRawPointer($0).advanced(by: record.name.lowerBound).assumingMemoryBound(to: CChar.self)
    }
    unsafe name_byte_count = Int32(truncatingIfNeeded: record.name.count)
    unsafe index = Int32(truncatingIfNeeded: record.index)
    let shape = record.shape
    unsafe rank = Int32(truncatingIfNeeded: shape.rank)
    func extent(_ axis: Int) -> Int { axis < shape.rank ? shape[axis] : 1 }
    unsafe self.shape = (
      extent(0), extent(1), extent(2), extent(3), extent(4), extent(5), extent(6), extent(7)
    )
    unsafe row_count = shape.rows
    unsafe element_count = shape.elementCount
    unsafe stored_count = record.encoding.nnz ?? shape.elementCount
    unsafe float_byte_count = shape.elementCount &* MemoryLayout<Float>.size
    unsafe element = record.encoding.element.kind
    unsafe bit_width = Int32(truncatingIfNeeded: record.encoding.element.bitWidth)
    unsafe is_coded = record.encoding.coded == nil ? 0 : 1
    unsafe payload_offset = record.payloadOffset
    unsafe payload_byte_count = record.parts.byteCount
    unsafe self.place = (place.offset, place.payloadsEnd)
  }
}

extension ElementCoding {
  fileprivate var kind: Int32 {
    switch self {
    case .f32: PARE_ELEMENT_F32
    case .f16: PARE_ELEMENT_F16
    case .bf16: PARE_ELEMENT_BF16
    case .affine: PARE_ELEMENT_AFFINE
    case .codebook: PARE_ELEMENT_CODEBOOK
    }
  }
}
