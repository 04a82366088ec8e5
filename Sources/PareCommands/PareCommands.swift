// PareCommands is the `pare` command: one folder or file for each subcommand, and what they share.
//
//   Arguments/   what a subcommand takes, parsing it, help screens
//   Output/      tables, JSON, numbers, progress
//   Files/       output that is written whole or not at all
//   Convert/ Inspect/ Dump/ Compare/ Run/ Export/, Validate.swift, Repack.swift   the subcommands
//
// A subcommand is a syntax and a function from parsed arguments to an exit status. Answers go to `Streams.print`,
// diagnostics to `Streams.diagnose`; nothing here writes to a descriptor of its own but the files it was asked for.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The version of the tool.
let toolVersion = "0.1.0"

/// One subcommand: what it takes and what it does.
struct Subcommand: Sendable {
  let syntax: CommandSyntax
  let run: @Sendable (ParsedArguments, Streams) throws(CommandError) -> ExitStatus
}

let subcommands = [
  convertCommand, inspectCommand, dumpCommand, validateCommand, compareCommand, runCommand, exportCommand,
  repackCommand,
]

/// Runs `pare` with these arguments, the program's name not among them, and gives the exit status.
///
/// Everything said goes to `streams`; the files named in the arguments are read and written.
public func runPare(_ arguments: [String], _ streams: Streams) -> Int32 {
  do {
    let status = try run(arguments, streams)
    try streams.flush()
    return status.rawValue
  } catch {
    // What was answered before the failure stands; a second failure while saying so changes nothing.
    try? streams.flush()
    if !error.message.isEmpty { streams.diagnose(error.message) }
    return error.status.rawValue
  }
}

private func run(_ arguments: [String], _ streams: Streams) throws(CommandError) -> ExitStatus {
  guard let first = arguments.first else {
    try streams.print(HelpScreen.root(subcommands.map(\.syntax), width: streams.helpWidth))
    return .usage
  }
  if let command = subcommands.first(where: { $0.syntax.name == first }) {
    let rest = Array(arguments.dropFirst())
    if command.syntax.asksForHelp(rest) {
      try streams.print(HelpScreen.of(command.syntax, width: streams.helpWidth))
      return .success
    }
    return try command.run(try command.syntax.parse(rest), streams)
  }
  switch first {
  case "-h", "--help":
    try streams.print(HelpScreen.root(subcommands.map(\.syntax), width: streams.helpWidth))
    return .success
  case "help":
    let screen = try helpScreen(for: Array(arguments.dropFirst()), streams)
    try streams.print(screen)
    return .success
  case "--version":
    try streams.print("pare \(toolVersion), container format \(formatVersion)\n")
    return .success
  default:
    throw rootError(first)
  }
}

private func helpScreen(for arguments: [String], _ streams: Streams) throws(CommandError) -> String {
  guard let name = arguments.first else {
    return HelpScreen.root(subcommands.map(\.syntax), width: streams.helpWidth)
  }
  guard let command = subcommands.first(where: { $0.syntax.name == name }) else { throw rootError(name) }
  return HelpScreen.of(command.syntax, width: streams.helpWidth)
}

private func rootError(_ text: String) -> CommandError {
  let isOption = text.hasPrefix("-") && text.count > 1
  let known = isOption ? ["--help", "--version"] : subcommands.map(\.syntax.name)
  let what = isOption ? "Unknown option '\(text)'" : "Unknown subcommand '\(text)'"
  let suggestion = nearest(to: text, among: known).map { ". Did you mean '\($0)'?" } ?? ""
  return CommandError(
    .usage, "Error: \(what)\(suggestion)\nUsage: pare <subcommand>\n  See 'pare --help' for more information.")
}

/// Ends the process with a status.
///
/// A status above 128 stands for a signal, as in a shell: the process ends by it, so that the shell sees it so.
public func leave(with status: Int32) -> Never {
  if status > 128 {
    _ = signal(status - 128, SIG_DFL)
    raise(status - 128)
  }
  exit(status)
}
