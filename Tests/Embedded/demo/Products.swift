import PareFormat
import PareInference

/// What layers have that few firmware needs: the model section, products in integers, pooling. The first half of `memory` holds the frame
/// and the results, the second the state. Returns 0, or the negated code of an error.
@c public func pareProductDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ kind: Int32, _ function: Int32, _ parameter: Float,
  _ memory: UnsafeMutablePointer<Float>, _ floatCount: Int32
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  let half = Int(floatCount / 2)
  var frame = unsafe UnsafeMutableBufferPointer(start: memory, count: half).mutableSpan
  var state = unsafe UnsafeMutableBufferPointer(start: memory + half, count: half).mutableSpan
  let layer = DemoLayer(kind: kind, taps: 3, dilation: 2, stride: 2, function: function, parameter: parameter)
  do {
    let container = try Container.open(bytes, checksum: SmallChecksum.self)
    var records = container.records
    while let record = records.next(in: bytes) {
      _ = try run(
        layer, container, bytes, bytes.extracting(record.name), &frame, &state)
      let columns = record.shape.rowElementCount
      let window = ImageWindow(height: 1, width: 1)
      Pooling.maximum(
        window, frame.span, at: 0, ImageSize(channels: 1, height: 1, width: columns), into: &state, at: 0)
      guard let integers = IntegerMatrix(container.checkedTensor(record)), columns == 64 else { continue }
      var numbers = InlineArray<64, Int16>(repeating: 0)
      var span = numbers.mutableSpan
      let scale = IntegerMatrix.quantize(frame.span, at: 0, columns: columns, limit: 127, into: &span)
      integers.multiply(
        rows: 0..<record.shape.rows, bytes, numbers.span, scale: scale, bias: Span(), into: &frame, at: columns)
    }
    return 0
  } catch {
    return -Int32(error.codeNumber)
  }
}
