import PareFormat
public import PareInference

/// A running model: a stream of frames in, a stream of frames out, with what it carries from one to the next.
///
/// ```swift
/// let model = try Model(path: "amp.pare")
/// let session = try model.session()
/// let y = session.step(x)              // one frame in, its outputs
/// session.reset()
/// ```
///
/// Sessions are independent of each other; one session is for one thread at a time. `step` with spans allocates nothing.
public final class Session {
  /// What is run.
  public let program: ModelProgram

  /// The most frames that a step takes.
  public let frameCapacity: Int

  private var memory: SessionMemory

  /// Creates a session at its start. `frameCapacity` is the most frames a step takes, `program.frameCapacity` unless told; layers then
  /// go over all of them at once, which is faster and gives the same bits, as `path` and `isFused` do, whether layers run with what follows
  /// them as one step. Precondition: it is above 0.
  public init(
    _ program: ModelProgram, frameCapacity: Int? = nil, path: ProductPath = .fastest, isFused: Bool = true
  ) {
    let frameCapacity = frameCapacity ?? program.frameCapacity
    self.program = program
    self.frameCapacity = frameCapacity
    memory = SessionMemory(program, frameCapacity, path, isFused)
    memory.reset(program)
  }

  /// Goes back to the start: no frames yet.
  public func reset() { memory.reset(program) }

  /// Runs one frame. A model whose clock differs from that of its inputs gives none or several frames, one behind the other.
  /// Precondition: `input` has `program.inputCount` elements.
  public func step(_ input: [Float]) -> [Float] {
    var output = [Float](repeating: 0, count: program.outputCount * program.largestBurst)
    var span = output.mutableSpan
    let frames = step(input.span, into: &span)
    output.removeLast(output.count - frames * program.outputCount)
    return output
  }

  /// Runs as many frames as `input` holds, and gives the number of frames written to `output`.
  ///
  /// Frames stand one behind the other; one of several inputs or outputs is theirs side by side. Preconditions: `input` holds whole
  /// frames, at most `frameCapacity`; `output` has room for `program.largestBurst` frames for each.
  public func step(_ input: Span<Float>, into output: inout MutableSpan<Float>) -> Int {
    let frames = input.count / max(1, program.inputCount)
    precondition(frames * program.inputCount == input.count, "the input has to be whole frames")
    precondition(frames <= frameCapacity, "more frames than the session's capacity")
    return memory.step(program, frames: frames, input, into: &output)
  }
}

/// What a session owns.
private struct SessionMemory {
  let runner: ModelRunner
  let fusion: StepFusion
  var values: [ModelValue]
  var state: [Float]
  var scratch: [Float]

  init(_ program: ModelProgram, _ frameCapacity: Int, _ path: ProductPath, _ isFused: Bool) {
    runner = ModelRunner(
      frameCapacity: frameCapacity, inputCount: program.section.inputCount, valuesCount: program.valuesCount,
      path: path)
    fusion = isFused ? StepFusion(program, runner) : StepFusion(unfused: program)
    values = program.values
    state = [Float](repeating: 0, count: program.section.stateCount)
    let windowCount = program.section.scratchCount - program.valuesCount
    scratch = [Float](
      repeating: 0,
      count: program.valuesCount * frameCapacity + windowCount * ModelRunner.windowFrames(frameCapacity))
  }

  mutating func reset(_ program: ModelProgram) { Self.reset(runner, program, &state) }

  private static func reset(_ runner: ModelRunner, _ program: ModelProgram, _ state: inout [Float]) {
    let (operations, values) = (program.operations, program.values)
    var state = state.mutableSpan
    program.withWeights { weights in runner.reset(operations.span, values.span, weights, state: &state) }
  }

  mutating func step(
    _ program: ModelProgram, frames: Int, _ input: Span<Float>, into output: inout MutableSpan<Float>
  ) -> Int {
    Self.step(runner, fusion, program, frames, input, &output, &values, &state, &scratch)
  }

  // Static, so that the three arrays are borrowed apart from each other.
  private static func step(
    _ runner: ModelRunner, _ fusion: StepFusion, _ program: ModelProgram, _ frames: Int, _ input: Span<Float>,
    _ output: inout MutableSpan<Float>, _ values: inout [ModelValue], _ state: inout [Float],
    _ scratch: inout [Float]
  ) -> Int {
    let operations = program.operations
    var values = values.mutableSpan
    var state = state.mutableSpan
    var scratch = scratch.mutableSpan
    var offset = 0
    for number in 0..<program.section.inputCount {
      let count = values[number].shape.elementCount
      let place = runner.place(values[number])
      for frame in 0..<frames {
        let source = frame &* program.inputCount &+ offset
        let target = place &+ frame &* count
        for element in 0..<count { scratch[target &+ element] = input[source &+ element] }
      }
      offset += count
    }
    program.withWeights { weights in
      runner.run(
        frames: frames, work: fusion.work.span, steps: fusion.steps.span, steadyValues: fusion.steadyValues.span,
        operations.span, &values, weights, state: &state, scratch: &scratch)
    }
    var made = 0
    offset = 0
    for number in program.outputs {
      made = Int(values[number].frameCount)
      let count = values[number].shape.elementCount
      let place = runner.place(values[number])
      for frame in 0..<made {
        let target = frame &* program.outputCount &+ offset
        let source = place &+ frame &* count
        for element in 0..<count { output[target &+ element] = scratch[source &+ element] }
      }
      offset += count
    }
    return made
  }
}

extension Model {
  /// What the model's operations need to run. Throws `noModel` where the container has weights alone, and what is wrong with the model.
  public func program(arithmetic: Arithmetic = .float) throws(ModelError) -> ModelProgram {
    try ModelProgram(self, arithmetic: arithmetic)
  }

  /// A session of its own program; to share a program, make sessions of that.
  public func session(frameCapacity: Int? = nil, arithmetic: Arithmetic = .float) throws(ModelError) -> Session {
    Session(try program(arithmetic: arithmetic), frameCapacity: frameCapacity)
  }
}

extension ModelProgram {
  /// Lends what a runner reads.
  fileprivate func withWeights(_ body: (borrowing ModelWeights) -> Void) {
    // Locals own what the spans lend.
    let (model, tensors, factors) = (model, tensors, factors)
    let (nonZeros, codes, constants) = (nonZeros, codes, constants)
    body(
      ModelWeights(
        bytes: model.bytes, tensors: tensors.span, floats: factors.span, words: nonZeros.span, codes: codes.span,
        constants: constants.span))
  }
}
