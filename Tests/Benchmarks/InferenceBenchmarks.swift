import Pare
import PareInference

/// Runs a model and prints nanoseconds for each frame, a line for each run, then the mean magnitude of the outputs, for `inference.py`.
///
/// Arguments: the container, the frames of a run, the frames of a step, `portable`, `narrow` or `fastest`, the number of runs, and float,
/// int8 or int16 unless float. Each number of the signal, which is that of `inference_peer.h`, is given to all inputs.
func inferenceBenchmarks(_ arguments: [String]) throws {
  let kind = arguments.count == 6 ? arguments[5] : "float"
  guard arguments.count == 5 || arguments.count == 6, let arithmetic = Arithmetic(rawValue: kind),
    let frames = Int(arguments[1]), let block = Int(arguments[2]), let runs = Int(arguments[4]), frames > 0, block > 0
  else { return print("usage: inference MODEL.pare FRAMES BLOCK portable|narrow|fastest RUNS [float|int8|int16]") }
  let program = try Model(path: arguments[0]).program(arithmetic: arithmetic)
  let path: ProductPath =
    switch arguments[3] {
    case "portable": .portable
    case "narrow": .narrow
    default: .fastest
    }
  let session = Session(program, frameCapacity: block, path: path)
  let inputs = program.inputCount
  let outputs = program.outputCount
  var state: UInt32 = 1
  var signal: [Float] = []
  for _ in 0..<frames {
    state = state &* 1_664_525 &+ 1_013_904_223
    let x = Float(state >> 8) / 16_777_216 - 0.5
    for _ in 0..<inputs { signal.append(x) }
  }
  var result = [Float](repeating: 0, count: block * outputs * program.largestBurst)
  var sum = 0.0
  func run() {
    let input = signal.span
    var output = result.mutableSpan
    var first = 0
    while first < frames {
      let count = min(block, frames - first)
      let made = session.step(input.extracting(first * inputs..<(first + count) * inputs), into: &output)
      for index in 0..<made * outputs { sum += Double(output[index].magnitude) }
      first += count
    }
  }
  run()
  let mean = sum / Double(frames)
  for _ in 0..<runs {
    let start = threadSeconds()
    run()
    print(fixed(1e9 * (threadSeconds() - start) / Double(frames), 1))
  }
  print("mean \(mean)")
}
