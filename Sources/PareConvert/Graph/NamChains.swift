import PareFormat

/// An impulse response: y[t] = bias + the sum of h[k] x[t - k].
struct NamLinear: NamArchitecture {
  let inputs = 1
  private let size: Int
  private let hasBias: Bool

  init(_ settings: NamSettings) throws(GraphRefusal) {
    // How the sum is found changes nothing.
    try settings.requireKnown(
      ["receptive_field", "bias", "in_channels", "out_channels"], ignored: ["implementation"])
    try settings.require("in_channels", 1)
    try settings.require("out_channels", 1)
    size = try settings.count("receptive_field")
    hasBias = try settings.flag("bias")
  }

  func list(_ weights: inout NamWeights) throws(GraphRefusal) {
    // The last tap of a window is the current frame, which the first number is for.
    try weights.add("weight", [1, 1, size], isReversed: true)
    if hasBias { try weights.add("bias", [1]) }
  }

  func append(to builder: inout GraphBuilder, _ names: TensorNames) throws(GraphRefusal) -> Int {
    try builder.append(
      .conv1d, [0], tensors: [names["weight"], names["bias"]], attributes: [1, 1, 1, 0], layer: "Linear")
  }
}

/// Stacked cells, whose matrix is for input and state together and which start from a stored state; then a linear layer.
struct NamLSTM: NamArchitecture {
  let inputs: Int
  private let outputs: Int
  private let units: Int
  private let layerCount: Int

  init(_ settings: NamSettings) throws(GraphRefusal) {
    try settings.requireKnown(["input_size", "hidden_size", "num_layers", "in_channels", "out_channels"])
    inputs = try settings.count("input_size")
    units = try settings.count("hidden_size")
    layerCount = try settings.count("num_layers")
    outputs = try settings.count("out_channels", default: 1)
    // More inputs than the audio are conditions.
    try settings.require("input_size", 1)
    try settings.require("in_channels", 1)
  }

  func list(_ weights: inout NamWeights) throws(GraphRefusal) {
    for layer in 0..<layerCount {
      try weights.add("layers.\(layer).weight", [4 * units, (layer == 0 ? inputs : units) + units])
      try weights.add("layers.\(layer).bias", [4 * units])
      try weights.add("layers.\(layer).initial_state", [2 * units])
    }
    try weights.add("head.weight", [outputs, units])
    try weights.add("head.bias", [outputs])
  }

  func append(to builder: inout GraphBuilder, _ names: TensorNames) throws(GraphRefusal) -> Int {
    var value = 0
    for layer in 0..<layerCount {
      let prefix = "layers.\(layer)"
      value = try builder.append(
        .lstm, [value],
        tensors: [names[prefix + ".weight"], nil, names[prefix + ".bias"], nil, names[prefix + ".initial_state"]],
        layer: prefix)
    }
    return try builder.append(.dense, [value], tensors: [names["head.weight"], names["head.bias"]], layer: "head")
  }
}

/// Dilated convolutions of two taps, each normalized or with a bias, and a linear layer.
struct NamConvNet: NamArchitecture {
  let inputs = 1
  private let outputs: Int
  private let channels: Int
  private let dilations: [Int]
  private let isNormalized: Bool
  private let activation: NamActivation

  init(_ settings: NamSettings) throws(GraphRefusal) {
    try settings.requireKnown(
      ["channels", "dilations", "batchnorm", "activation", "groups", "in_channels", "out_channels"])
    try settings.require("groups", 1)
    try settings.require("in_channels", 1)
    outputs = try settings.count("out_channels", default: 1)
    channels = try settings.count("channels")
    dilations = try settings.counts("dilations")
    isNormalized = try settings.flag("batchnorm")
    activation = try settings.activation("activation")
  }

  func list(_ weights: inout NamWeights) throws(GraphRefusal) {
    for block in dilations.indices {
      let name = "blocks.\(block)"
      try weights.add(name + ".conv.weight", [channels, block == 0 ? inputs : channels, 2])
      guard isNormalized else {
        try weights.add(name + ".conv.bias", [channels])
        continue
      }
      for vector in ["mean", "variance", "gamma", "beta"] { try weights.add(name + ".batchnorm.\(vector)", [channels]) }
      // A number of the list, and the operation's parameter.
      try weights.add(name + ".batchnorm.epsilon", [], isAccounted: true)
    }
    try weights.add("head.weight", [outputs, channels])
    try weights.add("head.bias", [outputs])
  }

  func append(to builder: inout GraphBuilder, _ names: TensorNames) throws(GraphRefusal) -> Int {
    var value = 0
    for (block, dilation) in dilations.enumerated() {
      let name = "blocks.\(block)"
      value = try builder.append(
        .conv1d, [value], tensors: [names[name + ".conv.weight"], names[name + ".conv.bias"]],
        attributes: [1, dilation, 1, 0], layer: name)
      if isNormalized, let epsilon = names[name + ".batchnorm.epsilon"] {
        value = try builder.append(
          .batchNorm, [value],
          tensors: ["mean", "variance", "gamma", "beta"].map { names[name + ".batchnorm.\($0)"] },
          parameter: builder.scalar(epsilon), layer: name)
      }
      value = try activation.append(to: &builder, value, layer: name)
    }
    return try builder.append(.dense, [value], tensors: [names["head.weight"], names["head.bias"]], layer: "head")
  }
}
