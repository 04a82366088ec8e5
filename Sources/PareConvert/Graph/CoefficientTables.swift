import PareEncode
import PareFormat

/// The graph of a linear model in two tables: `NAME_coef` with a row for each output, and `NAME_intercept`.
enum CoefficientTables {
  /// The two tensors, where the model has one pair of such names; nil otherwise.
  static func pair(in tensors: [FloatTensor]) -> (coefficients: Int, intercept: Int)? {
    let names = TensorNames(tensors)
    let pairs = tensors.indices.compactMap { index -> (Int, Int)? in
      guard let stem = stem(tensors[index].name, "coef"),
        let intercept = names[stem + "intercept"] ?? names[stem + "intercept_"]
      else { return nil }
      return (index, intercept)
    }
    return pairs.count == 1 ? pairs[0] : nil
  }

  /// What stands before `word` at the name's end; it may have an underscore behind it.
  private static func stem(_ name: String, _ word: String) -> String? {
    for end in [word, word + "_"] where name == end || name.hasSuffix("_" + end) {
      return String(name.dropLast(end.count))
    }
    return nil
  }

  /// The graph of the pair.
  static func make(_ model: SourceModel, _ pair: (coefficients: Int, intercept: Int)) throws(GraphRefusal) -> ModelGraph
  {
    let name = model.tensors[pair.coefficients].name
    let shape = model.tensors[pair.coefficients].shape
    guard let channels = shape.last, let input = FrameShape(extents: [channels]) else {
      throw GraphRefusal("\(name): expected rows of coefficients", tensor: pair.coefficients)
    }
    var builder = GraphBuilder(model.tensors, input: input)
    let output = try builder.append(.dense, [0], tensors: [pair.coefficients, pair.intercept], layer: name)
    return try builder.finish(output: output, facts: GraphFacts())
  }
}
