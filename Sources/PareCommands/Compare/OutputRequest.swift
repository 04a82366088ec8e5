/// What outputs are compared on, as asked on the command line.
struct OutputRequest {
  let inputs: String
  let options: EvaluationOptions
  let expected: String?
  let expectedColumn: Int?
  let labels: String?
  let limits: OutputComparison.Limits

  /// Nil where no inputs were given.
  init?(_ arguments: ParsedArguments, _ syntax: CommandSyntax, tolerance: Double?) throws(CommandError) {
    let needing = [
      "expected", "expected-column", "labels", "warmup", "input-scale", "arithmetic", "transpose", "min-snr",
      "min-accuracy",
    ]
    guard let inputs = arguments["inputs"] else {
      for name in needing where arguments.has(name) || arguments[name] != nil {
        throw syntax.usageError("The option '--\(name)' needs '--inputs'")
      }
      return nil
    }
    self.inputs = inputs
    options = try EvaluationOptions(arguments, syntax)
    expected = arguments["expected"]
    labels = arguments["labels"]
    var column: Int?
    if let text = arguments["expected-column"] {
      guard let number = Int(text), number >= 1, expected != nil else {
        throw syntax.usageError(
          "The option '--expected-column' is the number, from 1, of a column of '--expected'")
      }
      column = number
    }
    expectedColumn = column
    func number(_ name: String, _ unit: String) throws(CommandError) -> Double? {
      guard let text = arguments[name] else { return nil }
      guard let value = Double(text), value.isFinite else {
        throw syntax.usageError("The value '\(text)' is invalid for '--\(name) <\(unit)>': it is a number")
      }
      return value
    }
    limits = OutputComparison.Limits(
      tolerance: tolerance, leastSNR: try number("min-snr", "dB"), leastAccuracy: try number("min-accuracy", "percent"))
    if limits.leastAccuracy != nil, labels == nil {
      throw syntax.usageError("The option '--min-accuracy' needs '--labels'")
    }
  }

  func expectedFrames(width: Int) throws(CommandError) -> Frames? {
    guard let expected else { return nil }
    if let expectedColumn { return try Frames(path: expected, column: expectedColumn) }
    let hint = width == 1 ? "; '--expected-column <N>' takes one of them" : ""
    return try Frames(path: expected, width: width, isTransposed: options.isTransposed, hint: hint)
  }

  func labelNumbers() throws(CommandError) -> [Int]? {
    guard let labels else { return nil }
    let frames = try Frames(path: labels, column: 1)
    return frames.values.map { Int($0.rounded()) }
  }
}
