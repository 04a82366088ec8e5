import PareFormat

/// What is done to each tensor of a model: choices for all, and rules by name on top.
///
/// Vectors, tensors of rank 0 and 1, are neither pruned nor quantized unless a rule says so. Later rules override
/// earlier ones field by field.
public struct EncodingPlan: Sendable, Equatable {
  /// How matrices and tensors of higher rank are quantized.
  public var quantization = Quantization.unquantized

  /// How they are pruned.
  public var pruning = Pruning.unpruned

  /// Which elements share a scale; nil: the whole tensor, or with the tflite convention the indices of axis 0.
  public var layout: ScaleLayout?

  /// Whether integer codes have a zero point.
  public var scheme = Scheme.symmetric

  /// Whose arithmetic integer codes follow.
  public var convention = Convention.standard

  /// The rules, in order.
  public var rules: [TensorRule] = []

  /// Creates a plan that keeps every tensor as it is.
  public init() {}

  /// What is done to one tensor.
  public func settings(forName name: String, rank: Int) -> TensorSettings {
    let isVector = rank < 2
    var settings = TensorSettings(
      quantization: isVector ? .unquantized : quantization, pruning: isVector ? .unpruned : pruning,
      layout: layout ?? (convention == .tflite ? ScaleLayout(.axis(0)) : .tensor), scheme: scheme,
      convention: convention)
    for rule in rules where rule.pattern.matches(name) {
      settings.quantization = rule.quantization ?? settings.quantization
      settings.pruning = rule.pruning ?? settings.pruning
      settings.layout = rule.layout ?? settings.layout
      settings.scheme = rule.scheme ?? settings.scheme
    }
    // A vector is one row: along its axis every element would have a scale of its own.
    if isVector, case .axis = settings.layout.granularity {
      settings.layout = ScaleLayout(.tensor, scaleType: settings.layout.scaleType)
    }
    return settings
  }

  /// The masks of a model's tensors in their order, nil for a tensor that is not pruned. O(elements).
  ///
  /// Tensors with `model-sparsity` share one limit, all those with the same number together.
  public func masks(for tensors: [FloatTensor]) -> [PruningMask?] {
    var masks = [PruningMask?](repeating: nil, count: tensors.count)
    let prunings = tensors.map { settings(forName: $0.name, rank: $0.shape.count).pruning }
    var shared: [Double] = []
    for (index, pruning) in prunings.enumerated() {
      switch pruning {
      case .unpruned: break
      case .threshold(let threshold): masks[index] = PruningMask(of: tensors[index], threshold: threshold)
      case .sparsity(let sparsity): masks[index] = PruningMask(of: tensors[index], sparsity: sparsity)
      case .pattern(let kept, let size):
        masks[index] = PruningMask(of: tensors[index], keeping: kept, of: size)
      case .modelSparsity(let sparsity): if !shared.contains(sparsity) { shared.append(sparsity) }
      }
    }
    for sparsity in shared {
      let members = prunings.indices.filter { prunings[$0] == .modelSparsity(sparsity) }
      let found = PruningMask.masks(of: members.map { tensors[$0] }, sparsity: sparsity)
      for (member, mask) in zip(members, found) { masks[member] = mask }
    }
    return masks
  }

  /// The rules that match none of these names, in order: most likely a slip of the pen.
  public func unmatchedRules(among names: [String]) -> [TensorRule] {
    rules.filter { rule in !names.contains { rule.pattern.matches($0) } }
  }
}

/// What is done to one tensor.
public struct TensorSettings: Sendable, Equatable {
  /// How it is quantized.
  public var quantization: Quantization

  /// How it is pruned.
  public var pruning: Pruning

  /// Which of its elements share a scale.
  public var layout: ScaleLayout

  /// Whether integer codes have a zero point.
  public var scheme: Scheme

  /// Whose arithmetic integer codes follow.
  public var convention: Convention

  /// Whether the tensor keeps its floats, bit for bit.
  public var isKept: Bool { quantization == .unquantized && pruning == .unpruned }

  /// The codes of a tensor under these settings; see `QuantizedTensor.init(quantizing:mask:by:layout:scheme:convention:rounding:)`.
  /// Precondition: `quantization.hasCodes`; `chosen`, what the plan chose for this tensor, is there for a `modelStep`.
  public func quantized(
    _ tensor: FloatTensor, mask: PruningMask?, rounding: Rounding = .nearest, chosen: ChosenStep? = nil
  ) throws(EncodeError) -> QuantizedTensor {
    if let chosen { return try QuantizedTensor(quantizing: tensor, mask: mask, at: chosen, option: quantization) }
    return try QuantizedTensor(
      quantizing: tensor, mask: mask, by: quantization, layout: layout, scheme: scheme, convention: convention,
      rounding: rounding)
  }
}

extension Convention {
  /// Reads `none`, `onnx` or `tflite`; throws `badOption`.
  public init(_ text: String) throws(EncodeError) {
    guard let convention = Convention(rawValue: text) else {
      throw .badOption(text, "a convention is none, onnx or tflite")
    }
    self = convention
  }
}

extension TensorSettings: CustomStringConvertible {
  /// `prune=... quantize=... scale=... affine`, what changes nothing left out; `keep` when nothing does.
  public var description: String {
    var parts: [String] = []
    if pruning != .unpruned { parts.append("prune=\(pruning)") }
    if quantization != .unquantized { parts.append("quantize=\(quantization)") }
    switch quantization {
    case .integer:
      parts.append("scale=\(layout)")
      parts.append(scheme.rawValue)
      if convention != .standard { parts.append("convention=\(convention.rawValue)") }
    case .powerOfTwo(nil): parts.append("scale=\(layout)")
    default: break
    }
    return parts.isEmpty ? "keep" : parts.joined(separator: " ")
  }
}
