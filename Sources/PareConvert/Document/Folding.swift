import PareEncode

/// A batch normalization that was folded into the weight before it, as the reference of that weight records it (spec section 10.3).
///
/// Row c of the stored weight is the source's times s(c) = gamma(c) / sqrt(variance(c) + epsilon), computed in f64 and rounded
/// once. The normalization's vectors and the bias stay in the container as they are, so that nothing but the weight has to be
/// restored; `folded`, what a model adds instead of them, is no tensor of the source.
public struct Folding: Sendable, Equatable {
  /// Tensors, counted as the reference's own index is; those that the source lacks are nil.
  public var mean: Int
  public var variance: Int
  public var gamma: Int?
  public var beta: Int?
  public var bias: Int?
  public var folded: Int

  /// What is added to the variance.
  public var epsilon: Float

  /// Creates a record.
  public init(mean: Int, variance: Int, gamma: Int?, beta: Int?, bias: Int?, folded: Int, epsilon: Float) {
    self.mean = mean
    self.variance = variance
    self.gamma = gamma
    self.beta = beta
    self.bias = bias
    self.folded = folded
    self.epsilon = epsilon
  }

  /// The same with tensors counted another way.
  func renumbered(_ number: (Int) -> Int) -> Folding {
    Folding(
      mean: number(mean), variance: number(variance), gamma: gamma.map(number), beta: beta.map(number),
      bias: bias.map(number), folded: number(folded), epsilon: epsilon)
  }

  /// The tensors of the source that it names.
  var sourceTensors: [Int] { [mean, variance] + [gamma, beta, bias].compactMap(\.self) }

  /// The factor of each row.
  static func factors(variance: FloatBuffer, gamma: FloatBuffer?, epsilon: Float) -> [Double] {
    (0..<variance.count).map { row in
      let deviation = (Double(variance.span[row]) + Double(epsilon)).squareRoot()
      return (gamma.map { Double($0.span[row]) } ?? 1) / deviation
    }
  }

  /// The weight with each row multiplied. Precondition: the rows are as many as the factors.
  static func fold(_ weight: FloatBuffer, _ factors: [Double]) -> FloatBuffer {
    rows(of: weight, factors) { Float($0 * $1) }
  }

  /// The weight with each row divided: what was folded, to within 2^-22 of each element. Precondition as for `fold`.
  static func unfold(_ weight: FloatBuffer, _ factors: [Double]) -> FloatBuffer {
    rows(of: weight, factors) { Float($0 / $1) }
  }

  private static func rows(
    of weight: FloatBuffer, _ factors: [Double], _ change: (Double, Double) -> Float
  ) -> FloatBuffer {
    let result = FloatBuffer()
    result.reserve(weight.count)
    let rowCount = weight.count / max(1, factors.count)
    let source = weight.span
    for index in source.indices { result.append(change(Double(source[index]), factors[index / max(1, rowCount)])) }
    return result
  }
}
