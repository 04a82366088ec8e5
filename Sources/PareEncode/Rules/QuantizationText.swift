extension Quantization: CustomStringConvertible {
  /// Reads `int1` to `int16`, `pow2[:B]`, `codebook:N`, `f16`, `bf16`, `step:40dB`, `step:max=E`, `step:size=D`, the same with
  /// `model-step`, which may also stand alone, or `none`; throws `badOption`.
  public init(_ text: String) throws(EncodeError) {
    switch text {
    case "none": self = .unquantized
    case "f16": self = .half
    case "bf16": self = .brain
    case "pow2": self = .powerOfTwo(fractionBits: nil)
    case "model-step": self = .modelStep(nil)
    default:
      if let width = OptionText.rest(of: text, after: "int") {
        guard let width = OptionText.integer(width), (1...16).contains(width) else {
          throw .badOption(text, "a width is 1 to 16")
        }
        self = .integer(bitWidth: width)
      } else if let bits = OptionText.rest(of: text, after: "pow2:") {
        let isNegative = bits.hasPrefix("-")
        guard let magnitude = OptionText.integer(isNegative ? bits.dropFirst() : bits[...]),
          Self.fractionBitsRange.contains(isNegative ? -magnitude : magnitude)
        else { throw .badOption(text, "fraction bits are -126 to 126") }
        self = .powerOfTwo(fractionBits: isNegative ? -magnitude : magnitude)
      } else if let count = OptionText.rest(of: text, after: "codebook:") {
        guard let count = OptionText.integer(count), (2...256).contains(count) else {
          throw .badOption(text, "a codebook has 2 to 256 entries")
        }
        self = .codebook(entryCount: count)
      } else if let target = OptionText.rest(of: text, after: "step:") {
        self = .step(try StepTarget(target, option: text))
      } else if let target = OptionText.rest(of: text, after: "model-step:") {
        self = .modelStep(try StepTarget(target, option: text))
      } else {
        throw .badOption(
          text,
          "a quantization is int1 to int16, pow2[:B], codebook:N, f16, bf16, step:40dB, step:max=E, step:size=D, model-step:... or none"
        )
      }
    }
  }

  /// The text that gives this quantization when read.
  public var description: String {
    switch self {
    case .unquantized: "none"
    case .half: "f16"
    case .brain: "bf16"
    case .integer(let bitWidth): "int\(bitWidth)"
    case .powerOfTwo(nil): "pow2"
    case .powerOfTwo(let bits?): "pow2:\(bits)"
    case .codebook(let count): "codebook:\(count)"
    case .step(let target): "step:\(target)"
    case .modelStep(nil): "model-step"
    case .modelStep(let target?): "model-step:\(target)"
    }
  }
}

extension StepTarget: CustomStringConvertible {
  /// The text behind the colon: `40.0dB`, `max=0.001` or `size=0.25`.
  public var description: String {
    switch self {
    case .sqnr(let decibels): "\(decibels)dB"
    case .maximumError(let error): "max=\(error)"
    case .size(let size): "size=\(size)"
    }
  }

  fileprivate init(_ text: String, option: String) throws(EncodeError) {
    if text.hasSuffix("dB") {
      guard let decibels = OptionText.number(text.dropLast(2)), decibels > 0, decibels <= 200 else {
        throw .badOption(option, "a signal-to-noise ratio is above 0 and at most 200 dB")
      }
      self = .sqnr(decibels: decibels)
    } else if let error = OptionText.rest(of: text, after: "max=") {
      guard let error = OptionText.number(error), Self.isStep(2 * error) else {
        throw .badOption(option, "a maximum error is a positive number, twice which is an f32")
      }
      self = .maximumError(error)
    } else if let size = OptionText.rest(of: text, after: "size=") {
      guard let size = OptionText.number(size), Self.isStep(size) else {
        throw .badOption(option, "a step is a positive f32")
      }
      self = .size(size)
    } else {
      throw .badOption(option, "a step is given as step:40dB, step:max=E or step:size=D")
    }
  }

  private static func isStep(_ value: Double) -> Bool {
    value >= Double(Float.leastNonzeroMagnitude) && value <= Double(Float.greatestFiniteMagnitude)
  }
}
