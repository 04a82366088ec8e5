/// Why a tensor could not be encoded as asked, or an option not be understood.
public struct EncodeError: Error, Sendable {
  /// The rule that was broken.
  public enum Rule: String, Sendable {
    /// An option's text does not mean anything; `option` is the text.
    case badOption
    /// Pruning and quantizing need finite weights; `element` and `value` name the first one that is not.
    case notFinite
    /// A code would need more than 16 bits; `element` is absent.
    case codeTooWide
    /// Scale per axis names an axis that the tensor lacks.
    case axisOutOfRange
    /// No finite scale represents the tensor's range.
    case rangeTooLarge
    /// Two options contradict each other for this tensor.
    case incompatibleOptions
    /// The format allows no such name.
    case badName
    /// Two tensors have one name.
    case duplicateName
    /// A container holds at most 65 535 tensors.
    case tooManyTensors
    /// A shape has a rank above 8 or more elements than the format allows.
    case shapeTooLarge
    /// No step makes the container as small as the budget; `expected` states the least size.
    case budgetTooSmall
    /// A bank has no model, too many, or more bytes than the format allows.
    case badBank
    /// A graph's shapes disagree, or it is above a limit.
    case badModel
  }

  /// The rule that was broken.
  public let rule: Rule

  /// The tensor's name, nil while options are parsed.
  public let tensor: String?

  /// The element's index in row-major order, where the rule is about one.
  public let element: Int?

  /// The value found there.
  public let value: Float?

  /// The option's text, where the rule is about one.
  public let option: String?

  /// What was expected, as the end of a sentence.
  public let expected: String

  /// Creates an error.
  public init(
    _ rule: Rule, tensor: String? = nil, element: Int? = nil, value: Float? = nil, option: String? = nil,
    expected: String
  ) {
    self.rule = rule
    self.tensor = tensor
    self.element = element
    self.value = value
    self.option = option
    self.expected = expected
  }

  /// An option whose text was not understood.
  static func badOption(_ text: String, _ expected: String) -> EncodeError {
    EncodeError(.badOption, option: text, expected: expected)
  }
}

extension EncodeError: CustomStringConvertible {
  /// One line: tensor, element, value or option, and what was expected; `int17: a width is 1 to 16`.
  public var description: String {
    var parts: [String] = []
    if let tensor { parts.append(tensor) }
    if let option { parts.append(option) }
    if let element {
      parts.append("element \(element)" + (value.map { " is \($0)" } ?? ""))
    }
    parts.append(expected)
    return parts.joined(separator: ": ")
  }
}
