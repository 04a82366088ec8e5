import PareEncode
import PareFormat

/// The graph of a layer list, as RTNeural reads it and Keras exports it.
struct LayerListGraph {
  private var builder: GraphBuilder

  /// The value that the next layer reads.
  private var value = 0

  /// The number of frames that it has in the source's shapes; nil where that is open.
  private var frameCount: Int?

  /// Whether the document is a list of layers, each an object with `type` and `shape`.
  static func isStated(in document: SourceDocument) -> Bool {
    guard let layers = document["layers"]?.elements, !layers.isEmpty else { return false }
    return layers.allSatisfy { layer in
      if layer["type"]?.text == nil { return false }
      if case .array? = layer["shape"] { return true }
      return false
    }
  }

  /// The graph of the layers.
  static func make(_ model: SourceModel) throws(GraphRefusal) -> ModelGraph {
    let layers = (model.document["layers"]?.elements ?? []).enumerated().map {
      LayerSettings($0.element, index: $0.offset)
    }
    guard let shape = model.document["in_shape"], case .array(let extents) = shape else {
      throw GraphRefusal("expected the shape of the input, found no 'in_shape'")
    }
    let input = LayerShape(extents)
    guard let frame = input.frame else {
      throw GraphRefusal("expected an 'in_shape' that ends in the number of channels, found \(shape.brief)")
    }
    var graph = LayerListGraph(builder: GraphBuilder(model.tensors, input: frame))
    graph.frameCount = input.frameCount
    for layer in layers { try graph.append(layer) }
    var facts = GraphFacts()
    for member in model.document.members where member.key != "layers" && member.key != "in_shape" { facts.add(member) }
    return try graph.builder.finish(output: graph.value, facts: facts)
  }

  private init(builder: GraphBuilder) { self.builder = builder }

  /// Adds a layer, and its activation where the layer applies one to its result.
  private mutating func append(_ layer: LayerSettings) throws(GraphRefusal) {
    let activation = try layer.activation()
    try layer.requireTensors()
    switch layer.type {
    case "dense", "time-distributed-dense":
      try appendDense(layer)
      try append(activation, layer)
    case "activation": try append(activation, layer)
    case "conv1d":
      try appendConvolution(layer)
      try append(activation, layer)
    case "conv2d":
      try appendConvolution2D(layer)
      try append(activation, layer)
    case "batchnorm", "batchnorm2d":
      try layer.requireNoActivation()
      try appendNormalization(layer)
    case "prelu":
      try layer.requireNoActivation()
      value = try builder.append(.prelu, [value], tensors: layer.tensors, layer: layer.label)
    case "lstm", "gru":
      // The function is the cell's own: it is in the operation.
      guard activation == nil || activation == .tanh else {
        throw GraphRefusal("\(layer.label): expected a cell with tanh, found '\(layer.node["activation"]?.text ?? "")'")
      }
      try appendRecurrent(layer)
    default: throw GraphRefusal("\(layer.label): this type of layer is not known", tensor: layer.tensors.first)
    }
    try requireStatedShape(layer)
    frameCount = layer.shape.frameCount
  }

  /// The shape that the list states for a layer's result is what comes out of it.
  private func requireStatedShape(_ layer: LayerSettings) throws(GraphRefusal) {
    let frame = builder.frame(value)
    guard let stated = layer.shape.frame else {
      throw GraphRefusal(
        "\(layer.label): expected a shape that ends in the number of channels, found \(layer.shape.text)")
    }
    guard stated == frame else {
      throw GraphRefusal("\(layer.label): its shape states frames of \(stated.text), its result has \(frame.text)")
    }
  }

  private mutating func append(_ activation: ActivationFunction?, _ layer: LayerSettings) throws(GraphRefusal) {
    guard let activation else { return }
    value = try builder.append(activation, value, alpha: activation == .elu ? 1 : 0, layer: layer.label)
  }

  private mutating func appendDense(_ layer: LayerSettings) throws(GraphRefusal) {
    // Frames of a two-dimensional convolution come in as one axis, features outermost.
    if builder.frame(value).rank > 1, layer.shape.frame?.rank == 1 {
      value = try builder.append(.flatten, [value], layer: layer.label)
    }
    value = try builder.append(.dense, [value], tensors: layer.tensors, layer: layer.label)
  }

  private mutating func appendConvolution(_ layer: LayerSettings) throws(GraphRefusal) {
    let stride = try layer.count("strides", "stride")
    let dilation = try layer.count("dilation", "dilation_rate")
    let groups = try layer.count("groups")
    let size = layer.tensors.first.map { builder.shape($0).last ?? 1 } ?? 1
    let padding = try layer.padding(frameCount, reach: (size - 1) * dilation, stride: stride)
    value = try builder.append(
      .conv1d, [value], tensors: layer.tensors, attributes: [stride, dilation, groups, padding], layer: layer.label)
  }

  private mutating func appendConvolution2D(_ layer: LayerSettings) throws(GraphRefusal) {
    let stride = try layer.count("strides", "stride")
    let dilation = try layer.count("dilation", "dilation_rate")
    let padding = layer.node["padding"]?.text ?? "valid"
    guard padding == "valid" || padding == "same" else {
      throw GraphRefusal("\(layer.label): expected padding 'valid' or 'same', found '\(padding)'")
    }
    for (key, axis) in [("num_features_in", 0), ("num_filters_in", 1)] {
      let found = builder.frame(value)[axis]
      guard let stated = try layer.integer(key), stated != found else { continue }
      throw GraphRefusal("\(layer.label): its \(key) states \(stated), the layer before it gives \(found)")
    }
    value = try builder.append(
      .streamingConv2d, [value], tensors: layer.tensors, attributes: [stride, dilation, padding == "same" ? 1 : 0],
      layer: layer.label)
  }

  private mutating func appendNormalization(_ layer: LayerSettings) throws(GraphRefusal) {
    guard let epsilon = layer.node["epsilon"]?.float else {
      throw GraphRefusal("\(layer.label): expected a number 'epsilon'", tensor: layer.tensors.first)
    }
    // With four vectors gamma and beta come first.
    let vectors = layer.tensors
    let tensors = vectors.count == 4 ? [vectors[2], vectors[3], vectors[0], vectors[1]] : vectors
    value = try builder.append(.batchNorm, [value], tensors: tensors, parameter: epsilon, layer: layer.label)
  }

  private mutating func appendRecurrent(_ layer: LayerSettings) throws(GraphRefusal) {
    guard layer.type == "gru" else {
      value = try builder.append(.lstm, [value], tensors: layer.tensors, layer: layer.label)
      return
    }
    if layer.tensors.count == 3, builder.shape(layer.tensors[2]).count == 1 {
      throw GraphRefusal(
        "\(layer.label): a cell that resets before the product (one bias, reset_after false) is not known",
        tensor: layer.tensors[2])
    }
    // Keras has the gates in the order z, r, h.
    value = try builder.append(.gru, [value], tensors: layer.tensors, attributes: [1], layer: layer.label)
  }
}
