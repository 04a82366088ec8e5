/// How a tensor's weights become stored elements.
public enum Quantization: Sendable, Equatable {
  /// Floats are kept bit for bit.
  case unquantized
  /// f16, each weight rounded to nearest.
  case half
  /// bf16, each weight rounded to nearest.
  case brain
  /// Integer codes of 1 to 16 bits; symmetric or affine, see `Scheme`.
  case integer(bitWidth: Int)
  /// Fixed point with this number of fraction bits, as wide as the codes need; nil: 8 bits wide, with as many fraction
  /// bits as no code saturates at.
  case powerOfTwo(fractionBits: Int?)
  /// Indices into at most this many values, 2 to 256, found by k-means.
  case codebook(entryCount: Int)
  /// One uniform step for the tensor, as wide as the codes need.
  case step(StepTarget)
  /// One uniform step for all tensors with the same target, which they meet together; nil: the step that a budget leaves room for.
  case modelStep(StepTarget?)

  /// Whether the elements become codes, so that `QuantizedTensor` can hold them.
  public var hasCodes: Bool {
    switch self {
    case .unquantized, .half, .brain: false
    case .integer, .powerOfTwo, .codebook, .step, .modelStep: true
    }
  }

  /// The fraction bits that a scale can have: 2^-b is a normal f32.
  public static let fractionBitsRange = -126...126
}

/// What the uniform step of a tensor is chosen by.
public enum StepTarget: Sendable, Equatable {
  /// The largest step found whose signal-to-noise ratio over the kept weights is at least this many decibels.
  case sqnr(decibels: Double)
  /// The step at which no kept weight is off by more than this.
  case maximumError(Double)
  /// The step itself.
  case size(Double)
}

/// Whether codes have a zero point.
public enum Scheme: String, Sendable {
  /// No zero point: the range is the same on both sides of zero.
  case symmetric
  /// With a zero point: the range is from the smallest to the largest weight, and includes zero.
  case affine
}

/// Whose rounding and arithmetic integer codes follow.
public enum Convention: String, Sendable {
  /// q = round half to even(w / s), the quotient exact.
  case standard = "none"
  /// The text of ONNX QuantizeLinear and DynamicQuantizeLinear: quotients in f32, round half to even.
  case onnx
  /// TensorFlow Lite's weights: symmetric, a scale per output channel, round half away from zero.
  case tflite
}
