import PareFormat

/// Arrays of dilated convolutions with residual connections, whose activations are summed up for the head.
struct NamWaveNet: NamArchitecture {
  let inputs: Int
  private let arrays: [NamLayerArray]

  init(_ settings: NamSettings) throws(GraphRefusal) {
    // The list of weights ends with head_scale; the setting is not read.
    try settings.requireKnown(["layers", "in_channels"], ignored: ["head_scale"])
    var arrays: [NamLayerArray] = []
    for (index, layer) in (settings.value("layers")?.elements ?? []).enumerated() {
      arrays.append(try NamLayerArray(NamSettings("\(settings.path).layers.\(index)", layer), index: index))
    }
    guard let first = arrays.first else { throw settings.expected("a list of layer arrays", "layers") }
    inputs = first.inputs
    try settings.require("in_channels", inputs)
    self.arrays = arrays
    // The condition is the raw input: more of it than one channel is not audio.
    for array in arrays where array.conditions != 1 || inputs != 1 {
      throw GraphRefusal("\(array.path): expected an input and a condition of 1 channel, which are the audio")
    }
    for (array, next) in zip(arrays, arrays.dropFirst()) {
      guard next.inputs == array.channels else {
        throw GraphRefusal(
          "\(next.path): expected the input_size \(array.channels), as of the channels before it, found \(next.inputs)")
      }
      guard next.channels == array.headSize else {
        throw GraphRefusal(
          "\(array.path): expected the head size \(next.channels), as of the channels behind it, found \(array.headSize)"
        )
      }
    }
  }

  func list(_ weights: inout NamWeights) throws(GraphRefusal) {
    for (index, array) in arrays.enumerated() { try array.list(&weights, isLast: index == arrays.count - 1) }
    try weights.add("head_scale", [])
  }

  func append(to builder: inout GraphBuilder, _ names: TensorNames) throws(GraphRefusal) -> Int {
    var value = 0
    var head: Int?
    for (index, array) in arrays.enumerated() {
      (value, head) = try array.append(to: &builder, names, value, head: head, isLast: index == arrays.count - 1)
    }
    return try builder.append(.gain, [head ?? value], tensors: [names["head_scale"]], layer: "head_scale")
  }
}

/// One array of layers of the same channels.
struct NamLayerArray {
  /// What messages call the array.
  let path: String
  let inputs: Int
  let conditions: Int
  let channels: Int
  let headSize: Int

  private let name: String
  private let headKernel: Int
  private let headBias: Bool
  private let dilations: [Int]
  private let kernels: [Int]
  private let activations: [NamActivation]

  /// The function of the second half of the channels, for layers with a gate.
  private let gates: [NamActivation?]

  private static let known: Set<String> = [
    "input_size", "condition_size", "channels", "bottleneck", "head_size", "head_bias", "head", "kernel_size",
    "kernel_sizes", "dilations", "activation", "gated", "gating_mode", "secondary_activation", "groups_input",
    "groups_input_mixin", "layer1x1",
  ]

  init(_ settings: NamSettings, index: Int) throws(GraphRefusal) {
    path = settings.path
    name = "layers.\(index)"
    // With all of its channels a slimmable model computes as any other.
    try settings.requireKnown(Self.known, ignored: ["slimmable"])
    inputs = try settings.count("input_size")
    conditions = try settings.count("condition_size")
    channels = try settings.count("channels")
    try settings.require("bottleneck", channels)
    try settings.require("groups_input", 1)
    try settings.require("groups_input_mixin", 1)
    if let output = settings.value("layer1x1") {
      guard output["active"]?.bool == true, output["groups"]?.integer ?? 1 == 1 else {
        throw settings.expected("active without groups", "layer1x1")
      }
    }
    dilations = try settings.counts("dilations")
    let count = dilations.count
    if settings.value("kernel_sizes") != nil {
      kernels = try settings.counts("kernel_sizes")
      guard kernels.count == count, settings.value("kernel_size") == nil else {
        throw settings.expected("\(count) numbers, and no 'kernel_size' beside them,", "kernel_sizes")
      }
    } else {
      kernels = Array(repeating: try settings.count("kernel_size"), count: count)
    }
    if let head = settings.value("head") {
      let settings = NamSettings(settings.path + ".head", head)
      try settings.requireKnown(["out_channels", "kernel_size", "bias", "head_dilation"])
      try settings.require("head_dilation", 1)
      headSize = try settings.count("out_channels")
      headKernel = try settings.count("kernel_size")
      headBias = try settings.flag("bias")
    } else {
      headSize = try settings.count("head_size")
      headKernel = 1
      headBias = try settings.flag("head_bias")
    }
    activations = try settings.activations("activation", count: count)
    gates = try Self.gates(settings, count: count)
  }

  /// Which layers have a gate, and its function: `gating_mode` says it, in older files `gated`.
  private static func gates(_ settings: NamSettings, count: Int) throws(GraphRefusal) -> [NamActivation?] {
    var modes: [SourceDocument] = []
    switch settings.value("gating_mode") {
    case nil:
      modes = Array(repeating: .string(try settings.flag("gated", default: false) ? "gated" : "none"), count: count)
    case .array(let list)?: modes = list
    case let mode?: modes = Array(repeating: mode, count: count)
    }
    guard modes.count == count else { throw settings.expected("\(count) modes", "gating_mode") }
    // One for each layer, whether it has a gate or not, is what a list of them has.
    let secondary = settings.value("secondary_activation")
    if case .array(let list)? = secondary, list.count != count {
      throw settings.expected("\(count) functions", "secondary_activation")
    }
    var gates: [NamActivation?] = []
    for (layer, mode) in modes.enumerated() {
      guard mode.text == "none" || mode.text == "gated" else {
        throw settings.expected("'none' or 'gated'", "gating_mode")
      }
      guard mode.text == "gated" else {
        gates.append(nil)
        continue
      }
      let function = secondary.map { $0.elements.isEmpty ? $0 : $0.elements[layer] } ?? .string("Sigmoid")
      gates.append(try NamActivation(function, settings.path))
    }
    return gates
  }

  /// Lists the tensors. A convolution of one tap is a matrix.
  func list(_ weights: inout NamWeights, isLast: Bool) throws(GraphRefusal) {
    try weights.add(name + ".input.weight", [channels, inputs])
    for layer in dilations.indices {
      let middle = gates[layer] == nil ? channels : 2 * channels
      let isUnread = isLast && layer == dilations.count - 1
      try weights.add("\(name).\(layer).conv.weight", Self.shape(middle, channels, kernels[layer]))
      try weights.add("\(name).\(layer).conv.bias", [middle])
      try weights.add("\(name).\(layer).mix.weight", [middle, conditions])
      // What the very last layer hands on, nobody reads.
      try weights.add("\(name).\(layer).output.weight", [channels, channels], isAccounted: isUnread)
      try weights.add("\(name).\(layer).output.bias", [channels], isAccounted: isUnread)
    }
    try weights.add(name + ".head.weight", Self.shape(headSize, channels, headKernel))
    if headBias { try weights.add(name + ".head.bias", [headSize]) }
  }

  private static func shape(_ outputs: Int, _ inputs: Int, _ taps: Int) -> [Int] {
    taps == 1 ? [outputs, inputs] : [outputs, inputs, taps]
  }

  /// Adds the array's operations and gives what it hands on to the next array: its last layer's result and its head.
  ///
  /// The sums' first operands are read there for the last time, so that they are worked on in place.
  func append(
    to builder: inout GraphBuilder, _ names: TensorNames, _ input: Int, head start: Int?, isLast: Bool
  ) throws(GraphRefusal) -> (value: Int, head: Int) {
    var value = try builder.append(.dense, [input], tensors: [names[name + ".input.weight"]], layer: name)
    var head = start
    for layer in dilations.indices {
      let label = "\(name).\(layer)"
      var inner = try convolve(&builder, names, label + ".conv", value, kernels[layer], dilations[layer])
      let mix = try builder.append(.dense, [0], tensors: [names[label + ".mix.weight"]], layer: label)
      inner = try builder.append(.add, [inner, mix], layer: label)
      if let gate = gates[layer] {
        var first = try builder.append(.slice, [inner], attributes: [0, channels], layer: label)
        first = try activations[layer].append(to: &builder, first, layer: label)
        var second = try builder.append(.slice, [inner], attributes: [channels, channels], layer: label)
        second = try gate.append(to: &builder, second, layer: label)
        inner = try builder.append(.multiply, [first, second], layer: label)
      } else {
        inner = try activations[layer].append(to: &builder, inner, layer: label)
      }
      if let sum = head { head = try builder.append(.add, [sum, inner], layer: label) } else { head = inner }
      guard !isLast || layer < dilations.count - 1 else { continue }
      let output = try builder.append(
        .dense, [inner], tensors: [names[label + ".output.weight"], names[label + ".output.bias"]], layer: label)
      value = try builder.append(.add, [value, output], layer: label)
    }
    let result = try convolve(&builder, names, name + ".head", head ?? value, headKernel, 1)
    return (value, result)
  }

  private func convolve(
    _ builder: inout GraphBuilder, _ names: TensorNames, _ name: String, _ value: Int, _ taps: Int, _ dilation: Int
  ) throws(GraphRefusal) -> Int {
    let tensors = [names[name + ".weight"], names[name + ".bias"]]
    guard taps > 1 else { return try builder.append(.dense, [value], tensors: tensors, layer: name) }
    return try builder.append(.conv1d, [value], tensors: tensors, attributes: [1, dilation, 1, 0], layer: name)
  }
}
