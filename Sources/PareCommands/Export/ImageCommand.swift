import Pare
import PareConvert
import PareEncode
import PareFormat

/// What containers are exported to as they are.
enum ImageFormat: String {
  /// A C99 source, and a header beside it.
  case c
  case swift
  /// The bytes: the container, or the bank.
  case bin
}

/// The options of `export` that images alone have.
let imageOptions = [
  OptionSyntax(
    name: "symbol", value: "name",
    help: "c, swift: the array's or the type's name instead of one made of the output's."),
  OptionSyntax(
    name: "name", value: "name",
    help: "A model's name in the bank instead of its file's, for all containers in order.", isRepeating: true),
  OptionSyntax(name: "bank", help: "Make a bank of a single container too."),
  OptionSyntax(
    name: "align", value: "bytes",
    help: "c, banks: models start at multiples of this power of two, 16 to 65536.", defaultText: "16, or the models'"),
]

/// Writes containers as an image, once all of them are checked.
func exportImage(
  _ arguments: ParsedArguments, _ format: ImageFormat, _ streams: Streams
) throws(CommandError) -> ExitStatus {
  let syntax = exportCommand.syntax
  let target = arguments["output"] ?? ""
  let targets = try ImageTargets(target, format, syntax)
  for path in arguments.positional where targets.paths.contains(where: { isSameFile(path, $0) }) {
    throw CommandError(.usage, "\(target): error: the output would replace the container")
  }
  let symbol = try symbol(arguments, format, syntax)
  let names = try modelNames(arguments, syntax)
  let files = try targets.paths.map { (path) throws(CommandError) in
    try OutputFile(path: path, replacing: arguments.has("force"), streams, isText: format != .bin)
  }
  let image = try makeImage(arguments, names, symbol)
  switch format {
  case .c:
    let text = CImage(image, headerName: targets.headerName)
    try write([text.header, text.source], to: files, streams)
  case .swift:
    try write([SwiftImage(image).source], to: files, streams)
    if image.bytes.count > 32 << 10 {
      streams.diagnose(
        "note: the Swift compiler takes long for large literals, 7 s for 20 KB and 84 s for 60 KB where it was measured; C does not"
      )
    }
  case .bin: try write([image.bytes], to: files, streams)
  }
  return .success
}

private func write(_ texts: [[UInt8]], to files: [OutputFile], _ streams: Streams) throws(CommandError) {
  for (text, file) in zip(texts, files) {
    try file.write(streams) { (sink) throws(CommandError) in try sink(text.span) }
  }
}

/// The files that an image is written to.
private struct ImageTargets {
  /// For C the header, then the source.
  let paths: [String]

  /// The header's name without folders.
  let headerName: String

  init(_ target: String, _ format: ImageFormat, _ syntax: CommandSyntax) throws(CommandError) {
    guard format == .c else {
      paths = [target]
      headerName = ""
      return
    }
    let extensions = [".c", ".cpp", ".cc", ".cxx"]
    guard let found = extensions.first(where: target.hasSuffix), splitPath(target).name != found else {
      throw syntax.usageError("C is a source and a header beside it: name the source, as in -o model.c")
    }
    let stem = String(target.dropLast(found.count))
    headerName = splitPath(stem).name + ".h"
    let isQuotable = headerName.unicodeScalars.allSatisfy {
      $0 != "\"" && $0 != "\\" && $0.properties.generalCategory != .control
    }
    guard isQuotable else {
      throw syntax.usageError("A C source cannot include a header of this name: \(headerName)")
    }
    paths = [stem + ".h", target]
  }
}

/// The name that the program knows the image by.
private func symbol(
  _ arguments: ParsedArguments, _ format: ImageFormat, _ syntax: CommandSyntax
) throws(CommandError) -> String {
  if let symbol = arguments["symbol"] {
    guard format != .bin else {
      throw syntax.usageError("The option '--symbol' is for c and swift: bytes have no name")
    }
    guard Identifier.isSafe(symbol) else {
      throw syntax.usageError(
        "The value '\(symbol)' is invalid for '--symbol <name>': it must be a name of C, C++ and Swift, of letters, digits and single underscores, and not one of theirs"
      )
    }
    return symbol
  }
  let target = arguments["output"] ?? ""
  let made = Identifier.make(modelName(of: target == "-" ? arguments.positional[0] : target))
  guard format == .swift else { return made }
  let type = made.prefix(1).uppercased() + made.dropFirst()
  return Identifier.isSafe(type) ? type : "Model_" + type
}

/// A path's last part without its extension.
private func modelName(of path: String) -> String {
  let name = splitPath(path).name
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
  return String(name[..<dot])
}

/// The models' names, in the order of the arguments.
private func modelNames(_ arguments: ParsedArguments, _ syntax: CommandSyntax) throws(CommandError) -> [String] {
  let paths = arguments.positional
  let isBank = paths.count > 1 || arguments.has("bank")
  let given = arguments.all("name")
  if given.isEmpty {
    guard !isBank || !paths.contains("-") else {
      throw syntax.usageError("A model from standard input has no name in a bank; give all models theirs with --name")
    }
    return paths.map(modelName)
  }
  guard isBank else {
    throw syntax.usageError("The option '--name' is for banks; --bank makes one of a single container")
  }
  guard given.count == paths.count else {
    throw syntax.usageError(
      "\(counted(paths.count, "container")) and \(counted(given.count, "name")) were given; each has its own")
  }
  return given
}

/// Reads and checks the containers, and lays them out.
private func makeImage(
  _ arguments: ParsedArguments, _ names: [String], _ symbol: String
) throws(CommandError) -> ModelImage {
  let isBank = names.count > 1 || arguments.has("bank")
  var models: [(name: String, model: Model)] = []
  for (path, name) in zip(arguments.positional, names) {
    let model = try openModel(path)
    do { try model.validate() } catch { throw CommandError(error) }
    if models.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
      throw exportCommand.syntax.usageError(
        "Two models are named '\(name)'; give all models names of their own with --name")
    }
    models.append((name, model))
  }
  let alignment = try imageAlignment(arguments, models.map(\.model))
  let bytes = models.map { $0.model.containerBytes }
  guard isBank else {
    let member = try ModelImage.Member(
      name: names[0], place: 0..<bytes[0].count, sizes: ModelImage.Sizes(models[0].model))
    return ModelImage(bytes: bytes[0], symbol: symbol, alignment: alignment, members: [member], isBank: false)
  }
  let plan: BankPlan
  do {
    plan = try BankPlan(
      zip(names, bytes).map(BankPlan.Model.init), alignment: alignment, checksum: ZlibChecksum.self)
  } catch {
    throw CommandError(.usage, "error: \(error)")
  }
  var members: [ModelImage.Member] = []
  for (placed, entry) in zip(plan.models, plan.entries) {
    guard let (name, model) = models.first(where: { $0.name.utf8.elementsEqual(placed.name.utf8) }) else { continue }
    members.append(try ModelImage.Member(name: name, place: entry.model, sizes: ModelImage.Sizes(model)))
  }
  var image: [UInt8] = []
  image.reserveCapacity(plan.byteCount)
  plan.write { (piece: Span<UInt8>) in for index in piece.indices { image.append(piece[index]) } }
  return ModelImage(bytes: image, symbol: symbol, alignment: alignment, members: members, isBank: true)
}

/// What `--align` says, else the least that suits all models.
private func imageAlignment(_ arguments: ParsedArguments, _ models: [Model]) throws(CommandError) -> Int {
  let least = max(16, models.map(\.container.header.alignment).max() ?? 0)
  guard let text = arguments["align"] else { return least }
  guard let alignment = Int(text), (16...65_536).contains(alignment), alignment & (alignment - 1) == 0 else {
    throw exportCommand.syntax.usageError(
      "The value '\(text)' is invalid for '--align <bytes>': an alignment is a power of two from 16 to 65536")
  }
  guard alignment >= least else {
    throw exportCommand.syntax.usageError(
      "A model is aligned to \(least) bytes, so the image cannot be to \(alignment)")
  }
  return alignment
}

extension Model {
  /// All of the container.
  fileprivate var containerBytes: [UInt8] {
    let bytes = bytes
    var copy = [UInt8](repeating: 0, count: bytes.count)
    for index in bytes.indices { copy[index] = bytes[index] }
    return copy
  }
}

extension ModelImage.Sizes {
  /// The sizes of a model that can be run, nil for weights alone.
  init?(_ model: Model) throws(CommandError) {
    guard let facts = try ModelFacts(model) else { return nil }
    self.init(
      input: facts.inputCount, output: facts.outputCount, state: facts.stateCount, scratch: facts.scratchCount,
      workspace: DeviceWorkspace(model))
  }
}
