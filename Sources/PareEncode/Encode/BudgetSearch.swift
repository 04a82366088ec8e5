public import PareFormat

/// The least error within a byte budget: a step, one for all tensors that leave theirs open, with which the container fits.
///
/// One step for all has the least sum of squared errors for the bytes it takes; dead zones (and so sparsities) and widths follow from it.
public struct BudgetSearch<C: Checksum> {
  private let tensors: [FloatTensor]
  private let masks: [PruningMask?]
  private let settings: [TensorSettings]
  private let options: EncodingOptions
  private let container: ContainerOptions

  /// The tensors that leave their step open, and each on a grid.
  private let members: [Int]
  private let uniform: [UniformStep]

  /// All others, encoded.
  private let others: [EncodedTensor?]

  /// What was found.
  public struct Result: Sendable {
    /// The tensors, in the order given.
    public let tensors: [EncodedTensor]

    /// The step of those that left it open; nil where they keep their floats, since the container is small enough so.
    public let step: Float?
  }

  /// Encodes the tensors whose step does not depend on the budget.
  ///
  /// Throws what encoding throws. Precondition: there is a mask or nil for each tensor.
  public init(
    _ tensors: [FloatTensor], masks: [PruningMask?], plan: EncodingPlan, options: EncodingOptions,
    container: ContainerOptions, checksum: C.Type
  ) throws(EncodeError) {
    self.tensors = tensors
    self.masks = masks
    self.options = options
    self.container = container
    settings = tensors.map { plan.settings(forName: $0.name, rank: $0.shape.count) }
    let settings = settings
    members = tensors.indices.filter { settings[$0].quantization == .modelStep(nil) }
    uniform = try EncodingPlan.uniform(members, tensors, masks)
    let steps = try plan.steps(for: tensors, masks: masks, rounding: options.rounding)
    var others: [EncodedTensor?] = []
    for index in tensors.indices {
      others.append(
        members.contains(index)
          ? nil
          : try TensorEncoder.encode(
            tensors[index], mask: masks[index], settings: settings[index], options: options, chosen: steps[index],
            checksum: C.self))
    }
    self.others = others
  }

  /// Finds the step. Throws `budgetTooSmall`, which states the least size, and what laying out a container throws.
  ///
  /// The container is encoded some ten times; `progress` gets the number of times so far.
  public func result(within byteCount: Int, progress: (Int) -> Void = { _ in }) throws(EncodeError) -> Result {
    let floats = try encoded(at: nil)
    if try size(floats) <= byteCount { return Result(tensors: floats, step: nil) }
    // Twice the largest weight makes every code 0.
    let magnitude = uniform.map(\.maximumMagnitude).max() ?? 0
    var large = Trial(step: min(2 * max(magnitude, .leastNormalMagnitude), .greatestFiniteMagnitude))
    large = try encode(large.step)
    guard large.byteCount <= byteCount else {
      throw EncodeError(
        .budgetTooSmall, expected: "the container takes at least \(large.byteCount) bytes, not \(byteCount)")
    }
    // The finest step that 16 bits have.
    var small = try encode(ScaleRules.symmetric(magnitude, limit: 32767, as: .f32) ?? .leastNormalMagnitude)
    if small.byteCount <= byteCount { return Result(tensors: small.tensors, step: small.step) }
    // Sizes fall nearly in a line over the logarithm of the step, and bit patterns are logarithms with corners.
    for round in 0..<Self.mostRounds where large.step.bitPattern - small.step.bitPattern > 1 {
      progress(round)
      if large.byteCount > byteCount - byteCount / 1000 { break }
      let trial = try encode(Self.between(small, large, byteCount, isHalving: round % 3 == 2))
      if trial.byteCount <= byteCount { large = trial } else { small = trial }
    }
    large = try better(than: large, byteCount)
    return Result(tensors: large.tensors, step: large.step)
  }

  /// A larger step with a smaller error, where there is one: pruned weights have two humps, and a step that meets their middle is
  /// better than smaller ones that do not.
  private func better(than found: Trial, _ byteCount: Int) throws(EncodeError) -> Trial {
    var best = found
    var promising: [(step: Float, noise: Double)] = []
    var step = found.step
    // An octave and a half in sixteenths.
    for _ in 0..<24 {
      step *= 1.0442737
      guard step < .greatestFiniteMagnitude else { break }
      let noise = uniform.reduce(0) { $0 + outcome($1, step).noisePower }
      if noise < best.noisePower { promising.append((step, noise)) }
    }
    for (step, _) in promising.sorted(by: { $0.noise < $1.noise }).prefix(3) {
      let trial = try encode(step)
      if trial.byteCount <= byteCount, trial.noisePower < best.noisePower { best = trial }
    }
    return best
  }

  private func outcome(_ uniform: UniformStep, _ step: Float) -> UniformStep.Outcome {
    options.rounding == .rateDistortion ? uniform.rateDistortion(at: step) : uniform.nearest(at: step)
  }

  private static var mostRounds: Int { 24 }

  /// The step at which a line through both sizes meets the budget, or the middle.
  private static func between(_ small: Trial, _ large: Trial, _ byteCount: Int, isHalving: Bool) -> Float {
    let distance = Double(large.step.bitPattern - small.step.bitPattern)
    let share =
      isHalving ? 0.5 : Double(small.byteCount - byteCount) / Double(max(1, small.byteCount - large.byteCount))
    let offset = UInt32(min(max(1, distance * share), distance - 1))
    return Float(bitPattern: small.step.bitPattern + offset)
  }

  /// One step tried.
  private struct Trial {
    let step: Float
    var tensors: [EncodedTensor] = []
    var byteCount = 0

    /// The sum of squared errors of all tensors.
    var noisePower: Double { tensors.reduce(0) { $0 + ($1.errors?.noisePower ?? 0) } }
  }

  private func encode(_ step: Float) throws(EncodeError) -> Trial {
    let tensors = try encoded(at: step)
    return Trial(step: step, tensors: tensors, byteCount: try size(tensors))
  }

  /// All tensors, the members at this step; nil: their floats.
  private func encoded(at step: Float?) throws(EncodeError) -> [EncodedTensor] {
    var found: [EncodedTensor] = []
    var member = 0
    for index in tensors.indices {
      if let other = others[index] {
        found.append(other)
        continue
      }
      var settings = settings[index]
      var chosen: ChosenStep?
      if let step {
        chosen = outcome(uniform[member], step).chosen
      } else {
        settings.quantization = .unquantized
      }
      member += 1
      found.append(
        try TensorEncoder.encode(
          tensors[index], mask: masks[index], settings: settings, options: options, chosen: chosen, checksum: C.self))
    }
    return found
  }

  private func size(_ tensors: [EncodedTensor]) throws(EncodeError) -> Int {
    try ContainerPlan(tensors, options: container, checksum: C.self).byteCount
  }
}
