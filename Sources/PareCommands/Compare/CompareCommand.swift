import Pare
import PareConvert
import PareEncode
import PareFormat

let compareCommand = Subcommand(
  syntax: CommandSyntax(
    name: "compare", overview: "Measure a container against the float model it was made from.",
    discussion: [
      "For each tensor: the largest error, the root of the mean squared error (RMS) and the signal-to-noise ratio (SQNR); whether the errors that the container records are these; and whether each weight is within the bound that its coding promises. Dropped weights are listed apart. The exit status is 1 when one of these does not hold, when tensors are missing or differ in shape, and when an error is above the tolerance.",
      "With --inputs the model and the float source are run on them as well: the error of the outputs, accuracy on labelled rows, and speed.",
    ],
    arguments: [
      ArgumentSyntax(name: "model.pare", help: "The container; - is standard input."),
      ArgumentSyntax(name: "source", help: "The float model's files or its folder.", isRepeating: true),
    ],
    options: [
      OptionSyntax(
        name: "tolerance", value: "error",
        help: "The largest error that is accepted: of a weight, dropped ones included, or with --inputs of an output.",
        defaultText: "any"),
      OptionSyntax(name: "inputs", value: "table", help: "Inputs to run both on; a row is a frame, as for run."),
      OptionSyntax(
        name: "expected", value: "table", help: "The right outputs for the inputs.", defaultText: "those of the source"),
      OptionSyntax(
        name: "expected-column", value: "number", help: "The column, from 1, of the right outputs.", defaultText: "all"),
      OptionSyntax(
        name: "labels", value: "table",
        help: "The right class of each row, from 0; the largest output names the class found, the sign of a single one."
      ),
      OptionSyntax(
        name: "warmup", value: "frames", help: "Frames of zeros that are run first, their outputs dropped.",
        defaultText: "0"),
      OptionSyntax(
        name: "input-scale", value: "factor", help: "Multiply the inputs by a number, or a fraction as 1/255.",
        defaultText: "1"),
      OptionSyntax(
        name: "arithmetic", value: "kind",
        help:
          "How weights of int8 and narrower are multiplied: in float, or in exact integers, each vector that they multiply quantized to int8 or int16.",
        defaultText: "float"),
      OptionSyntax(name: "transpose", help: "Columns of the inputs and of the expected outputs are frames, not rows."),
      OptionSyntax(
        name: "min-snr", value: "dB", help: "The least signal-to-noise ratio of the outputs.", defaultText: "any"),
      OptionSyntax(
        name: "min-accuracy", value: "percent", help: "The least accuracy on the labels.", defaultText: "any"),
      OptionSyntax(name: "json", help: "Print the answer as JSON."),
    ],
    examples: [
      .init(purpose: "See what converting cost", line: "pare compare model.pare model.json"),
      .init(
        purpose: "Let a script stop when compression costs accuracy",
        line: "pare compare model.pare model.json --inputs x.csv --labels y.csv --min-accuracy 96"),
    ]),
  run: runCompare)

private func runCompare(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let sources = Array(arguments.positional.dropFirst())
  if arguments.positional.count(where: { $0 == "-" }) > 1 {
    throw compareCommand.syntax.usageError("Standard input can be the container or the source, not both")
  }
  var tolerance: Double?
  if let text = arguments["tolerance"] {
    guard let value = Double(text), value >= 0, value.isFinite else {
      throw compareCommand.syntax.usageError(
        "The value '\(text)' is invalid for '--tolerance <error>': a tolerance is a number of at least 0")
    }
    tolerance = value
  }
  let request = try OutputRequest(arguments, compareCommand.syntax, tolerance: tolerance)
  let model = try openModel(arguments.positional[0])
  let progress = Progress(streams)
  defer { progress.finish() }
  var source = try readSource(sources, progress)
  source.arrange(like: model)
  // With inputs, the tolerance is about outputs.
  let comparison = try Comparison(model, source, tolerance: request == nil ? tolerance : nil)
  var outputs: OutputComparison?
  if let request { outputs = try OutputComparison(model, source, sourcePaths: sources, request, streams) }
  progress.finish()
  if arguments.has("json") {
    try streams.print(comparison.json(outputs).text)
  } else {
    try streams.print(comparison.text(width: streams.width, shortensNames: streams.isOutputTerminal))
    if let outputs { try streams.print("\n" + outputs.text(width: streams.width)) }
  }
  return comparison.holds && outputs?.holds != false ? .success : .negative
}

extension SourceModel {
  /// Brings the tensors' axes into the order in which the container has them, as --layers may have changed it.
  fileprivate mutating func arrange(like model: Model) {
    arrange(like: model.container.layout(model.bytes), names: model.records.map { model.name(of: $0) })
  }
}

/// A container held against its source.
struct Comparison {
  let path: String
  let tolerance: Double?

  /// The tensors that both have, in the directory's order.
  let tensors: [TensorComparison]

  /// Names that only the source has, in its order.
  let missing: [String]

  /// Names that only the container has.
  let extra: [String]

  init(_ model: Model, _ source: SourceModel, tolerance: Double?) throws(CommandError) {
    path = model.path
    self.tolerance = tolerance
    var provenance: [Int: ProvenanceRecord] = [:]
    var cursor = model.container.provenanceRecords
    while let record = cursor.next(in: model.bytes) { provenance[record.tensor] = record }
    // By the bytes of the name: as strings, names that Unicode calls equivalent would be one.
    var references: [[UInt8]: FloatTensor] = [:]
    for tensor in source.tensors { references[Array(tensor.name.utf8)] = tensor }
    var compared: [TensorComparison] = []
    var extra: [String] = []
    for index in model.records.indices {
      let tensor = try model.checkedTensor(at: index)
      if let reference = references.removeValue(forKey: Array(tensor.name.utf8)) {
        compared.append(TensorComparison(tensor, reference, provenance[index]))
      } else {
        extra.append(tensor.name)
      }
    }
    tensors = compared
    self.extra = extra
    missing = source.tensors.map(\.name).filter { references[Array($0.utf8)] != nil }
  }

  /// Whether the answer is yes.
  var holds: Bool {
    missing.isEmpty && extra.isEmpty && tensors.allSatisfy { $0.holds && !isBeyondTolerance($0) }
  }

  /// Whether every tensor is there, bit for bit.
  var isIdentical: Bool { missing.isEmpty && extra.isEmpty && tensors.allSatisfy(\.isIdentical) }

  func isBeyondTolerance(_ tensor: TensorComparison) -> Bool {
    guard let tolerance, let statistics = tensor.statistics else { return false }
    return !(Double(statistics.maxAbsError) <= tolerance)
  }
}
