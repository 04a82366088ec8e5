import PareFormat

/// Operations in the words of the spec's section 10.4.2.
extension OperationKind {
  /// As in the spec.
  var name: String { "\(self)" }

  /// How many values it reads.
  var inputCount: Int {
    switch self {
    case .add, .multiply, .concatenate: 2
    default: 1
    }
  }

  /// The tensors in order.
  var tensorNames: [String] {
    switch self {
    case .dense, .conv1d, .transposedConv1d, .streamingConv2d, .conv2d: ["weight", "bias"]
    case .lstm, .gru: ["kernel", "recurrentKernel", "bias", "recurrentBias", "initialState"]
    case .batchNorm: ["mean", "variance", "gamma", "beta"]
    case .prelu: ["alpha"]
    case .embedding: ["table"]
    case .scaler: ["mean", "scale"]
    case .gain: ["factor"]
    case .activation, .pool2d, .pool1d, .flatten, .add, .multiply, .concatenate, .slice: []
    }
  }

  /// The attributes in order.
  var attributeNames: [String] {
    switch self {
    case .conv1d: ["stride", "dilation", "groups", "padding"]
    case .transposedConv1d: ["stride", "padding"]
    case .streamingConv2d: ["stride", "dilation", "padding"]
    case .conv2d:
      [
        "strideY", "strideX", "dilationY", "dilationX", "paddingTop", "paddingLeft", "paddingBottom", "paddingRight",
        "groups",
      ]
    case .gru: ["gateOrder"]
    case .activation: ["function"]
    case .pool2d: ["mode", "sizeY", "sizeX", "strideY", "strideX", "paddingY", "paddingX"]
    case .pool1d: ["mode", "size", "stride"]
    case .slice: ["first", "number"]
    case .dense, .lstm, .batchNorm, .prelu, .flatten, .add, .multiply, .concatenate, .embedding, .scaler, .gain: []
    }
  }

  /// An attribute that is a choice, in words; nil for one that is a number, and for a choice that does not exist.
  func word(ofAttribute index: Int, _ value: Int) -> String? {
    let words: [String]
    switch (self, index) {
    case (.conv1d, 3): words = ["causal", "valid"]
    case (.streamingConv2d, 2): words = ["valid", "same"]
    case (.gru, 0): words = ["r, z, n", "z, r, n"]
    case (.pool2d, 0): words = ["maximum", "average of the image's elements", "average of the window"]
    case (.pool1d, 0): words = ["maximum", "average"]
    case (.activation, 0):
      words = [
        "tanh", "relu", "sigmoid", "softmax", "elu", "leakyRelu", "hardTanh", "hardSigmoid", "hardSigmoid6",
        "hardSwish",
        "silu", "softsign", "relu6", "gelu", "geluErf",
      ]
    default: return nil
    }
    return words.indices.contains(value) ? words[value] : nil
  }

  /// The value of an attribute that goes without saying; nil for one that is always shown.
  func plainValue(ofAttribute index: Int) -> Int? {
    switch (self, index) {
    case (.pool1d, 0), (.pool1d, 1), (.pool2d, 0...2), (.slice, _), (.activation, _): nil
    case (.conv1d, 3), (.transposedConv1d, 1), (.streamingConv2d, 2), (.conv2d, 4...7), (.gru, 0), (.pool2d, 5...6): 0
    default: 1
    }
  }

  /// What the f32 behind the attributes is called.
  var parameterName: String { self == .batchNorm ? "epsilon" : "alpha" }
}

extension FrameShape {
  /// Outermost axis first.
  var extents: [Int] { (0..<rank).map { self[$0] } }

  /// `[16, 3]`
  var text: String { "[\(extents.map(String.init).joined(separator: ", "))]" }
}
