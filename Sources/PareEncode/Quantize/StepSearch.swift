import PareFormat

/// The step of a tensor, or of several together, that meets a target.
struct StepSearch {
  let members: [UniformStep]

  /// What was asked for, named in errors.
  let option: Quantization

  /// The largest step found that meets the target, one choice for each member: the size is the same, the rounding its own.
  ///
  /// Rate-distortion rounding serves a target in decibels alone. Below a maximum error there is no code to choose from, and a given
  /// step is meant as it is given.
  func choices(for target: StepTarget, rounding: Rounding) throws(EncodeError) -> [ChosenStep] {
    switch target {
    case .size(let step): return nearest(Float(step))
    case .maximumError(let error):
      return nearest(members.map { Self.step(for: $0, maximumError: error) }.min() ?? 1)
    case .sqnr(let decibels):
      let limit = members.reduce(0) { $0 + $1.signalPower() } / Decibels.powerRatio(decibels)
      let step = try step(forNoise: limit)
      let found = rounding == .rateDistortion ? rateDistortion(below: step, noise: limit) : nil
      return found ?? nearest(step)
    }
  }

  private func nearest(_ step: Float) -> [ChosenStep] {
    members.map { _ in ChosenStep(size: step, rounding: nil) }
  }

  /// The member with the largest weight, and its magnitude.
  private var largest: (member: UniformStep, magnitude: Float)? {
    members.max { $0.maximumMagnitude < $1.maximumMagnitude }.map { ($0, $0.maximumMagnitude) }
  }

  // MARK: Maximum error

  /// 2 E rounded down, or where a weight is then off by more than E, because decoding rounds, the step that leaves room
  /// for that: s / 2 + 2^-23 |w| <= E for the largest weight.
  private static func step(for member: UniformStep, maximumError error: Double) -> Float {
    let step = roundedDown(2 * error)
    let magnitude = Double(member.maximumMagnitude)
    if magnitude / Double(step) < 0x1p16 && member.largestError(at: step) > error {
      return roundedDown(2 * (error - magnitude * 0x1p-23))
    }
    return step
  }

  private static func roundedDown(_ value: Double) -> Float {
    guard value < Double(Float.greatestFiniteMagnitude) else { return .greatestFiniteMagnitude }
    let nearest = Float(value)
    return Double(nearest) > value ? nearest.nextDown : nearest
  }

  // MARK: Signal-to-noise ratio

  /// The largest step found at which the noise of the kept weights of all members is at most `limit`.
  ///
  /// The noise does not rise steadily as the step grows: weights that lie on a grid already have none at its step. So
  /// the search starts at the step that makes every code 0, takes 1 / sqrt 2 of it until the target is met, and then
  /// bisects between that and the step before, down to neighbouring f32.
  private func step(forNoise limit: Double) throws(EncodeError) -> Float {
    guard let largest, largest.magnitude > 0 else { return 1 }
    // Symmetric codes of 16 bits always exist.
    let least = ScaleRules.symmetric(largest.magnitude, limit: 32767, as: .f32) ?? .leastNonzeroMagnitude
    var failing = min(2 * largest.magnitude, .greatestFiniteMagnitude)
    if isMet(failing, limit) { return failing }
    var meeting = max(failing * 0.70710678, least)
    while !isMet(meeting, limit) {
      guard meeting > least else {
        throw largest.member.tooWide(option, "no step with codes of 16 bits reaches it; the largest magnitude is")
      }
      failing = meeting
      meeting = max(meeting * 0.70710678, least)
    }
    Self.bisect(&meeting, &failing, to: 1) { isMet($0, limit) }
    return meeting
  }

  private func isMet(_ step: Float, _ limit: Double) -> Bool {
    var noise = 0.0
    for member in members {
      noise += member.noisePower(at: step, limit: limit - noise)
      if noise > limit { return false }
    }
    return true
  }

  /// Narrows two steps, of which the first meets a condition and the second does not, down to `distance` f32 apart.
  private static func bisect(
    _ meeting: inout Float, _ failing: inout Float, to distance: UInt32, isMet: (Float) -> Bool
  ) {
    // Positive floats are in the order of their bit patterns.
    while failing.bitPattern - meeting.bitPattern > distance {
      let middle = Float(bitPattern: meeting.bitPattern + (failing.bitPattern - meeting.bitPattern) / 2)
      if isMet(middle) { meeting = middle } else { failing = middle }
    }
  }

  // MARK: Rate and distortion

  /// The same noise with rate-distortion rounding, at the smaller step which that takes; nil where it does not need fewer bits than
  /// rounding to nearest at `step`, as for weights that lie on a grid.
  private func rateDistortion(below step: Float, noise limit: Double) -> [ChosenStep]? {
    let plain = members.map { $0.nearest(at: step) }
    var best: [UniformStep.Outcome]?
    func isMet(_ step: Float) -> Bool {
      let found = members.map { $0.rateDistortion(at: step) }
      guard found.reduce(0, { $0 + $1.noisePower }) <= limit else { return false }
      best = found
      return true
    }
    var failing = step
    var meeting = step * 0.9375
    // Never far: the step shrinks by some 8 % where it pays most.
    var tries = 0
    while !isMet(meeting) {
      tries += 1
      guard tries < 5 else { return nil }
      failing = meeting
      meeting *= 0.9375
    }
    // To 1 / 4096 of the step; the sizes then differ by 1 / 3000 of a bit.
    Self.bisect(&meeting, &failing, to: 1 << 11, isMet: isMet)
    guard let best, best.reduce(0, { $0 + $1.length }) < plain.reduce(0, { $0 + $1.length }) else { return nil }
    return best.map(\.chosen)
  }
}
