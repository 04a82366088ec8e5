import Pare
import PareConvert
import PareEncode
import PareFormat

let exportCommand = Subcommand(
  syntax: CommandSyntax(
    name: "export", overview: "Write the weights of a container as floats, or containers into a program.",
    discussion: [
      "json, csv, npy, npz and f32 are the weights as floats. JSON and CSV come out in the source's own layout where the source was JSON or CSV. For csv and npy a container of one tensor gives a file, one of several tensors a folder with a file for each. A table keeps the shapes of vectors and of matrices of several columns: a scalar and a matrix of one column come back as vectors, and all axes behind the first as one.",
      "c, swift and bin are containers as they are, checked, for a program that holds them in flash: a C source with a header beside it, a Swift source, or the bytes. Of several containers they are a bank, one image with an index by name.",
    ],
    arguments: [
      ArgumentSyntax(
        name: "model.pare", help: "The container, several for c, swift and bin; - is standard input.", isRepeating: true
      )
    ],
    options: [
      OptionSyntax(
        name: "to", value: "format",
        help: "json, csv, npy, npz, f32 (little-endian, in the source's order), c, swift or bin.", isRequired: true),
      OptionSyntax(
        name: "output", letter: "o", value: "out", help: "The file or folder to write; - is standard output.",
        isRequired: true),
    ] + imageOptions + [OptionSyntax(name: "force", help: "Replace the output if it exists.")],
    examples: [
      .init(
        purpose: "The source's JSON again, with the stored weights",
        line: "pare export model.pare --to json -o model.json"),
      .init(
        purpose: "amps.c and amps.h: a bank of two models",
        line: "pare export clean.pare lead.pare --to c -o amps.c"),
    ]),
  run: runExport)

private func runExport(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  if let format = ImageFormat(rawValue: arguments["to"] ?? "") { return try exportImage(arguments, format, streams) }
  let path = arguments.positional[0]
  let target = arguments["output"] ?? ""
  guard let format = ExportFormat(rawValue: arguments["to"] ?? "") else {
    throw exportCommand.syntax.usageError(
      "The value '\(arguments["to"] ?? "")' is invalid for '--to <format>': a format is json, csv, npy, npz, f32, c, swift or bin"
    )
  }
  if arguments.positional.count > 1 {
    throw exportCommand.syntax.usageError(
      "\(format.rawValue) takes one container, and \(arguments.positional.count) were given")
  }
  if let option = imageOptions.first(where: { arguments.has($0.name) }) {
    throw exportCommand.syntax.usageError(
      "The option '\(option.dashed)' is for c, swift and bin, not for \(format.rawValue)")
  }
  if isSameFile(path, target) {
    throw CommandError(.usage, "\(target): error: the output would replace the container")
  }
  let model = try openModel(path)
  let tensors = model.records.map { ExportTensor(name: model.name(of: $0), shape: $0.shape.extents) }
  let exporter: ModelExporter
  do {
    exporter = try ModelExporter(tensors, layout: model.container.layout(model.bytes), path: displayPath(path))
  } catch {
    throw CommandError(error)
  }
  let export = Export(model: model, exporter: exporter, format: format)
  let files = exporter.files(format)
  if format.isPerTensor, files.count != 1 {
    guard target != "-" else {
      throw exportCommand.syntax.usageError(
        "\(counted(files.count, "tensor")) as \(format.rawValue) make a folder; name one with -o, or use --to npz")
    }
    let folder = try OutputFolder(path: target, names: files.map(\.name), replacing: arguments.has("force"))
    try folder.write { (index, sink) throws(CommandError) in try export.write(files[index].tensor, sink) }
  } else {
    let isText = format == .json || format == .csv
    let output = try OutputFile(path: target, replacing: arguments.has("force"), streams, isText: isText)
    let tensor = format.isPerTensor ? files.first?.tensor : nil
    try output.write(streams) { (sink) throws(CommandError) in try export.write(tensor, sink) }
  }
  for note in exporter.notes(format) { streams.diagnose("note: \(note)") }
  return .success
}

/// A container on its way to another format.
private struct Export {
  let model: Model
  let exporter: ModelExporter
  let format: ExportFormat

  /// Writes one tensor, or with nil all.
  func write(_ tensor: Int?, _ sink: @escaping ByteWriter) throws(CommandError) {
    do {
      var output = ExportSink(take: sink)
      if let tensor {
        try exporter.write(tensor: tensor, as: format, to: &output, values: values)
      } else {
        try exporter.write(format, to: &output, values: values)
      }
    } catch let error as CommandError {
      throw error
    } catch let error as SourceError {
      throw CommandError(error)
    } catch {
      throw CommandError(.internal, "error: \(error)")
    }
  }

  private func values(_ index: Int) throws(CommandError) -> FloatBuffer {
    FloatBuffer(try model.checkedTensor(at: index).floats())
  }
}

/// Hands exported bytes to a file.
private struct ExportSink: PareConvert.ByteSink {
  let take: ByteWriter

  mutating func write(_ bytes: Span<UInt8>) throws { try take(bytes) }
}

extension Container {
  /// How the source looked around its tensors.
  func layout(_ bytes: Span<UInt8>) -> SourceLayout {
    if let source {
      return .template(
        kind: bytes[source.lowerBound], text: (source.lowerBound + 1..<source.upperBound).map { bytes[$0] })
    }
    guard order != nil else { return .plain }
    var indices: [Int] = []
    var cursor = sourceOrder
    while let index = cursor.next(in: bytes) { indices.append(index) }
    return .order(indices)
  }
}
