import PareFormat
import PareInference

/// What firmware does with a model's arithmetic, each function once: products of a tensor, functions of floats, gates, a convolution.
/// `memory` has 16 times the largest of rows and columns. Returns 0, or the negated code of an error.
@c public func pareProductDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ memory: UnsafeMutablePointer<Float>, _ floatCount: Int32
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  var floats = unsafe UnsafeMutableBufferPointer(start: memory, count: Int(floatCount)).mutableSpan
  do {
    let container = try Container.open(bytes, checksum: SmallChecksum.self)
    var records = container.records
    while let record = records.next(in: bytes) {
      let matrix = StoredMatrix(try container.tensor(record, in: bytes, checksum: SmallChecksum.self))
      let rows = matrix.rowCount
      let columns = matrix.columnCount
      guard rows > 0, columns > 0, columns + rows <= Int(floatCount) / 2 else { continue }
      floats.withParts(reading: 0..<columns, writing: columns..<columns + rows) { x, y in
        matrix.multiply(
          rows: 0..<rows, bytes, x, FrameLayout(frameStride: columns), frames: 1, bias: Span(), into: &y,
          FrameLayout(frameStride: rows))
      }
      let activations: InlineArray<3, Activation> = [.tanh, .softmax, .geluTanh]
      for index in activations.indices {
        activations[index].apply(&floats, columns..<columns + rows)
      }
      floats.withParts(reading: 0..<columns, writing: columns..<Int(floatCount)) { x, y in
        LSTMGates.step(
          units: columns / 4, input: x, at: 0, recurrent: Span(), at: 0, state: &y, cellStart: 0,
          hiddenStart: columns / 4)
        let window = ImageWindow(height: 1, width: 1)
        Pooling.maximum(window, x, at: 0, ImageSize(channels: 1, height: 1, width: columns), into: &y, at: 0)
      }
      guard let integers = IntegerMatrix(matrix.tensor) else { continue }
      var numbers = InlineArray<64, Int16>(repeating: 0)
      guard columns == 64 else { continue }
      var span = numbers.mutableSpan
      let scale = IntegerMatrix.quantize(floats.span, at: 0, columns: columns, limit: 127, into: &span)
      integers.multiply(
        rows: 0..<rows, bytes, numbers.span, scale: scale, bias: Span(), into: &floats,
        at: columns)
    }
    return 0
  } catch {
    return -Int32(error.codeNumber)
  }
}
