import PareFormat

/// Layers without tensors, by their names.
enum FunctionLayer {
  private static let activations: [String: ActivationFunction] = [
    "tanh": .tanh, "relu": .relu, "sigmoid": .sigmoid, "softmax": .softmax, "elu": .elu, "leakyrelu": .leakyReLU,
    "hardtanh": .hardTanh, "hardsigmoid": .hardSigmoid6, "hardswish": .hardSwish, "silu": .silu, "softsign": .softsign,
    "relu6": .relu6, "gelu": .geluErf,
  ]

  private static let others: Set<String> = ["flatten", "maxpool", "avgpool", "maxpool1d", "avgpool1d"]

  /// The names, in byte order.
  static let names = (Array(activations.keys) + others).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }

  /// Whether a name is one of them.
  static func isKnown(_ name: String) -> Bool { activations[name] != nil || others.contains(name) }

  /// Whether a frame keeps its shape.
  static func keepsShape(_ name: String) -> Bool { activations[name] != nil }

  /// Adds the function's operation. Precondition: the name is known.
  static func append(
    _ word: LayerWord, to builder: inout GraphBuilder, _ value: Int
  ) throws(GraphRefusal) -> Int {
    var attributes = LayerAttributes(word)
    let result: Int
    if var function = activations[word.name] {
      var alpha: Float = 0
      if function == .geluErf, let form = attributes.text("approximate") {
        // As PyTorch spells it.
        guard ["none", "tanh"].contains(form) else {
          throw GraphRefusal("\(word.name): expected none or tanh behind 'approximate=', found '\(form)'")
        }
        if form == "tanh" { function = .gelu }
      }
      if function == .elu { alpha = try attributes.float("alpha", default: 1) }
      if function == .leakyReLU { alpha = try attributes.float("alpha", default: 0.01) }
      result = try builder.append(function, value, alpha: alpha, layer: word.name)
    } else if word.name == "flatten" {
      result = try builder.append(.flatten, [value], layer: word.name)
    } else {
      let isAverage = word.name.hasPrefix("avg")
      let size = try attributes.size()
      if word.name.hasSuffix("1d") {
        let stride = try attributes.integer("stride", default: size.0)
        guard size.0 == size.1 else { throw GraphRefusal("\(word.name): expected one size, found \(size.0)x\(size.1)") }
        result = try builder.append(
          .pool1d, [value], attributes: [isAverage ? 1 : 0, size.0, stride], layer: word.name)
      } else {
        let stride = try attributes.pair("stride", default: size)
        let padding = try attributes.pair("padding", default: (0, 0))
        // As PyTorch does unless told otherwise, zeros around the image count in an average.
        result = try builder.append(
          .pool2d, [value],
          attributes: [isAverage ? 2 : 0, size.0, size.1, stride.0, stride.1, padding.0, padding.1], layer: word.name)
      }
    }
    try attributes.requireNoMore()
    return result
  }
}
