/// Help screens: OVERVIEW, USAGE, ARGUMENTS, OPTIONS, EXAMPLES.
enum HelpScreen {
  /// Where the descriptions begin.
  private static let column = 26

  /// The screen of a subcommand.
  static func of(_ syntax: CommandSyntax, width: Int) -> String {
    var text = wrapped("OVERVIEW: \(syntax.overview)", width: width) + "\n"
    for paragraph in syntax.discussion { text += wrapped(paragraph, width: width) + "\n" }
    text += wrapped("USAGE: \(syntax.usage)", width: width, indent: 7, keepsBrackets: true) + "\n"
    let arguments = syntax.arguments.map { ("<\($0.name)>", $0.help) }
    text += section("ARGUMENTS", arguments, width: width)
    var options = syntax.options.map { ($0.heading, description(of: $0)) }
    options.append(("-h, --help", "Show help information."))
    text += section("OPTIONS", options, width: width)
    text += "EXAMPLES:\n"
    for example in syntax.examples {
      text += wrapped("  \(example.purpose):", width: width, indent: 2)
      text += wrapped("    \(example.line)", width: width, indent: 6, continuation: " \\")
    }
    return text
  }

  /// The screen of `pare` itself.
  static func root(_ commands: [CommandSyntax], width: Int) -> String {
    var text = wrapped(
      "OVERVIEW: Store pruned and quantized neural-network weights in a compact, checked container.", width: width)
    text += "\nUSAGE: pare <subcommand>\n\n"
    text += section(
      "OPTIONS", [("--version", "Show the version."), ("-h, --help", "Show help information.")], width: width)
    text += section("SUBCOMMANDS", commands.map { ($0.name, $0.overview) }, width: width)
    text += "EXAMPLES:\n"
    text += wrapped("  Convert a model to 8-bit codes, a scale for each row:", width: width, indent: 2)
    text += wrapped(
      "    pare convert model.json -o model.pare --quantize int8 --scale axis", width: width, indent: 6,
      continuation: " \\")
    text += wrapped("  See what that cost:", width: width, indent: 2)
    text += wrapped("    pare compare model.pare model.json", width: width, indent: 6, continuation: " \\")
    text += "\n" + wrapped("  See 'pare <subcommand> --help' for detailed help.", width: width, indent: 2)
    return text
  }

  private static func description(of option: OptionSyntax) -> String {
    var text = option.help
    if option.isRepeating { text += " May be given several times." }
    if let value = option.defaultText { text += " (default: \(value))" }
    return text
  }

  private static func section(_ title: String, _ entries: [(String, String)], width: Int) -> String {
    guard !entries.isEmpty else { return "" }
    // On a narrow terminal descriptions stand below their headings.
    let column = width < 60 ? 6 : column
    var text = "\(title):\n"
    for (heading, help) in entries {
      let lines = wrapped(String(repeating: " ", count: column) + help, width: width, indent: column)
      if heading.count + 4 <= column {
        text += "  " + heading + lines.dropFirst(heading.count + 2)
      } else {
        text += wrapped("  " + heading, width: width, indent: 4) + lines
      }
    }
    return text + "\n"
  }
}
