import Pare

/// A model applied to frames, and how long that took.
struct Evaluation {
  let outputs: Frames

  /// Frames of the inputs, warm-up included, and what they took.
  let frameCount: Int
  private(set) var duration: Duration

  /// Runs all frames in order through a new session, behind `warmup` frames of zeros whose outputs are dropped.
  init(_ program: ModelProgram, _ inputs: Frames, warmup: Int) {
    let session = Session(program)
    let capacity = session.frameCapacity
    let largest = max(1, program.outputCount * program.largestBurst * capacity)
    var block = [Float](repeating: 0, count: largest)
    var found: [Float] = []
    found.reserveCapacity(inputs.count * program.outputCount * program.largestBurst)
    let zeros = [Float](repeating: 0, count: capacity * program.inputCount)
    let start = ContinuousClock.now
    var rest = warmup
    while rest > 0 {
      let frames = min(rest, capacity)
      var span = block.mutableSpan
      _ = session.step(zeros.span.extracting(0..<frames * program.inputCount), into: &span)
      rest -= frames
    }
    var frame = 0
    while frame < inputs.count {
      let end = min(frame + capacity, inputs.count)
      let source = inputs.values.span.extracting(frame * inputs.width..<end * inputs.width)
      var span = block.mutableSpan
      let made = session.step(source, into: &span)
      found += block[..<(made * program.outputCount)]
      frame = end
    }
    duration = ContinuousClock.now - start
    frameCount = warmup + inputs.count
    outputs = Frames(found, width: program.outputCount)
  }

  /// The same, timed several times where it is over soon; the least time counts, the first run having met cold caches.
  static func timed(_ program: ModelProgram, _ inputs: Frames, warmup: Int) -> Evaluation {
    let start = ContinuousClock.now
    var best = Evaluation(program, inputs, warmup: warmup)
    for _ in 0..<8 where ContinuousClock.now - start < .milliseconds(300) {
      best.duration = min(best.duration, Evaluation(program, inputs, warmup: warmup).duration)
    }
    return best
  }

  /// Seconds, as a number.
  var seconds: Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
