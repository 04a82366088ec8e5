/// Rounding that counts what a code costs: the nearest code, or the next one towards zero where that is so much shorter.
///
/// With the error in steps, code k for a weight x costs (x - k)^2 + slope * bits(k), bits being the entropy-coded length. So each code
/// has a threshold, the magnitude from which it is better than the one below. Weights above their nearest code keep it: no error is
/// above one step, and zero stays zero. Reference: Chou, Lookabaugh, Gray, "Entropy-constrained vector quantization", 1989, for
/// scalars on a grid.
struct RateDistortion: Sendable, Equatable {
  /// What a bit is worth, in squared steps: ln 2 / 6. With fine steps the error is step^2 / 12 and one bit more halves the step, so
  /// one bit less, gained by rounding or by a larger step, costs the same error. Other slopes gain less at equal error.
  static let slope = 0.11552453009332422

  /// The largest magnitude of a code.
  let reach: Int

  /// Element code + reach is the magnitude, in steps, from which the code is used.
  private let thresholds: [Double]

  /// Codes of larger magnitude are rounded to nearest: at such fine steps nothing is gained.
  static let largestReach = 127

  /// Makes thresholds for codes that occur as often as `counts` says, code + reach being the index.
  init(counts: [Int]) {
    let reach = counts.count / 2
    // A code that has not occurred costs as much as one that occurs half a time. What all codes have in common does not matter.
    let bits = counts.map { Double($0 == 0 ? CodeLength.bit : -CodeLength.log2($0)) / Double(CodeLength.bit) }
    thresholds = counts.indices.map { index in
      let code = index - reach
      guard code != 0 else { return 0 }
      let more = bits[index] - bits[index - code.signum()]
      let magnitude = Double(code.magnitude)
      return min(max(magnitude - 0.5, magnitude - 0.5 + Self.slope / 2 * more), magnitude)
    }
    self.reach = reach
  }

  /// The code of a weight that is `quotient` steps. Precondition: it rounds to a code of at most `reach`.
  @inline(__always)
  func code(_ quotient: Double) -> Int {
    let magnitude = quotient.magnitude
    let nearest = Int(truncatingIfNeeded: Int64(RoundToInteger.even(magnitude)))
    let sign = quotient < 0 ? -1 : 1
    // Zero's threshold is 0, so that nothing is below it.
    return sign &* (magnitude < thresholds[sign &* nearest &+ reach] ? nearest &- 1 : nearest)
  }
}

/// How a step's codes are chosen.
public enum Rounding: Sendable, Equatable {
  /// The nearest code: the least error.
  case nearest
  /// The code with the least error and entropy-coded length together, at a step that is smaller by as much as the error target allows.
  case rateDistortion
}

/// A step for a tensor, and how its weights are rounded to multiples of it.
public struct ChosenStep: Sendable, Equatable {
  /// The step.
  public let size: Float

  /// Nil: to the nearest.
  let rounding: RateDistortion?
}
