import Pare
import PareEncode
import PareFormat

/// Holds each weight against what its coding promises.
///
/// - f32: the source's bits.
/// - f16, bf16: the nearest value.
/// - affine: scale / 2 + 2^-23 |w|; towards zero a whole scale for a step that may have been rounded by rate and distortion, which
///   is one scale for the tensor, no zero points, and no record of errors within the other bound.
/// - codebook and sign: nothing.
///
/// A weight that decodes to 0 beyond that was dropped by pruning, which a container does not tell from rounding; it is
/// counted and its magnitude kept, so that who did not prune sees that nothing was.
struct BoundCheck {
  private(set) var dropped = TensorComparison.DroppedWeights()
  private var brokenCount = 0
  private var worst: (element: Int, error: Double, bound: Double)?
  private let isPromised: Bool

  /// `recorded` is the largest error that the container records, nil where it has no record.
  init(_ tensor: ModelTensor, _ source: Span<Float>, _ decoded: Span<Float>, recorded: Float?) {
    let view = tensor.tensor
    let bytes = tensor.model.bytes
    switch view.encoding.element {
    case .f32:
      isPromised = true
      check(source, decoded) { _, weight, _ in weight }
    case .f16:
      isPromised = true
      check(source, decoded) { _, weight, _ in
        Float(bitPattern: HalfPrecision.widenHalf(HalfPrecision.narrowToHalf(weight.bitPattern)))
      }
    case .bf16:
      isPromised = true
      check(source, decoded) { _, weight, _ in
        Float(bitPattern: HalfPrecision.widenBrain(HalfPrecision.narrowToBrain(weight.bitPattern)))
      }
    case .affine(let affine):
      isPromised = !affine.isSign
      let roundsDown =
        affine.granularity == .tensor && !affine.hasZeroPoints && !affine.isSign
        && Self.isAbove(recorded, scale: view.scale(0, in: bytes), source)
      checkScaled(source, decoded, isPromised, roundsDown) { view.scale(view.scaleIndex(ofElement: $0), in: bytes) }
    case .codebook:
      isPromised = false
      countDropped(source, decoded)
    }
  }

  /// The answer in words.
  var verdict: TensorComparison.Verdict {
    guard isPromised else { return .none }
    guard let worst else { return .holds }
    return .fails(
      "\(counted(brokenCount, "weight")) beyond the promised bound, element \(worst.element) first: "
        + "error \(significant(worst.error)), bound \(significant(worst.bound))")
  }

  /// Float codings: the decoded value is a function of the source's. A NaN is equal to any other, as sources in text
  /// do not keep its bits.
  private mutating func check(
    _ source: Span<Float>, _ decoded: Span<Float>, _ expected: (Int, Float, Float) -> Float
  ) {
    for element in source.indices {
      let value = expected(element, source[element], decoded[element])
      let isSame = value.bitPattern == decoded[element].bitPattern || (value.isNaN && decoded[element].isNaN)
      if isSame { continue }
      add(element, source[element], decoded[element], bound: Double((value - source[element]).magnitude))
    }
  }

  /// Whether a recorded error is above the bound of every weight.
  private static func isAbove(_ recorded: Float?, scale: Float, _ source: Span<Float>) -> Bool {
    guard let recorded else { return true }
    var largest: Float = 0
    for index in source.indices { largest = max(largest, source[index].magnitude) }
    return Double(recorded) > QuantizedTensor.promisedBound(scale: scale, weight: largest)
  }

  private mutating func checkScaled(
    _ source: Span<Float>, _ decoded: Span<Float>, _ isPromised: Bool, _ roundsDown: Bool, _ scale: (Int) -> Float
  ) {
    guard isPromised else { return countDropped(source, decoded) }
    for element in source.indices {
      let weight = source[element]
      let error = (Double(decoded[element]) - Double(weight)).magnitude
      guard error > 0 || error.isNaN else { continue }
      let isTowardsZero = decoded[element].magnitude < weight.magnitude && decoded[element] * weight > 0
      let bound =
        roundsDown && isTowardsZero
        ? QuantizedTensor.roundedDownBound(scale: scale(element), weight: weight)
        : QuantizedTensor.promisedBound(scale: scale(element), weight: weight)
      if !(error <= bound) { add(element, weight, decoded[element], bound: bound) }
    }
  }

  /// Without a bound every weight that became 0 counts.
  private mutating func countDropped(_ source: Span<Float>, _ decoded: Span<Float>) {
    for element in source.indices where decoded[element] == 0 && source[element] != 0 {
      add(element, source[element], decoded[element], bound: 0)
    }
  }

  private mutating func add(_ element: Int, _ weight: Float, _ decoded: Float, bound: Double) {
    if decoded.bitPattern == 0 {
      dropped.count += 1
      dropped.largestMagnitude = max(dropped.largestMagnitude, weight.magnitude)
      return
    }
    brokenCount += 1
    if worst == nil { worst = (element, (Double(decoded) - Double(weight)).magnitude, bound) }
  }
}
