import PareFormat
import PareInference

/// The product of the container's first tensor with integers of at most 127, `repetitions` times; 0, or 1 where it has none.
// swift-format-ignore: AlwaysUseLowerCamelCase
@c public func bench_integers(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ repetitions: Int32, _ memory: UnsafeMutablePointer<Float>,
  _ floatCount: Int32
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  var floats = unsafe UnsafeMutableBufferPointer(start: memory, count: Int(floatCount)).mutableSpan
  var numbers = InlineArray<256, Int16>(repeating: 0)
  for index in numbers.indices { numbers[index] = Int16(index &* 79 % 255 &- 127) }
  guard let container = try? Container.open(bytes, checksum: SmallChecksum.self) else { return 1 }
  var records = container.records
  while let record = records.next(in: bytes) {
    guard let tensor = try? container.tensor(record, in: bytes, checksum: SmallChecksum.self),
      let matrix = IntegerMatrix(tensor), tensor.shape.rowElementCount == numbers.count
    else { continue }
    for _ in 0..<repetitions {
      matrix.multiply(
        rows: 0..<tensor.shape.rows, bytes, numbers.span, scale: 0.5, bias: Span(), into: &floats, at: 0)
    }
    return 0
  }
  return 1
}
