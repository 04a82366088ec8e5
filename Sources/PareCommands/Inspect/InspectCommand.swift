import Pare
import PareFormat

let inspectCommand = Subcommand(
  syntax: CommandSyntax(
    name: "inspect", overview: "Show what a container holds, and what it costs.",
    arguments: [ArgumentSyntax(name: "model.pare", help: "The container; - is standard input.")],
    options: TargetReport.options + [OptionSyntax(name: "json", help: "Print the answer as JSON.")],
    examples: [
      .init(purpose: "Show a container", line: "pare inspect model.pare"),
      .init(
        purpose: "See whether it fits a microcontroller",
        line: "pare inspect amp.pare --target cortex-m4 --flash 512KiB --ram 16KiB"),
    ]),
  run: runInspect)

private func runInspect(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let report = try TargetReport.Request(arguments)
  let inspection = try Inspection(openModel(arguments.positional[0]))
  let target = try report.map { (request) throws(CommandError) in try TargetReport(request, inspection) }
  if arguments.has("json") {
    try streams.print(inspection.json(target).text)
  } else {
    try streams.print(inspection.text(width: streams.width, shortensNames: streams.isOutputTerminal))
    if let target { try streams.print(target.text(width: streams.width)) }
  }
  return target?.status ?? .success
}

/// What `inspect` found out about a container.
struct Inspection {
  let model: Model
  let sections: [SectionFacts]
  let tensors: [TensorFacts]
  /// Nil where the container is weights alone.
  let graph: ModelFacts?

  /// Reads and checks every tensor.
  init(_ model: Model) throws(CommandError) {
    self.model = model
    sections = SectionFacts.all(model.bytes)
    var provenance: [Int: ProvenanceRecord] = [:]
    var cursor = model.container.provenanceRecords
    while let record = cursor.next(in: model.bytes) { provenance[record.tensor] = record }
    var tensors: [TensorFacts] = []
    for index in model.records.indices {
      tensors.append(TensorFacts(try model.checkedTensor(at: index), provenance[index]))
    }
    self.tensors = tensors
    graph = try ModelFacts(model)
  }

  var elementCount: Int { tensors.reduce(0) { $0 + $1.shape.elementCount } }
  var nnz: Int { tensors.reduce(0) { $0 + $1.nnz } }
  var payloadByteCount: Int { tensors.reduce(0) { $0 + $1.payloadByteCount } }
}

/// A section: what it is and how large.
struct SectionFacts {
  let number: UInt8
  let offset: Int
  /// The size of its body.
  let byteCount: Int

  var name: String { SectionWords.name(number) }

  /// The sections of a container that has been opened, in order.
  static func all(_ bytes: Span<UInt8>) -> [SectionFacts] {
    var found: [SectionFacts] = []
    var offset = Header.byteCount
    while offset < bytes.count, let (size, width) = bytes.leb128(at: offset + 1, end: bytes.count) {
      found.append(SectionFacts(number: bytes[offset] & 0x7F, offset: offset, byteCount: size))
      if bytes[offset] & 0x80 != 0 { break }
      // Type, byteCount, body, checksum.
      offset += 1 + width + size + 4
    }
    return found
  }
}
