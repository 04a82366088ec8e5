import Pare
import PareFormat

let validateCommand = Subcommand(
  syntax: CommandSyntax(
    name: "validate", overview: "Check every byte of containers.",
    arguments: [
      ArgumentSyntax(name: "model.pare", help: "The containers to check; - is standard input.", isRepeating: true)
    ],
    options: [OptionSyntax(name: "json", help: "Print the answer as JSON.")],
    examples: [
      .init(purpose: "Check one container", line: "pare validate model.pare"),
      .init(purpose: "Check what a server sends", line: "curl -s https://example.org/model.pare | pare validate -"),
    ]),
  run: runValidate)

/// Exit status 65 when a container is bad, else 66 when one cannot be opened.
private func runValidate(_ arguments: ParsedArguments, _ streams: Streams) throws(CommandError) -> ExitStatus {
  var status = ExitStatus.success
  var answers: [JSONValue] = []
  for path in arguments.positional {
    do {
      let model = try Model(path: path)
      try model.validate()
      if arguments.has("json") {
        answers.append(valid(model, path))
      } else {
        let size = "\(counted(model.records.count, "tensor")), \(counted(model.container.byteCount, "byte"))"
        try streams.print("\(printable(displayPath(path))): OK, \(size)\n")
      }
    } catch let error as ModelError {
      if arguments.has("json") { answers.append(invalid(error, path)) }
      let failure = CommandError(error)
      // Answers and errors stay in the order of the files where both go to one place.
      try streams.flush()
      if !arguments.has("json") { streams.diagnose(failure.message) }
      if status != .badData { status = failure.status }
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError(.internal, "error: \(error)")
    }
  }
  if arguments.has("json") { try streams.print(JSONValue.array(answers).text) }
  return status
}

private func valid(_ model: Model, _ path: String) -> JSONValue {
  .object([
    ("path", .string(path)), ("valid", .bool(true)), ("tensorCount", .integer(model.records.count)),
    ("byteCount", .integer(model.container.byteCount)),
  ])
}

private func invalid(_ error: ModelError, _ path: String) -> JSONValue {
  var members: [(String, JSONValue)] = [("path", .string(path)), ("valid", .bool(false))]
  if case .format(let error, _, let tensor) = error {
    members += [
      ("code", .integer(Int(error.code.rawValue))), ("error", .string("\(error.code)")),
      ("offset", .integer(error.offset)), ("tensor", tensor.map { .string($0) } ?? .null),
    ]
  }
  members.append(("message", .string(CommandError(error).message)))
  return .object(members)
}

/// A path in messages: standard input has a name.
func displayPath(_ path: String) -> String { path == "-" ? "<stdin>" : path }

extension CommandError {
  /// A container that could not be opened or read.
  init(_ error: ModelError) {
    switch error {
    case .system(let error): self.init(reading: error)
    case .format(let error, let path, let tensor):
      let place = tensor.map { "tensor \($0): " } ?? ""
      self.init(.badData, "\(displayPath(path)): error: \(place)\(error.description)")
    case .noTensor(let name, let path):
      self.init(.badData, "\(displayPath(path)): error: no tensor is named \(name)")
    case .noModel(let path):
      self.init(
        .badData,
        "\(displayPath(path)): error: weights alone; a source that states its layers, or convert's --layers, makes a model that runs"
      )
    }
  }
}

/// Opens a container.
func openModel(_ path: String) throws(CommandError) -> Model {
  do { return try Model(path: path) } catch { throw CommandError(error) }
}

extension Model {
  /// A checked tensor, with this room's errors.
  func checkedTensor(at index: Int) throws(CommandError) -> ModelTensor {
    do { return try tensor(at: index) } catch { throw CommandError(error) }
  }
}
