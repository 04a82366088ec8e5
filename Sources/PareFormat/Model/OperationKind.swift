/// The kinds of operations, by their codes (spec section 10.4.2).
public enum OperationKind: UInt8, Sendable {
  /// y = W x + b. Tensors: weight [out, in], bias [out] or none.
  case dense = 1
  /// A convolution over frames. Tensors: weight [out, in / groups, size], bias. Attributes: stride, dilation, groups, padding (0 causal:
  /// frames before the first are 0; 1 valid: frames come once the window is full).
  case conv1d = 2
  /// A transposed convolution over frames. Tensors: weight [out, in, size], bias. Attributes: stride, padding.
  case transposedConv1d = 3
  /// A convolution over frames of [features, channels]. Tensors: weight [out, in, time size, feature size], bias. Attributes: stride of
  /// the features, dilation of the time, padding of the features (0 valid, 1 same); time is causal.
  case streamingConv2d = 4
  /// A convolution over [channels, height, width]. Tensors: weight [out, in / groups, height, width], bias. Attributes: stride y and x,
  /// dilation y and x, padding top, left, bottom and right, groups.
  case conv2d = 5
  /// Long short-term memory, gates i, f, g, o. Tensors: kernel [4H, in], recurrent kernel [4H, H], bias [4H], recurrent bias
  /// [4H], initial state [2H], h before c; without a recurrent kernel the kernel is [4H, in + H] and applies to both.
  case lstm = 6
  /// A gated recurrent unit that resets after the product. Tensors: kernel [3H, in], recurrent kernel [3H, H], bias [3H], recurrent bias
  /// [3H], initial state [H]. Attribute: gate order (0: r, z, n; 1: z, r, n).
  case gru = 7
  /// Batch normalization over channels. Tensors: mean, variance, gamma or none, beta or none. Parameter: epsilon.
  case batchNorm = 8
  /// x where it is positive, else alpha x. Tensor: alpha, one or one for each channel.
  case prelu = 9
  /// A function of each element, or softmax of each frame. Attribute: the function. Parameter of elu and leaky ReLU: alpha.
  case activation = 10
  /// Pooling over [channels, height, width]. Attributes: 0 maximum, 1 average without padding, 2 average with padding; size y and x, stride
  /// y and x, padding y and x.
  case pool2d = 11
  /// Pooling over frames. Attributes: 0 maximum, 1 average; size, stride.
  case pool1d = 12
  /// The same elements as one axis.
  case flatten = 13
  /// The sum of two values of one shape.
  case add = 14
  /// The product of two values of one shape.
  case multiply = 15
  /// The channels of two values of one axis, one behind the other.
  case concatenate = 16
  /// Some channels of a value of one axis. Attributes: the first, the number.
  case slice = 17
  /// The row of a table that each element names. Tensor: table [entries, size].
  case embedding = 18
  /// (x - mean) / scale. Tensors: mean or none, scale or none.
  case scaler = 19
  /// The product with a constant. Tensor: one factor, or one for each channel.
  case gain = 20

  /// How many fields of each sort an operation of this kind has.
  struct Fields {
    let inputCount: Int
    let tensorCount: Int
    let requiredTensorCount: Int
    let attributeCount: Int
  }

  /// The values that an operation of this kind reads.
  public var inputCount: Int { fields.inputCount }

  var fields: Fields {
    switch self {
    case .dense: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 1, attributeCount: 0)
    case .conv1d: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 1, attributeCount: 4)
    case .transposedConv1d: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 1, attributeCount: 2)
    case .streamingConv2d: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 1, attributeCount: 3)
    case .conv2d: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 1, attributeCount: 9)
    case .lstm: Fields(inputCount: 1, tensorCount: 5, requiredTensorCount: 1, attributeCount: 0)
    case .gru: Fields(inputCount: 1, tensorCount: 5, requiredTensorCount: 2, attributeCount: 1)
    case .batchNorm: Fields(inputCount: 1, tensorCount: 4, requiredTensorCount: 2, attributeCount: 0)
    case .prelu, .embedding, .gain: Fields(inputCount: 1, tensorCount: 1, requiredTensorCount: 1, attributeCount: 0)
    case .activation: Fields(inputCount: 1, tensorCount: 0, requiredTensorCount: 0, attributeCount: 1)
    case .pool2d: Fields(inputCount: 1, tensorCount: 0, requiredTensorCount: 0, attributeCount: 7)
    case .pool1d: Fields(inputCount: 1, tensorCount: 0, requiredTensorCount: 0, attributeCount: 3)
    case .flatten: Fields(inputCount: 1, tensorCount: 0, requiredTensorCount: 0, attributeCount: 0)
    case .add, .multiply, .concatenate:
      Fields(inputCount: 2, tensorCount: 0, requiredTensorCount: 0, attributeCount: 0)
    case .slice: Fields(inputCount: 1, tensorCount: 0, requiredTensorCount: 0, attributeCount: 2)
    case .scaler: Fields(inputCount: 1, tensorCount: 2, requiredTensorCount: 0, attributeCount: 0)
    }
  }

  /// The number of attributes.
  public var attributeCount: Int { fields.attributeCount }

  /// The values that attribute `index` may have.
  public func range(ofAttribute index: Int) -> ClosedRange<Int> {
    switch (self, index) {
    case (.conv1d, 3), (.streamingConv2d, 2), (.gru, 0), (.pool1d, 0): 0...1
    case (.pool2d, 0): 0...2
    case (.activation, 0): 0...ActivationFunction.largestCode
    case (.transposedConv1d, 1), (.conv2d, 4...7), (.pool2d, 5...6), (.slice, 0): 0...65_535
    default: 1...65_535
    }
  }
}

/// The functions of an activation, by their codes (spec section 10.4.3).
public enum ActivationFunction: UInt8, Sendable {
  case tanh = 0
  case relu = 1
  case sigmoid = 2
  case softmax = 3
  case elu = 4
  case leakyReLU = 5
  case hardTanh = 6
  /// clip(0.2 x + 0.5, 0, 1), as in Keras.
  case hardSigmoid = 7
  /// relu6(x + 3) / 6, as in PyTorch.
  case hardSigmoid6 = 8
  /// x relu6(x + 3) / 6.
  case hardSwish = 9
  /// x sigmoid(x).
  case silu = 10
  case softsign = 11
  case relu6 = 12
  /// With the tanh approximation.
  case gelu = 13
  /// With the error function: PyTorch's and Keras's own.
  case geluErf = 14

  static let largestCode = 14

  var code: Int { Int(truncatingIfNeeded: rawValue) }
}
