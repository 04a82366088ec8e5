/// What is said about the tensors whose names match a pattern; a field that is nil says nothing.
public struct TensorRule: Sendable, Equatable {
  /// The names concerned.
  public let pattern: NamePattern

  /// How they are quantized.
  public var quantization: Quantization?

  /// How they are pruned.
  public var pruning: Pruning?

  /// Which of their elements share a scale.
  public var layout: ScaleLayout?

  /// Whether codes have a zero point.
  public var scheme: Scheme?

  /// Creates a rule that says nothing yet.
  public init(pattern: NamePattern) { self.pattern = pattern }

  /// Reads `PATTERN: quantize=... prune=... scale=... symmetric|affine` or `PATTERN: keep`, which stands for
  /// `quantize=none prune=none`. The pattern ends at the first colon that a blank follows; fields are separated by
  /// blanks, and come in any order, each once. Throws `badOption`.
  public init(_ text: String) throws(EncodeError) {
    guard let colon = text.indices.first(where: { Self.endsPattern(text, at: $0) }) else {
      throw .badOption(
        text, "a rule is 'PATTERN: quantize=... prune=... scale=... symmetric|affine' or 'PATTERN: keep'")
    }
    self.init(pattern: try NamePattern(String(text[..<colon])))
    var isKept = false
    for field in text[text.index(after: colon)...].split(whereSeparator: Self.isBlank).map(String.init) {
      try Self.requireOneField(field)
      if let value = OptionText.rest(of: field, after: "quantize=") {
        try Self.set(&quantization, try Quantization(value), field)
      } else if let value = OptionText.rest(of: field, after: "prune=") {
        try Self.set(&pruning, try Pruning(value), field)
      } else if let value = OptionText.rest(of: field, after: "scale=") {
        try Self.set(&layout, try ScaleLayout(value), field)
      } else if let value = Scheme(rawValue: field) {
        try Self.set(&scheme, value, field)
      } else if field == "keep" {
        isKept = true
      } else {
        throw .badOption(field, "a rule's field is quantize=, prune=, scale=, symmetric, affine or keep")
      }
    }
    if isKept {
      guard saysNothing else {
        throw .badOption(text, "keep stands alone: the tensor is neither pruned nor quantized")
      }
      quantization = .unquantized
      pruning = .unpruned
    }
    if saysNothing { throw .badOption(text, "a rule has at least one field behind its pattern") }
  }

  private var saysNothing: Bool { quantization == nil && pruning == nil && layout == nil && scheme == nil }

  private static func set<Value>(_ place: inout Value?, _ value: Value, _ field: String) throws(EncodeError) {
    guard place == nil else { throw .badOption(field, "a rule has each field once") }
    place = value
  }

  /// A comma stands within a value (`axis,f16`), never before another field.
  private static func requireOneField(_ field: String) throws(EncodeError) {
    let starts = ["quantize=", "prune=", "scale=", "symmetric", "affine", "keep"]
    for part in field.split(separator: ",").dropFirst() where starts.contains(where: { part.hasPrefix($0) }) {
      throw .badOption(field, "a rule's fields are separated by blanks, not by commas")
    }
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  private static func endsPattern(_ text: String, at index: String.Index) -> Bool {
    guard text[index] == ":" else { return false }
    let next = text.index(after: index)
    return next == text.endIndex || isBlank(text[next])
  }
}

extension TensorRule: CustomStringConvertible {
  /// The text that gives this rule when read.
  public var description: String {
    if quantization == .unquantized && pruning == .unpruned && layout == nil && scheme == nil {
      return "\(pattern): keep"
    }
    var text = "\(pattern):"
    if let quantization { text += " quantize=\(quantization)" }
    if let pruning { text += " prune=\(pruning)" }
    if let layout { text += " scale=\(layout)" }
    if let scheme { text += " \(scheme.rawValue)" }
    return text
  }
}
