import PareConvert
import PareEncode
import PareFormat

let convertCommand = Subcommand(
  syntax: CommandSyntax(
    name: "convert", overview: "Write a float model as a container, pruned and quantized as asked.",
    discussion: [
      "Sources are recognized by content: JSON, CSV and other tables, word vectors, npy, npz, and gzip of any of them. Several tables, or a folder of them, make one model. Without --prune and --quantize the floats are kept. Vectors (biases) are neither pruned nor quantized unless a --rule says so. Each tensor is stored in the encoding that takes the fewest bytes; one that would not shrink keeps its floats, and the report says so."
    ],
    arguments: [
      ArgumentSyntax(name: "source", help: "The model's files or its folder; - is standard input.", isRepeating: true)
    ],
    options: [
      OptionSyntax(
        name: "output", letter: "o", value: "model", help: "The container to write; - is standard output.",
        isRequired: true),
      OptionSyntax(
        name: "prune", value: "pruning",
        help:
          "Drop weights: threshold=T (magnitudes up to T), sparsity=S (share S of each tensor), model-sparsity=S (of all together), or N:M (keep N of every M).",
        defaultText: "none"),
      OptionSyntax(
        name: "quantize", value: "coding",
        help:
          "Store weights as int1 to int16, pow2[:B] (B fraction bits), codebook:N (N values found by k-means), f16, bf16, or with one step: step:40dB (signal to noise), step:max=E (largest error), step:size=D. model-step:... is one step for the whole model.",
        defaultText: "none"),
      OptionSyntax(
        name: "budget", value: "size",
        help:
          "The largest size of the container, as 96KB (1000 bytes), 96KiB (1024), 1.5MB or bytes. Tensors quantized with model-step, all matrices unless something else is said, get the step with the least error that fits."
      ),
      OptionSyntax(name: "symmetric", help: "Codes of intN have no zero point; this is the default."),
      OptionSyntax(name: "affine", help: "Codes of intN have a zero point."),
      OptionSyntax(
        name: "convention", value: "name", help: "Whose arithmetic intN follows: none, onnx or tflite.",
        defaultText: "none"),
      OptionSyntax(
        name: "scale", value: "layout",
        help:
          "Which weights share a scale: tensor, axis[:N] (axis 0 when N is left out) or group:N (N consecutive ones of a row); ,f16 or ,f32 behind it says how scales are stored.",
        defaultText: "tensor"),
      OptionSyntax(
        name: "rule", value: "rule",
        help:
          "Other settings for the tensors whose names match: 'PATTERN: quantize=... prune=... scale=... symmetric|affine' or 'PATTERN: keep'. A PATTERN knows *, ? and [abc]; later rules win.",
        isRepeating: true),
      OptionSyntax(
        name: "layers", value: "layers",
        help:
          "How the tensors make a model, for a source that does not say it: modules and functions in order, as 'fc1 relu fc2' or 'conv(stride=2,padding=causal) tanh'; '[ fc1 relu ]+' adds what goes in; @file reads them from a file. Which attributes there are: README."
      ),
      OptionSyntax(
        name: "input", value: "shape",
        help:
          "The shape of the model's frames, as 1x28x28 (channels, height, width), 23x1 (features, channels) or 4 (channels), where the first of the --layers does not say it."
      ),
      OptionSyntax(
        name: "profile", value: "profile",
        help:
          "compact: entropy coded where that is smaller; in-place: fixed widths, used where they lie in a mapped file or in flash.",
        defaultText: "compact"),
      OptionSyntax(
        name: "block-rows", value: "rows",
        help: "Rows of an entropy-coded tensor behind which reading may begin anew, a power of two.",
        defaultText: "all rows"),
      OptionSyntax(
        name: "align", value: "bytes", help: "Payloads start at multiples of 4, 16 or 64 bytes.", defaultText: "4"),
      OptionSyntax(
        name: "no-fold",
        help:
          "Keep each batch normalization as a layer. Else one behind a dense or convolution layer whose weights are pruned or quantized is folded into them, which runs faster; export undoes it."
      ),
      OptionSyntax(name: "no-provenance", help: "Do not store the source's checksums and the errors."),
      OptionSyntax(name: "force", help: "Replace the output if it exists."),
    ],
    examples: [
      .init(
        purpose: "8-bit codes, a scale for each row",
        line: "pare convert model.json -o model.pare --quantize int8 --scale axis"),
      .init(
        purpose: "The least error within 96 KiB, 80 % of the weights dropped, the floats of the last layer kept",
        line: "pare convert model.json -o model.pare --budget 96KiB --prune sparsity=0.8 --rule 'fc3.*: keep'"),
    ]),
  run: runConvert)

/// The options of `convert`, read.
struct ConvertOptions {
  var plan = EncodingPlan()
  var encoding = EncodingOptions(profile: .compact)
  var writesProvenance = true

  /// Whether batch normalizations are folded into weights that lose something anyway.
  private(set) var folds = true

  /// The most bytes that the container may take.
  var budget: Int?

  /// How the tensors make a model.
  private(set) var layers: LayerText?

  /// The shape of the model's frames.
  private(set) var input: FrameShape?

  /// Options that were given and change nothing, each a sentence.
  private(set) var withoutEffect: [String] = []

  /// Reads the options; what they do not mean is a usage error.
  init(_ arguments: ParsedArguments, _ syntax: CommandSyntax) throws(CommandError) {
    plan.pruning =
      try Self.value("prune", arguments, syntax) { (text) throws(EncodeError) in try Pruning(text) } ?? .unpruned
    plan.quantization =
      try Self.value("quantize", arguments, syntax) { (text) throws(EncodeError) in try Quantization(text) }
      ?? .unquantized
    plan.convention =
      try Self.value("convention", arguments, syntax) { (text) throws(EncodeError) in try Convention(text) }
      ?? .standard
    plan.layout = try Self.value("scale", arguments, syntax) { (text) throws(EncodeError) in try ScaleLayout(text) }
    for text in arguments.all("rule") {
      do { plan.rules.append(try TensorRule(text)) } catch {
        throw syntax.usageError("The value '\(text)' is invalid for '--rule <rule>': \(error.expected)")
      }
    }
    if arguments.has("affine"), arguments.has("symmetric") {
      throw syntax.usageError("The options '--affine' and '--symmetric' exclude each other")
    }
    if arguments.has("affine") { plan.scheme = .affine }
    if plan.scheme == .affine, plan.convention == .tflite {
      throw syntax.usageError(
        "The options '--affine' and '--convention tflite' exclude each other: tflite weights are symmetric")
    }
    if let text = arguments["profile"] { encoding.profile = try Self.profile(text, syntax) }
    if let text = arguments["block-rows"] { encoding.codedBlockRows = try Self.blockRows(text, syntax) }
    if let text = arguments["align"] {
      guard let alignment = Int(text), [4, 16, 64].contains(alignment) else {
        throw syntax.usageError("The value '\(text)' is invalid for '--align <bytes>': an alignment is 4, 16 or 64")
      }
      encoding.alignment = alignment
    }
    writesProvenance = !arguments.has("no-provenance")
    folds = !arguments.has("no-fold")
    try readBudget(arguments, syntax)
    try readLayers(arguments, syntax)
    withoutEffect = Self.withoutEffect(plan, arguments)
  }

  /// A budget and the tensors whose step it chooses need each other.
  private mutating func readBudget(_ arguments: ParsedArguments, _ syntax: CommandSyntax) throws(CommandError) {
    if let text = arguments["budget"] {
      guard let budget = ByteSize.read(text) else {
        throw syntax.usageError(
          "The value '\(text)' is invalid for '--budget <size>': a size is bytes, or a number with KB, KiB, MB or MiB")
      }
      self.budget = budget
      if arguments["quantize"] == nil { plan.quantization = .modelStep(nil) }
    }
    let usesBudget = ([plan.quantization] + plan.rules.compactMap(\.quantization)).contains(.modelStep(nil))
    if budget == nil, usesBudget {
      throw syntax.usageError(
        "The quantization 'model-step' needs a target behind it, as model-step:30dB, or '--budget'")
    }
    if budget != nil, !usesBudget {
      throw syntax.usageError(
        "The option '--budget' chooses the step of 'model-step', which neither --quantize nor a --rule asks for")
    }
  }

  /// Layers, of the option's value or of the file that it names, and the input's shape.
  private mutating func readLayers(_ arguments: ParsedArguments, _ syntax: CommandSyntax) throws(CommandError) {
    if let text = arguments["layers"] {
      if text.hasPrefix("@") {
        do { layers = try LayerText(path: String(text.dropFirst())) } catch { throw CommandError(error) }
      } else {
        do { layers = try LayerText(text) } catch {
          throw syntax.usageError(
            "The value '\(text)' is invalid for '--layers <layers>': \(error.message), at character \(error.column)")
        }
      }
    }
    if let text = arguments["input"] {
      let extents = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard let input = FrameShape(extents: extents.compactMap(\.self)), !extents.contains(nil) else {
        throw syntax.usageError(
          "The value '\(text)' is invalid for '--input <shape>': a shape is one to three numbers, as 1x28x28")
      }
      guard layers != nil else { throw syntax.usageError("The option '--input' has no use without '--layers'") }
      self.input = input
    }
  }

  /// Reads a profile; anything else is a usage error.
  static func profile(_ text: String, _ syntax: CommandSyntax) throws(CommandError) -> Profile {
    guard let profile = Profile(rawValue: text) else {
      throw syntax.usageError("The value '\(text)' is invalid for '--profile <profile>': it is in-place or compact")
    }
    return profile
  }

  static func blockRows(_ text: String, _ syntax: CommandSyntax) throws(CommandError) -> Int {
    guard let rows = Int(text), rows > 0, rows & (rows - 1) == 0, rows <= 1 << 30 else {
      throw syntax.usageError(
        "The value '\(text)' is invalid for '--block-rows <rows>': it is a power of two up to 2^30")
    }
    return rows
  }

  private static func value<Value>(
    _ name: String, _ arguments: ParsedArguments, _ syntax: CommandSyntax,
    _ read: (String) throws(EncodeError) -> Value
  ) throws(CommandError) -> Value? {
    guard let text = arguments[name], let option = syntax.options.first(where: { $0.name == name }) else { return nil }
    do { return try read(text) } catch {
      let heading = "--\(name) <\(option.value ?? "")>"
      throw syntax.usageError("The value '\(text)' is invalid for '\(heading)': \(error.expected)")
    }
  }

  private static func withoutEffect(_ plan: EncodingPlan, _ arguments: ParsedArguments) -> [String] {
    let used = [plan.quantization] + plan.rules.compactMap(\.quantization)
    let hasIntegers = used.contains { if case .integer = $0 { true } else { false } }
    let hasScales = hasIntegers || used.contains(.powerOfTwo(fractionBits: nil))
    var sentences: [String] = []
    for name in ["symmetric", "affine", "convention"] where arguments.has(name) && !hasIntegers {
      sentences.append("--\(name) has no effect: nothing is quantized to intN")
    }
    if arguments.has("scale"), !hasScales {
      sentences.append("--scale has no effect: nothing is quantized to intN or pow2")
    }
    return sentences
  }
}
