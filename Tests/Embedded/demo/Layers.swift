import PareFormat
import PareInference

/// What firmware does with a frame in a layer.
struct DemoLayer {
  /// 0 dense, 1 a convolution over frames, 2 a long short-term memory, 3 a gated recurrent unit, 4 an activation, 5 the tensor's own
  /// floats, which a bias is.
  var kind: Int32
  /// Of a convolution: the taps of its window, the distance between them, and the frames from one result to the next.
  var taps: Int32
  var dilation: Int32
  var stride: Int32
  /// The number of an activation's function, or the order of gates.
  var function: Int32
  /// The parameter of a function.
  var parameter: Float
}

/// Multiplies a frame with a tensor of the container, whatever its coding, and runs what the layer does beside it: a window of the frames
/// before, gates, a function. The first half of `memory` holds the frame, then the results, the second the state. Returns the number of
/// results, or the negated code of an error.
@c public func pareLayerDemo(
  _ start: UnsafePointer<UInt8>, _ count: Int32, _ name: UnsafePointer<UInt8>, _ nameCount: Int32,
  _ kind: Int32, _ taps: Int32, _ dilation: Int32, _ stride: Int32, _ function: Int32, _ parameter: Float,
  _ memory: UnsafeMutablePointer<Float>, _ floatCount: Int32
) -> Int32 {
  // The caller's memory, for the length of this call.
  let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(count)).span
  let name = unsafe UnsafeBufferPointer(start: name, count: Int(nameCount)).span
  let half = Int(floatCount / 2)
  var frame = unsafe UnsafeMutableBufferPointer(start: memory, count: half).mutableSpan
  var state = unsafe UnsafeMutableBufferPointer(start: memory + half, count: half).mutableSpan
  do {
    let container = try Container.openTensors(bytes, checksum: SmallChecksum.self)
    let layer = DemoLayer(
      kind: kind, taps: taps, dilation: dilation, stride: stride, function: function, parameter: parameter)
    return try run(layer, container, bytes, name, &frame, &state)
  } catch {
    return -Int32(error.codeNumber)
  }
}

/// The same in an open container.
@inline(__always)
func run(
  _ layer: DemoLayer, _ container: Container, _ bytes: Span<UInt8>, _ name: Span<UInt8>,
  _ frame: inout MutableSpan<Float>, _ state: inout MutableSpan<Float>
) throws(FormatError) -> Int32 {
  let results = frame.count / 2
  if layer.kind == 4 {
    var operation = Operation(.activation, inputs: [0, -1])
    operation.attributes[0] = layer.function
    operation.parameter = layer.parameter
    operation.activation?.apply(&frame, 0..<results)
    return Int32(results)
  }
  var records = container.records
  guard records.advance(to: name, in: bytes) else { return 0 }
  try records.validate(bytes, checksum: SmallChecksum.self)
  if layer.kind == 5 {
    let shape = records.record.shape
    guard shape.elementCount > 0, shape.elementCount == frame.count else { return 0 }
    records.decodeRows(0..<shape.rows, bytes, into: &frame)
    return Int32(shape.elementCount)
  }
  let matrix = StoredMatrix(container.checkedTensor(records.record))
  let (rows, columns) = (matrix.rowCount, matrix.columnCount)
  guard rows > 0, columns > 0, rows <= results, columns <= results else { return 0 }
  if layer.kind == 1 {
    guard layer.taps > 0, layer.dilation > 0, layer.stride > 0 else { return 0 }
    let ring = FrameRing(
      start: 0, frameCount: columns / Int(layer.taps), capacity: Int((layer.taps - 1) * layer.dilation + 1))
    ring.push(frame.span, at: 0, &state)
    guard ring.comesNow(stride: Int(layer.stride), &state) else { return 0 }
    ring.gather(0..<ring.frameCount, Int(layer.taps), Int(layer.dilation), state.span, at: 0, &frame)
  }
  frame.withParts(reading: 0..<columns, writing: results..<results + rows) { x, y in
    matrix.multiply(
      rows: 0..<rows, bytes, x, FrameLayout(frameStride: columns), frames: 1, bias: Span(), into: &y,
      FrameLayout(frameStride: rows))
  }
  if layer.kind == 2 {
    LSTMGates.step(
      units: rows / 4, input: frame.span, at: results, recurrent: Span(), at: 0, state: &state, cellStart: 0,
      hiddenStart: rows / 4)
  } else if layer.kind == 3 {
    GRUGates.step(
      units: rows / 3, order: layer.function == 0 ? .rzn : .zrn, input: frame.span, at: 0, recurrent: frame.span,
      at: results, state: &state, hiddenStart: 0)
  }
  return Int32(rows)
}
