/// The arguments of a subcommand, sorted by what they are.
struct ParsedArguments: Equatable {
  /// What stood without a name, in order.
  var positional: [String] = []

  /// The values of options, in order; a flag has an empty one.
  private var options: [String: [String]] = [:]

  /// All values of an option.
  func all(_ name: String) -> [String] { options[name] ?? [] }

  /// The value of an option, nil when it is absent.
  subscript(name: String) -> String? { options[name]?.last }

  /// Whether a flag or an option was given.
  func has(_ name: String) -> Bool { options[name] != nil }

  fileprivate mutating func add(_ value: String, to name: String) { options[name, default: []].append(value) }
}

extension CommandSyntax {
  /// Whether help is asked for, before anything else is looked at.
  func asksForHelp(_ arguments: [String]) -> Bool {
    arguments.prefix { $0 != "--" }.contains { $0 == "-h" || $0 == "--help" }
  }

  /// Sorts the arguments; throws usage errors. `--name value` and `--name=value` are the same, `--` ends options, and a
  /// lone `-` is an argument or a value.
  func parse(_ arguments: [String]) throws(CommandError) -> ParsedArguments {
    var parsed = ParsedArguments()
    var index = 0
    var optionsEnded = false
    while index < arguments.count {
      let text = arguments[index]
      index += 1
      if optionsEnded || !text.hasPrefix("-") || text == "-" {
        parsed.positional.append(text)
      } else if text == "--" {
        optionsEnded = true
      } else {
        try parseOption(text, arguments, &index, &parsed)
      }
    }
    try requireComplete(parsed)
    return parsed
  }

  private func parseOption(
    _ text: String, _ arguments: [String], _ index: inout Int, _ parsed: inout ParsedArguments
  ) throws(CommandError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = options.first(where: { $0.dashed == name || $0.letter.map { "-\($0)" } == name }) else {
      throw unknownOption(name)
    }
    if !option.isRepeating, parsed.has(option.name) {
      throw usageError("The option '\(option.dashed)' was given twice")
    }
    guard let value = option.value else {
      guard parts.count == 1 else {
        throw usageError("The option '\(option.dashed)' takes no value, but '\(parts[1])' was given")
      }
      parsed.add("", to: option.name)
      return
    }
    if parts.count == 2 {
      guard !parts[1].isEmpty else { throw usageError("Missing value for '\(name) <\(value)>'") }
      parsed.add(String(parts[1]), to: option.name)
      return
    }
    guard index < arguments.count, !arguments[index].isEmpty, !looksLikeOption(arguments[index]) else {
      throw usageError("Missing value for '\(name) <\(value)>'")
    }
    parsed.add(arguments[index], to: option.name)
    index += 1
  }

  /// `-` and negative numbers are values.
  private func looksLikeOption(_ text: String) -> Bool {
    guard text.hasPrefix("-"), let second = text.dropFirst().first else { return false }
    return !second.isNumber && second != "."
  }

  private func unknownOption(_ name: String) -> CommandError {
    let known = options.map(\.dashed) + ["--help"]
    let dashed = name.hasPrefix("--") ? name : "-" + name
    let suggestion = nearest(to: dashed, among: known).map { ". Did you mean '\($0)'?" } ?? ""
    return usageError("Unknown option '\(name)'\(suggestion)")
  }

  private func requireComplete(_ parsed: ParsedArguments) throws(CommandError) {
    if parsed.positional.count < arguments.count {
      throw usageError("Missing expected argument '\(arguments[parsed.positional.count].usage)'")
    }
    if !(arguments.last?.isRepeating ?? false), parsed.positional.count > arguments.count {
      throw usageError("Unexpected argument '\(parsed.positional[arguments.count])'")
    }
    if let empty = parsed.positional.firstIndex(of: "") {
      throw usageError("The argument '\(arguments[min(empty, arguments.count - 1)].usage)' is empty")
    }
    for option in options where option.isRequired && !parsed.has(option.name) {
      throw usageError("Missing expected argument '\(option.usage)'")
    }
  }
}

/// The known word that `text` most likely stands for: at most two edits away, and fewer for short words.
func nearest(to text: String, among known: [String]) -> String? {
  let ranked = known.map { (word: $0, distance: editDistance(text, $0)) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  if best.distance <= min(2, text.count / 3) { return best.word }
  // A word that was not written to its end, as in `--quant`.
  let stem = known.filter { text.count >= 4 && $0.hasPrefix(text) }
  return stem.count == 1 ? stem[0] : nil
}

/// The least number of insertions, deletions and replacements of characters between two words.
private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var previous = Array(0...right.count)
  for (row, character) in left.enumerated() {
    var current = [row + 1]
    for column in right.indices {
      let replaced = previous[column] + (right[column] == character ? 0 : 1)
      current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[right.count]
}
