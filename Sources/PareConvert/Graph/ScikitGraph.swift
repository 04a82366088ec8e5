import PareEncode
import PareFormat

/// The graph of scikit-learn models: linear and logistic ones, multilayer perceptrons, and a scaler before them or
/// alone. Their attributes stand in one object, or in two members of it.
///
/// A linear or logistic model gives its decision function, coef x + intercept.
struct ScikitGraph {
  /// The object with `coef_` or `coefs_`.
  private let model: SourceDocument?

  /// The object with `mean_`, `center_` or `scale_`.
  private let scaler: SourceDocument?

  /// Nil when the document has no such attributes with tensors. Throws where it is not clear which are meant.
  init?(_ document: SourceDocument) throws(GraphRefusal) {
    let places = [document] + document.members.map(\.value)
    let models = places.filter { Self.hasTensors($0["coef_"]) || Self.hasTensors($0["coefs_"]) }
    let scalers = places.filter { Self.hasTensors($0["scale_"]) || Self.hasTensors($0["center_"]) }
    guard !models.isEmpty || !scalers.isEmpty else { return nil }
    guard models.count < 2, scalers.count < 2 else {
      throw GraphRefusal("expected one model and at most one scaler, found \(models.count) and \(scalers.count)")
    }
    let hasModel = !models.isEmpty
    model = models.first
    // Scaled to a mean of 0 alone, where there is a model.
    scaler = scalers.first ?? places.first { Self.hasTensors($0["mean_"]) && hasModel }
  }

  private static func hasTensors(_ attribute: SourceDocument?) -> Bool {
    guard let attribute else { return false }
    return attribute.tensor != nil || attribute.elements.contains { $0.tensor != nil }
  }

  /// Turns the weights of a multilayer perceptron, stored [in][out], to output-first.
  static func turn(_ source: SourceModel) -> SourceModel {
    var turned = source
    for place in [source.document] + source.document.members.map(\.value) {
      for element in place["coefs_"]?.elements ?? [] {
        guard let tensor = element.tensor, source.tensors[tensor].shape.count == 2 else { continue }
        turned.permute(tensor, [1, 0])
      }
    }
    return turned
  }

  /// The graph. Precondition: the tensors are those of the document, turned.
  func make(_ source: SourceModel) throws(GraphRefusal) -> ModelGraph {
    var builder = GraphBuilder(source.tensors, input: try input(source.tensors))
    var value = 0
    if let scaler { value = try append(scaler, to: &builder, value) }
    var facts = GraphFacts()
    if let model {
      if model["coefs_"] == nil {
        value = try appendLinear(model, to: &builder, value, source.tensors)
      } else {
        value = try appendLayers(model, to: &builder, value)
      }
      for member in model.members where member.key == "model" { facts.add(member) }
      addClasses(model["classes_"], to: &facts)
    }
    return try builder.finish(output: value, facts: facts)
  }

  /// The frames read: as many channels as the first tensor that reads them has columns.
  private func input(_ tensors: [FloatTensor]) throws(GraphRefusal) -> FrameShape {
    let attributes = [
      scaler?["mean_"], scaler?["center_"], scaler?["scale_"], model?["coef_"], model?["coefs_"]?.elements.first,
    ]
    guard let first = attributes.compactMap({ $0?.tensor }).first else {
      throw GraphRefusal("expected an array 'coef_', 'coefs_', 'mean_' or 'scale_'")
    }
    guard let channels = tensors[first].shape.last, let input = FrameShape(extents: [channels]) else {
      throw GraphRefusal(
        "expected a list '\(tensors[first].name)', found an array of shape \(tensors[first].shape)", tensor: first)
    }
    return input
  }

  private func append(
    _ scaler: SourceDocument, to builder: inout GraphBuilder, _ value: Int
  ) throws(GraphRefusal) -> Int {
    if let other = scaler["min_"]?.tensor {
      throw GraphRefusal("a scaler with 'min_' (MinMaxScaler) is not known", tensor: other)
    }
    // What the scale was made from is no part of the computation.
    for key in ["var_", "max_abs_"] {
      if let tensor = scaler[key]?.tensor { builder.accounted.insert(tensor) }
    }
    return try builder.append(
      .scaler, [value], tensors: [scaler["mean_"]?.tensor ?? scaler["center_"]?.tensor, scaler["scale_"]?.tensor],
      layer: "scaler")
  }

  private func appendLinear(
    _ model: SourceDocument, to builder: inout GraphBuilder, _ value: Int, _ tensors: [FloatTensor]
  ) throws(GraphRefusal) -> Int {
    guard let coefficients = model["coef_"]?.tensor else { throw GraphRefusal("expected an array 'coef_'") }
    var intercept = model["intercept_"]?.tensor
    let outputs = tensors[coefficients].shape.count < 2 ? 1 : tensors[coefficients].shape[0]
    if let index = intercept, tensors[index].shape.isEmpty, outputs > 1, builder.scalar(index) == 0 {
      // Fitted without an intercept: one 0 for all outputs.
      builder.accounted.insert(index)
      intercept = nil
    }
    return try builder.append(.dense, [value], tensors: [coefficients, intercept], layer: "coef_")
  }

  private func appendLayers(
    _ model: SourceDocument, to builder: inout GraphBuilder, _ first: Int
  ) throws(GraphRefusal) -> Int {
    let weights = model["coefs_"]?.elements ?? []
    let biases = model["intercepts_"]?.elements ?? []
    guard weights.count == biases.count, !weights.isEmpty else {
      throw GraphRefusal(
        "expected as many arrays in 'intercepts_' as in 'coefs_', found \(biases.count) and \(weights.count)")
    }
    let hidden = try function(model, "activation", ["identity", "logistic", "tanh", "relu"])
    let last = try function(model, "out_activation_", ["identity", "logistic", "softmax"])
    var value = first
    for index in weights.indices {
      let layer = "coefs_.\(index)"
      guard let weight = weights[index].tensor, let bias = biases[index].tensor else {
        throw GraphRefusal("\(layer): expected an array of numbers, and one in 'intercepts_'")
      }
      value = try builder.append(.dense, [value], tensors: [weight, bias], layer: layer)
      guard let function = index == weights.count - 1 ? last : hidden else { continue }
      value = try builder.append(function, value, layer: layer)
    }
    return value
  }

  /// The function that a member names, nil for identity.
  private func function(
    _ model: SourceDocument, _ key: String, _ known: [String]
  ) throws(GraphRefusal) -> ActivationFunction? {
    guard let name = model[key]?.text, known.contains(name) else {
      throw GraphRefusal(
        "expected '\(key)' to be one of \(known.joined(separator: ", ")), found \(model[key]?.brief ?? "none")")
    }
    switch name {
    case "logistic": return .sigmoid
    case "tanh": return .tanh
    case "relu": return .relu
    case "softmax": return .softmax
    default: return nil
    }
  }

  /// The classes with commas between them, where that is short and tells them apart.
  private func addClasses(_ classes: SourceDocument?, to facts: inout GraphFacts) {
    var names: [String] = []
    for element in classes?.elements ?? [] {
      switch element {
      case .number(let text): names.append(text)
      case .string(let text) where !text.contains(","): names.append(text)
      default: return
      }
    }
    if !names.isEmpty { facts.add("classes", names.joined(separator: ",")) }
  }
}
