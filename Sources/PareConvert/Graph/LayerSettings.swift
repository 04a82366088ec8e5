import PareFormat

/// One layer of a layer list: its tensors and settings.
struct LayerSettings {
  let index: Int
  let type: String

  /// The layer's object.
  let node: SourceDocument

  /// The tensors in the order of the source's `weights`.
  let tensors: [Int]

  /// What `shape` says of the layer's result.
  let shape: LayerShape

  init(_ node: SourceDocument, index: Int) {
    self.index = index
    self.node = node
    type = node["type"]?.text ?? ""
    tensors = (node["weights"]?.elements ?? []).compactMap(\.tensor)
    shape = LayerShape(node["shape"]?.elements ?? [])
  }

  /// What messages call the layer.
  var label: String { "layers.\(index) (\(type))" }

  /// Throws where something else than arrays of numbers stands in `weights`: then the arrays are as the source has them.
  func requireTensors() throws(GraphRefusal) {
    guard let weights = node["weights"], weights.elements.count != tensors.count || weights.tensor != nil else {
      return
    }
    throw GraphRefusal("\(label): expected a list of arrays of numbers in 'weights'", tensor: tensors.first)
  }

  /// The number of 1 to 65535 that stands under one of these keys; 1 where none is there.
  func count(_ keys: String...) throws(GraphRefusal) -> Int {
    for key in keys {
      guard let count = try integer(key) else { continue }
      guard (1...65_535).contains(count) else {
        throw GraphRefusal("\(label): expected a '\(key)' of 1 to 65535, found \(count)")
      }
      return count
    }
    return 1
  }

  /// The whole number that stands under a key; nil where none is there or it is null.
  func integer(_ key: String) throws(GraphRefusal) -> Int? {
    guard let setting = node[key], !setting.isNull else { return nil }
    guard let integer = setting.integer else {
      throw GraphRefusal("\(label): expected a whole number '\(key)', found \(setting.brief)")
    }
    return integer
  }

  /// The function that `activation` names; nil where it names none.
  func activation() throws(GraphRefusal) -> ActivationFunction? {
    guard let setting = node["activation"], !setting.isNull else { return nil }
    switch setting.text {
    case "", "linear": return nil
    case "tanh": return .tanh
    case "relu": return .relu
    case "sigmoid": return .sigmoid
    case "softmax": return .softmax
    case "elu": return .elu
    default:
      throw GraphRefusal(
        "\(label): expected the activation tanh, relu, sigmoid, softmax or elu, found \(setting.brief)")
    }
  }

  /// Throws where `activation` names a function, which this type of layer has no use for.
  func requireNoActivation() throws(GraphRefusal) {
    guard try activation() == nil else {
      throw GraphRefusal("\(label): expected no activation, found \(node["activation"]?.brief ?? "")")
    }
  }

  /// 0 for causal padding, 1 for valid. Where `padding` does not say it, the number of frames of the result does; where
  /// that is open as well, the layer is causal.
  func padding(_ inputs: Int?, reach: Int, stride: Int) throws(GraphRefusal) -> Int {
    switch node["padding"]?.text {
    case nil: break
    case "causal": return 0
    case "valid": return 1
    case "same" where reach == 0: return 0
    default:
      throw GraphRefusal("\(label): expected padding 'causal' or 'valid', found \(node["padding"]?.brief ?? "")")
    }
    guard let inputs, let outputs = shape.frameCount, stride > 0 else { return 0 }
    if outputs == (inputs + stride - 1) / stride { return 0 }
    if inputs > reach, outputs == (inputs - reach - 1) / stride + 1 { return 1 }
    throw GraphRefusal("\(label): \(outputs) frames from \(inputs) are neither causal nor valid padding")
  }
}

/// A shape of a layer list: batch, then frames, then a frame's extents; nil where one is open.
struct LayerShape {
  private let extents: [Int?]

  /// The shape as it is written.
  let text: String

  init(_ extents: [SourceDocument]) {
    // No count of frames is above 2^40; and arithmetic on them stays within an `Int`.
    self.extents = extents.map { extent in
      guard case .number = extent, let count = extent.integer, (0...1 << 40).contains(count) else { return nil }
      return count
    }
    text = SourceDocument.array(extents).brief
  }

  /// The shape of a frame: channels, or features and filters where there are four extents.
  var frame: FrameShape? {
    guard (2...4).contains(extents.count) else { return nil }
    let last = extents.suffix(extents.count == 4 ? 2 : 1).compactMap(\.self)
    return last.count == (extents.count == 4 ? 2 : 1) ? FrameShape(extents: last) : nil
  }

  /// The number of frames, where the shape states it.
  var frameCount: Int? { extents.count > 2 ? extents[1] : nil }
}
