import Pare
import PareFormat
import PareInference

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The processor's time of this thread, which other programs do not add to.
func threadSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Times products and functions, and prints one line for each: `name TAB seconds`. `products.py` runs this beside its peers.
func productBenchmarks() throws {
  let size = 4096
  var random = SplitMix(state: 3)
  let x = (0..<size).map { _ in Float(random.below(2001) - 1000) / 500 }
  var y = [Float](repeating: 0, count: size)
  func time(_ name: String, runs: Int = 25, each count: Int = 1, _ body: () throws -> Void) rethrows {
    // The fastest of some runs: what else the machine does only adds.
    var fastest = Double.infinity
    for _ in 0..<runs {
      let start = threadSeconds()
      for _ in 0..<count { try body() }
      fastest = min(fastest, threadSeconds() - start)
    }
    print("\(name)\t\(fastest / Double(count))")
  }
  func affine(_ width: Int, _ granularity: Granularity) -> ElementCoding {
    .affine(AffineParameters(bitWidth: width, granularity: granularity, scaleType: .f32, hasZeroPoints: false))
  }
  let codebook = ElementCoding.codebook(CodebookParameters(entryCount: 16, entryType: .f32))
  let layout = FrameLayout(frameStride: size)
  for (name, element, kind) in [
    ("int8", affine(8, .axis(0)), nil), ("int4", affine(4, .axis(0)), nil), ("int4 groups", affine(4, .group(32)), nil),
    ("codebook", codebook, nil), ("f16", .f16, nil), ("f32", .f32, nil), ("gaps int8", affine(8, .axis(0)), .gapsU8),
    ("bitmap int8", affine(8, .axis(0)), .bitmap), ("gaps f32", .f32, .gapsU8),
  ] as [(String, ElementCoding, PositionKind?)] {
    let bytes = container([SampleTensor("w", rows: size, columns: size, element: element, kind: kind)])
    let model = try Model(bytes: bytes)
    let tensor = try model.tensor("w").tensor
    let matrix = StoredMatrix(tensor)
    for path in [ProductPath.portable, .fastest] {
      time("\(name), \(path)") {
        var output = y.mutableSpan
        matrix.multiply(
          rows: 0..<size, model.bytes, x.span, layout, frames: 1, bias: Span(), into: &output, layout, path: path)
      }
    }
    if name == "gaps int8" {
      let rows = SparseRows(tensor)
      var words = [UInt32](repeating: 0, count: rows.wordCount)
      var span = words.mutableSpan
      rows.build(tensor, model.bytes, into: &span)
      time("gaps int8, expanded rows") {
        var output = y.mutableSpan
        rows.multiply(rows: 0..<size, words.span, x.span, layout, frames: 1, bias: Span(), into: &output, layout)
      }
    }
    guard name == "int8", let integers = IntegerMatrix(tensor) else { continue }
    for limit in [127, 32767] {
      var numbers = [Int16](repeating: 0, count: size)
      for path in [ProductPath.portable, .fastest] {
        time("int8 in integers of \(limit), \(path)") {
          var span = numbers.mutableSpan
          let scale = IntegerMatrix.quantize(x.span, at: 0, columns: size, limit: limit, into: &span)
          var output = y.mutableSpan
          integers.multiply(
            rows: 0..<size, model.bytes, numbers.span, scale: scale, bias: Span(), into: &output, at: 0, path: path)
        }
      }
    }
    let panels = Panels(tensor)
    var floats = [Float](repeating: 0, count: panels.floatCount)
    var span = floats.mutableSpan
    panels.build(tensor, model.bytes, into: &span)
    for path in [ProductPath.portable, .fastest] {
      time("panels, \(path)") {
        var output = y.mutableSpan
        panels.multiply(floats.span, x.span, layout, frames: 1, bias: Span(), into: &output, layout, path: path)
      }
    }
  }
  try smallBenchmarks { try time($0, runs: $1, each: $2, $3) }
}

/// A step of an LSTM of 40 units and 2 inputs, blocks of frames through a small matrix, and functions.
private func smallBenchmarks(
  _ time: (_ name: String, _ runs: Int, _ count: Int, _ body: () throws -> Void) throws -> Void
) throws {
  let units = 40
  var random = SplitMix(state: 4)
  func matrix(_ rows: Int, _ columns: Int) throws -> (Panels, [Float]) {
    let sample = SampleTensor("w", rows: rows, columns: columns, element: .f32)
    let model = try Model(bytes: container([sample]))
    let tensor = try model.tensor("w").tensor
    let panels = Panels(tensor)
    var floats = [Float](repeating: 0, count: panels.floatCount)
    var span = floats.mutableSpan
    panels.build(tensor, model.bytes, into: &span)
    return (panels, floats)
  }
  let (input, inputFloats) = try matrix(4 * units, 2)
  let (recurrent, recurrentFloats) = try matrix(4 * units, units)
  let (wide, wideFloats) = try matrix(16, 48)
  let bias = [Float](repeating: 0.1, count: 4 * units)
  let x: [Float] = [0.5, -0.25]
  let frames = (0..<64 * 48).map { _ in Float(random.below(2001) - 1000) / 500 }
  var blocks = [Float](repeating: 0, count: 64 * 16)
  var state = [Float](repeating: 0, count: 2 * units)
  var sums = [Float](repeating: 0, count: 8 * units)
  let gates = FrameLayout(frameStride: 4 * units)
  for path in [ProductPath.portable, .fastest] {
    try time("LSTM step, 40 units, \(path)", 50, 200) {
      var span = sums.mutableSpan
      input.multiply(
        inputFloats.span, x.span, FrameLayout(frameStride: 2), frames: 1, bias: bias.span, into: &span, gates,
        path: path)
      recurrent.multiply(
        recurrentFloats.span, state.span, FrameLayout(start: units, frameStride: units), frames: 1, bias: Span(),
        into: &span, FrameLayout(start: 4 * units, frameStride: 4 * units), path: path)
      var stateSpan = state.mutableSpan
      LSTMGates.step(
        units: units, input: sums.span, at: 0, recurrent: sums.span, at: 4 * units, state: &stateSpan, cellStart: 0,
        hiddenStart: units, path: path)
    }
    try time("LSTM gates alone, 40 units, \(path)", 50, 200) {
      var stateSpan = state.mutableSpan
      LSTMGates.step(
        units: units, input: sums.span, at: 0, recurrent: sums.span, at: 4 * units, state: &stateSpan, cellStart: 0,
        hiddenStart: units, path: path)
    }
    try time("16 x 48 times 64 frames, \(path)", 50, 20) {
      var span = blocks.mutableSpan
      wide.multiply(
        wideFloats.span, frames.span, FrameLayout(frameStride: 48), frames: 64, bias: Span(), into: &span,
        FrameLayout(frameStride: 16), path: path)
    }
    for (name, activation) in [("tanh", Activation.tanh), ("sigmoid", .sigmoid), ("softmax", .softmax)] {
      var values = frames
      try time("\(name) of 3072, \(path)", 50, 5) {
        var span = values.mutableSpan
        activation.apply(&span, 0..<span.count, path: path)
      }
    }
  }
}
