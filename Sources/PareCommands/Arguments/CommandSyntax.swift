/// What a subcommand takes: the source of its parser and of its help screen.
struct CommandSyntax: Sendable {
  /// The subcommand's name.
  let name: String

  /// One line: what it does.
  let overview: String

  /// Paragraphs below the overview.
  var discussion: [String] = []

  /// What stands without a name, in order; at most the last one repeats.
  let arguments: [ArgumentSyntax]

  /// The options, in the order of the help screen; `--help` is added by itself.
  var options: [OptionSyntax] = []

  /// What to try: a sentence and a command line.
  let examples: [Example]

  struct Example: Sendable {
    let purpose: String
    let line: String
  }
}

/// A positional argument.
struct ArgumentSyntax: Sendable {
  /// Its name in `<>`.
  let name: String
  let help: String
  var isRepeating = false

  /// `<name>` or `<name> ...`.
  var usage: String { "<\(name)>" + (isRepeating ? " ..." : "") }
}

/// A named option, or a flag where `value` is nil.
struct OptionSyntax: Sendable {
  /// The long name, without dashes: the key of the parsed value.
  let name: String

  /// The one-letter name.
  var letter: Character?

  /// The name of the value in `<>`.
  var value: String?
  let help: String
  var isRequired = false
  var isRepeating = false

  /// The value taken when the option is absent, as shown in help.
  var defaultText: String?

  /// `--name`.
  var dashed: String { "--\(name)" }

  /// `-o, --output <model>`.
  var heading: String {
    (letter.map { "-\($0), " } ?? "") + dashed + (value.map { " <\($0)>" } ?? "")
  }

  /// `[--name <value>]`, shortest name, as in a usage line.
  var usage: String {
    let text = (letter.map { "-\($0)" } ?? dashed) + (value.map { " <\($0)>" } ?? "")
    let repeated = isRepeating ? "\(text) ..." : text
    return isRequired ? repeated : "[\(repeated)]"
  }
}

extension CommandSyntax {
  /// The usage line without the word itself: `pare convert <source> ... -o <model> [--force]`.
  var usage: String {
    let required = options.filter(\.isRequired).map(\.usage)
    let optional = options.filter { !$0.isRequired }.map(\.usage)
    return (["pare", name] + arguments.map(\.usage) + required + optional).joined(separator: " ")
  }

  /// The usage line for an error, where a long list of options would hide what is wrong.
  private var shortUsage: String {
    let required = options.filter(\.isRequired).map(\.usage)
    let optional = options.filter { !$0.isRequired }.map(\.usage)
    let shown = optional.count > 3 ? ["[<options>]"] : optional
    return (["pare", name] + arguments.map(\.usage) + required + shown).joined(separator: " ")
  }

  /// A usage error of this subcommand, in the words of swift-argument-parser.
  func usageError(_ text: String) -> CommandError {
    CommandError(
      .usage, "Error: \(text)\nUsage: \(shortUsage)\n  See 'pare \(name) --help' for more information.")
  }
}
