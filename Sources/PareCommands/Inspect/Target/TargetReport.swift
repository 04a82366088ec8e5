/// What is said of a container on a target.
struct TargetReport {
  let needs: TargetNeeds
  let limits: TargetLimits

  /// The options of `inspect` that ask for it.
  static let options = [
    OptionSyntax(
      name: "target", value: "machine",
      help: "Add what the container needs on \(Target.all.map(\.name).joined(separator: ", "))."),
    OptionSyntax(
      name: "flash", value: "size",
      help: "The target's flash, as 131072 or 128KB: say whether the container fits, exit status 1 if not."),
    OptionSyntax(name: "ram", value: "size", help: "The target's memory, likewise."),
  ]

  /// What is asked for: a target, and what it has.
  struct Request {
    let target: Target
    let limits: TargetLimits

    /// Nil where no target is asked for.
    init?(_ arguments: ParsedArguments) throws(CommandError) {
      let syntax = inspectCommand.syntax
      guard let name = arguments["target"] else {
        if let option = options.first(where: { arguments.has($0.name) }) {
          throw syntax.usageError("The option '\(option.dashed)' needs '--target <machine>'")
        }
        return nil
      }
      let names = Target.all.map(\.name)
      guard let target = Target.all.first(where: { $0.name == name }) else {
        let suggestion = nearest(to: name, among: names).map { ". Did you mean '\($0)'?" } ?? ""
        throw syntax.usageError(
          "The value '\(name)' is invalid for '--target <machine>': a machine is \(names.joined(separator: ", "))\(suggestion)"
        )
      }
      self.target = target
      limits = TargetLimits(flash: try size("flash", arguments), memory: try size("ram", arguments))
    }
  }

  init(_ request: Request, _ inspection: Inspection) throws(CommandError) {
    limits = request.limits
    needs = try TargetNeeds(inspection, request.target)
  }

  private static func size(_ name: String, _ arguments: ParsedArguments) throws(CommandError) -> Int? {
    guard let text = arguments[name] else { return nil }
    guard let size = ByteSize.read(text) else {
      throw inspectCommand.syntax.usageError(
        "The value '\(text)' is invalid for '--\(name) <size>': a size is a number of bytes, as 131072, 128KB or 128KiB"
      )
    }
    return size
  }

  /// Exit status 1 says that the container does not fit.
  var status: ExitStatus { limits.fits(needs) == false ? .negative : .success }

  // MARK: - For people

  func text(width: Int) -> String {
    var lines = [
      ("target", "\(needs.target.name): \(needs.target.words)"),
      (
        "library",
        "\(needs.library.fileName), the smallest that \(needs.multiplyAddCount == nil ? "decodes it" : "runs it")"
      ),
      ("flash", words(needs.flash, needs.flashByteCount, limits.flash)),
      ("ram", words(needs.memory, needs.memoryByteCount, limits.memory) + "; the stack is not counted"),
    ]
    if let count = needs.multiplyAddCount {
      lines.append(("step", "\(counted(count, "multiply-add")) for a frame of the inputs"))
    } else {
      lines.append(("step", "weights alone; decoding the largest tensor takes \(needs.largestTensorByteCount) bytes"))
    }
    if needs.codedCount > 0, needs.multiplyAddCount != nil {
      let tensors = needs.codedCount == 1 ? "1 tensor is" : "\(needs.codedCount) tensors are"
      lines.append(
        (
          "note",
          "\(tensors) entropy coded and decoded anew in each step; repack --profile in-place spares that, for a larger container"
        ))
    }
    if let fits = limits.fits(needs) { lines.append(("verdict", fits ? "fits" : "does not fit")) }
    return "\n" + lines.map { titled($0.0, $0.1, column: 10, width: width) }.joined()
  }

  /// `2000 bytes: container 1000, library 1000; 24000 of 26000 bytes are left`
  private func words(_ parts: [(part: String, byteCount: Int)], _ total: Int, _ limit: Int?) -> String {
    let text = "\(counted(total, "byte")): " + parts.map { "\($0.part) \($0.byteCount)" }.joined(separator: ", ")
    guard let limit else { return text }
    return total <= limit
      ? "\(text); \(limit - total) of \(limit) are left" : "\(text); \(total - limit) more than \(limit)"
  }

  // MARK: - For programs

  var json: JSONValue {
    .object([
      ("name", .string(needs.target.name)), ("library", .string(needs.library.fileName)),
      ("flash", json(needs.flash, needs.flashByteCount, limits.flash)),
      ("ram", json(needs.memory, needs.memoryByteCount, limits.memory)),
      ("multiplyAdds", needs.multiplyAddCount.map { .integer($0) } ?? .null),
      ("largestTensorByteCount", .integer(needs.largestTensorByteCount)), ("codedTensors", .integer(needs.codedCount)),
      ("fits", limits.fits(needs).map { .bool($0) } ?? .null),
    ])
  }

  private func json(_ parts: [(part: String, byteCount: Int)], _ total: Int, _ limit: Int?) -> JSONValue {
    .object([
      ("byteCount", .integer(total)), ("parts", .object(parts.map { ($0.part, .integer($0.byteCount)) })),
      ("limit", limit.map { .integer($0) } ?? .null),
    ])
  }
}
