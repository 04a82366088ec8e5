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

  /// The kind with this code, nil where there is none.
  @inline(__always)
  init?(code: Int) {
    guard code >= 1, code <= Self.forms.count else { return nil }
    // Codes follow each other from 1 on, in the order of the cases, which are numbered from 0 on in memory. Of a raw value the
    // compiler compares one after the other.
    self = unsafe unsafeBitCast(UInt8(truncatingIfNeeded: code &- 1), to: OperationKind.self)
  }

  /// How many fields of each sort an operation of this kind has.
  struct Fields {
    fileprivate let form: UInt16

    var inputCount: Int { Int(truncatingIfNeeded: form &>> 12) }
    var tensorCount: Int { Int(truncatingIfNeeded: form &>> 8 & 15) }
    var requiredTensorCount: Int { Int(truncatingIfNeeded: form &>> 4 & 15) }
    var attributeCount: Int { Int(truncatingIfNeeded: form & 15) }
  }

  /// The fields of the kinds in the order of their codes; hexadecimal digits are inputs, tensors, required tensors, attributes.
  private static let forms: InlineArray<20, UInt16> = [
    0x1210, 0x1214, 0x1212, 0x1213, 0x1219, 0x1510, 0x1521, 0x1420, 0x1110, 0x1001,
    0x1007, 0x1003, 0x1000, 0x2000, 0x2000, 0x2000, 0x1002, 0x1110, 0x1200, 0x1110,
  ]

  var fields: Fields {
    // As in `init`.
    Fields(form: Self.forms[Int(truncatingIfNeeded: unsafe unsafeBitCast(self, to: UInt8.self))])
  }

  /// The values that an operation of this kind reads.
  public var inputCount: Int { fields.inputCount }

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
