import Pare
import PareFormat

let dumpCommand = Subcommand(
  syntax: CommandSyntax(
    name: "dump", overview: "Show the bytes of a container with what they mean.",
    discussion: [
      "Every byte is shown once, or counted in a line that stands for the rest of a long part. The description of an entropy-coded tensor is a bit string, whose fields stand below its bytes, the lowest bit of a byte first: 0x2A.3 is bit 3 of the byte at 0x2A. A damaged container is shown up to the damage, what follows without its meaning, and the exit status is 65."
    ],
    arguments: [ArgumentSyntax(name: "model.pare", help: "The container; - is standard input.")],
    options: [OptionSyntax(name: "all", help: "Show every byte of long parts too.")],
    examples: [
      .init(purpose: "Show a container", line: "pare dump model.pare"),
      .init(purpose: "Show all bytes, page by page", line: "pare dump model.pare --all | less"),
    ]),
  run: runDump)

private func runDump(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  let path = arguments.positional[0]
  let file: MappedFile
  do { file = try MappedFile(path: path) } catch { throw CommandError(reading: error) }
  let bytes = file.bytes
  let (items, failure) = dumpItems(bytes)
  let printer = DumpPrinter(streams, byteCount: bytes.count, showsAll: arguments.has("all"), failure: failure)
  try printer.print(items, bytes)
  if let failure { throw CommandError(.badData, "\(displayPath(path)): error: \(failure.description)") }
  return .success
}

/// Headings and fields of a container, the fields' ranges following each other from the first byte to the last, and the
/// error that a reader reports for these bytes, nil for a valid container.
func dumpItems(_ bytes: Span<UInt8>) -> (items: [DumpItem], failure: FormatError?) {
  let failure = formatError(bytes)
  var sections = DumpSections(byteCount: bytes.count)
  do {
    try sections.walk(bytes)
    for (index, record) in sections.records.enumerated() {
      guard let payload = DumpPayload(record) else { break }
      try payload.walk(&sections.reader, bytes, index: index, alignment: sections.alignment)
    }
  } catch {
    // What follows has no meaning.
  }
  var items = sections.reader.items
  // Before the payloads a reader gives up at the first failure: what follows its structure is not to be trusted.
  // Whether a model's shapes and sizes agree is found out when all is read.
  if let failure, failure.tensor == nil, failure.code != .badShape, failure.code != .badModelSize {
    cut(&items, behind: failure.offset)
  }
  let end = items.reduce(0) { end, item in
    if case .field(let field) = item { field.range.upperBound } else { end }
  }
  if end < bytes.count {
    items.append(.heading(failure?.code == .trailingBytes ? "behind the container" : "behind the damage"))
    items.append(.field(DumpField(range: end..<bytes.count, name: "", meaning: "")))
  }
  return (items, failure)
}

/// Removes the structures that begin behind the one with the byte at `offset`.
private func cut(_ items: inout [DumpItem], behind offset: Int) {
  var isBehind = false
  for (index, item) in items.enumerated() {
    switch item {
    case .field(let field): isBehind = isBehind || field.range.upperBound > offset
    case .heading:
      guard isBehind else { continue }
      items.removeSubrange(index...)
      return
    }
  }
}

/// What a reader reports for these bytes.
private func formatError(_ bytes: Span<UInt8>) -> FormatError? {
  do {
    let container = try Container.open(bytes, checksum: ZlibChecksum.self)
    try container.validate(bytes, checksum: ZlibChecksum.self)
    _ = try container.modelValues(bytes)
    return nil
  } catch {
    return error
  }
}
