import Pare
import PareConvert
import PareEncode

/// Reads, prunes, encodes tensor by tensor, writes, reports.
func runConvert(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let options = try ConvertOptions(arguments, convertCommand.syntax)
  let output = try OutputFile(path: arguments["output"] ?? "", replacing: arguments.has("force"), streams)
  for source in arguments.positional where isSameFile(source, arguments["output"] ?? "") {
    throw CommandError(.usage, "\(source): error: the output would replace the source")
  }
  for sentence in options.withoutEffect { streams.diagnose("warning: \(sentence)") }

  let progress = Progress(streams)
  defer { progress.finish() }
  var source = try readSource(arguments.positional, progress)
  if let layers = options.layers {
    do { try source.apply(layers, input: options.input) } catch { throw CommandError(error) }
  }
  if let note = source.graphNote { progress.note(note) }
  let foldedCount =
    !options.folds
    ? 0
    : source.foldNormalizations { tensor in
      !options.plan.settings(forName: tensor.name, rank: tensor.shape.count).isKept
    }
  let names = source.tensors.map(\.name)
  for rule in options.plan.unmatchedRules(among: names) {
    progress.clear()
    streams.diagnose("warning: no tensor matches the rule '\(rule.pattern)'")
  }

  let container = ContainerOptions(
    alignment: options.encoding.alignment, writesProvenance: options.writesProvenance, layout: source.layout(),
    model: source.graph)
  let hasVectorsAlone = source.tensors.allSatisfy { $0.shape.count < 2 }
  var graph = source.graphSummary
  if foldedCount > 0 { graph? += "; \(counted(foldedCount, "batch normalization")) folded into weights" }
  let encoding = try ModelEncoding(&source, options, container, progress)
  let report = ConvertReport(sources: arguments.positional, encoding, graph: graph, budget: options.budget)
  let plan: ContainerPlan
  do {
    plan = try ContainerPlan(encoding.tensors, options: container, checksum: ZlibChecksum.self)
  } catch { throw CommandError(.badData, "error: \(error.description)") }
  try write(plan, to: output, streams, progress)
  progress.finish()
  if report.lossyCount == 0, options.plan.quantization != .unquantized || options.plan.pruning != .unpruned {
    if hasVectorsAlone {
      streams.diagnose("note: all tensors are vectors, which keep their floats unless a --rule says otherwise")
    }
  }
  guard !output.isStandardOutput else { return .success }
  try streams.print(
    report.text(byteCount: plan.byteCount, width: streams.width, shortensNames: streams.isOutputTerminal))
  return .success
}

private func write(
  _ plan: ContainerPlan, to output: OutputFile, _ streams: Streams, _ progress: Progress
) throws(CommandError) {
  try output.write(streams) { (sink) throws(CommandError) in
    var written = 0
    try plan.write { (bytes) throws(CommandError) in
      // Pieces, so that progress shows and a signal is answered.
      var start = 0
      while start < bytes.count {
        let end = min(start + 1 << 24, bytes.count)
        try sink(bytes.extracting(start..<end))
        start = end
        progress.update("writing", Double(written + start) / Double(max(plan.byteCount, 1)))
      }
      written += bytes.count
    }
  }
}

/// Reads a source model, and says what of it was passed over.
func readSource(_ paths: [String], _ progress: Progress) throws(CommandError) -> SourceModel {
  progress.update("reading", 0)
  let model: SourceModel
  do { model = try readModel(paths) } catch { throw CommandError(error) }
  for note in model.notes { progress.note(note) }
  return model
}

extension CommandError {
  /// A source that could not be read.
  init(_ error: SourceError) {
    self.init(error.kind == .unreadable ? .cannotOpen : .badData, error.description)
  }
}
