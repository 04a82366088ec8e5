import Pare
import PareConvert

let runCommand = Subcommand(
  syntax: CommandSyntax(
    name: "run", overview: "Run a model on a table of inputs.",
    discussion: [
      "A row of the inputs is a frame: what the model takes at one time. A model with memory (recurrent layers, convolutions over time) sees the rows in order; rows are independent for any other. The outputs are a table too, a row for each frame that comes out."
    ],
    arguments: [ArgumentSyntax(name: "model.pare", help: "The container; - is standard input.")],
    options: [
      OptionSyntax(
        name: "inputs", value: "table", help: "The inputs: CSV, npy or JSON; - is standard input.", isRequired: true),
      OptionSyntax(
        name: "output", letter: "o", value: "table", help: "The CSV file to write; - is standard output.",
        defaultText: "-"),
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
      OptionSyntax(
        name: "skip-add", help: "Add the first input to the output, as players of models with skip 1 do."),
      OptionSyntax(name: "transpose", help: "Columns of the inputs and of the output are frames, not rows."),
      OptionSyntax(name: "time", help: "Say how long it took, and the multiply-adds of a frame, on standard error."),
      OptionSyntax(name: "force", help: "Replace the output if it exists."),
    ],
    examples: [
      .init(purpose: "Ten outputs for each image", line: "pare run lenet.pare --inputs images.csv --input-scale 1/255"),
      .init(
        purpose: "A guitar amplifier, settled before the signal comes",
        line: "pare run amp.pare --inputs guitar.csv --warmup 4096 -o out.csv --time"),
    ]),
  run: runRun)

private func runRun(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let syntax = runCommand.syntax
  let path = arguments.positional[0]
  let inputPath = arguments["inputs"] ?? ""
  if path == "-", inputPath == "-" {
    throw syntax.usageError("Standard input can be the container or the inputs, not both")
  }
  let options = try EvaluationOptions(arguments, syntax)
  let output = try OutputFile(
    path: arguments["output"] ?? "-", replacing: arguments.has("force"), streams, isText: true)
  let program = try runnable(openModel(path), options.arithmetic)
  program.sayIfFloat(streams)
  let inputs = try options.frames(inputPath, program)
  let evaluation = Evaluation(program, inputs, warmup: options.warmup)
  var outputs = evaluation.outputs
  if arguments.has("skip-add") { outputs.add(firstOf: inputs) }
  let isTransposed = arguments.has("transpose") && outputs.count > 0
  let values = isTransposed ? outputs.transposed : outputs.values
  let text = frameTable(values.span, columns: isTransposed ? outputs.count : max(1, outputs.width))
  try output.write(streams) { (sink) throws(CommandError) in try sink(text.span) }
  if arguments.has("time") {
    let kind = program.usedArithmetic == .float ? "" : " in \(program.usedArithmetic)"
    let rate = evaluation.seconds > 0 ? Double(evaluation.frameCount) / evaluation.seconds : 0
    streams.diagnose(
      "\(counted(evaluation.frameCount, "frame")) in \(significant(evaluation.seconds)) s: \(significant(rate)) frames a second; "
        + "\(counted(program.multiplyAddCount, "multiply-add")) a frame\(kind)")
  }
  return .success
}

/// A container's program, with this room's errors.
func runnable(_ model: Model, _ arithmetic: Arithmetic = .float) throws(CommandError) -> ModelProgram {
  do { return try model.program(arithmetic: arithmetic) } catch { throw CommandError(error) }
}

extension ModelProgram {
  /// How matrices are multiplied: in floats too where integers were asked for and none of them can be.
  var usedArithmetic: Arithmetic { integerMatrixCount == 0 ? .float : arithmetic }

  /// Says on standard error where integers were asked for and no matrix is multiplied in them.
  func sayIfFloat(_ streams: Streams) {
    guard arithmetic != usedArithmetic else { return }
    streams.diagnose(
      "\(displayPath(model.path)): note: no matrix has integers of at most 8 bits with a scale per tensor or row; all are multiplied in floats"
    )
  }
}

/// How inputs are read and run.
struct EvaluationOptions {
  let warmup: Int
  let scale: Float
  let isTransposed: Bool
  let arithmetic: Arithmetic

  init(_ arguments: ParsedArguments, _ syntax: CommandSyntax) throws(CommandError) {
    var warmup = 0
    if let text = arguments["warmup"] {
      guard let frames = Int(text), frames >= 0, frames <= 1 << 30 else {
        throw syntax.usageError("The value '\(text)' is invalid for '--warmup <frames>': it is a number of frames")
      }
      warmup = frames
    }
    self.warmup = warmup
    var scale: Float = 1
    if let text = arguments["input-scale"] {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
      guard parts.count <= 2, let first = parts[0], let second = parts.count == 2 ? parts[1] : 1, second != 0,
        (first / second).isFinite
      else {
        throw syntax.usageError(
          "The value '\(text)' is invalid for '--input-scale <factor>': it is a number, or a fraction as 1/255")
      }
      scale = Float(first / second)
    }
    self.scale = scale
    guard let arithmetic = Arithmetic(rawValue: arguments["arithmetic"] ?? "float") else {
      throw syntax.usageError(
        "The value '\(arguments["arithmetic"] ?? "")' is invalid for '--arithmetic <kind>': it is float, int8 or int16")
    }
    self.arithmetic = arithmetic
    isTransposed = arguments.has("transpose")
  }

  /// The inputs of a program.
  func frames(_ path: String, _ program: ModelProgram) throws(CommandError) -> Frames {
    try Frames(path: path, width: program.inputCount, isTransposed: isTransposed, scale: scale)
  }
}

extension Frames {
  /// The elements with frames as columns.
  var transposed: [Float] {
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for element in 0..<width { for frame in 0..<count { result.append(values[frame * width + element]) } }
    return result
  }
}
