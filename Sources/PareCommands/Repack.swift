import Pare
import PareEncode
import PareFormat

let repackCommand = Subcommand(
  syntax: CommandSyntax(
    name: "repack", overview: "Store a container's content in another profile.",
    discussion: [
      "The weights stay what they are, bit for bit, and so does whether a tensor is dense or sparse. There and back gives the identical file."
    ],
    arguments: [ArgumentSyntax(name: "model.pare", help: "The container; - is standard input.")],
    options: [
      OptionSyntax(
        name: "profile", value: "profile",
        help: "compact: entropy coded where that is smaller; in-place: fixed widths, used where they lie.",
        isRequired: true),
      OptionSyntax(
        name: "output", letter: "o", value: "out", help: "The container to write; - is standard output.",
        isRequired: true),
      OptionSyntax(
        name: "block-rows", value: "rows",
        help: "Rows of an entropy-coded tensor behind which reading may begin anew, a power of two.",
        defaultText: "all rows"),
      OptionSyntax(name: "force", help: "Replace the output if it exists."),
    ],
    examples: [
      .init(
        purpose: "The smallest file, to send", line: "pare repack model.pare --profile compact -o small.pare"),
      .init(
        purpose: "For flash, used where it lies", line: "pare repack small.pare --profile in-place -o model.pare"),
    ]),
  run: runRepack)

private func runRepack(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let path = arguments.positional[0]
  let target = arguments["output"] ?? ""
  var options = EncodingOptions(
    profile: try ConvertOptions.profile(arguments["profile"] ?? "", repackCommand.syntax))
  if let text = arguments["block-rows"] {
    options.codedBlockRows = try ConvertOptions.blockRows(text, repackCommand.syntax)
  }
  if isSameFile(path, target) {
    throw CommandError(.usage, "\(target): error: the output would replace the container")
  }
  let output = try OutputFile(path: target, replacing: arguments.has("force"), streams)
  let model = try openModel(path)
  let bytes = model.bytes
  options.alignment = model.container.header.alignment
  var records: [Int: ProvenanceRecord] = [:]
  var cursor = model.container.provenanceRecords
  while let record = cursor.next(in: bytes) { records[record.tensor] = record }
  var tensors: [EncodedTensor] = []
  for index in model.records.indices {
    let tensor = try model.checkedTensor(at: index)
    tensors.append(
      TensorRepacker.repack(
        tensor.tensor, name: tensor.name, provenance: records[index], in: bytes, options: options,
        checksum: ZlibChecksum.self))
  }
  for section in SectionFacts.all(bytes) where SectionNumber(rawValue: section.number) == nil {
    streams.diagnose("note: section \(section.number) is not known, and is left out")
  }
  let plan: ContainerPlan
  do {
    plan = try ContainerPlan(
      tensors,
      options: ContainerOptions(
        alignment: model.container.header.alignment, layout: model.container.layout(bytes),
        model: model.container.model.map { ModelGraph($0, bytes) }),
      checksum: ZlibChecksum.self)
  } catch { throw CommandError(.badData, "\(displayPath(path)): error: \(error.description)") }
  try output.write(streams) { (sink) throws(CommandError) in
    try plan.write { (piece) throws(CommandError) in try sink(piece) }
  }
  guard !output.isStandardOutput else { return .success }
  let before = model.container.byteCount
  try streams.print("\(counted(tensors.count, "tensor")), \(before) bytes before, \(plan.byteCount) now\n")
  return .success
}
