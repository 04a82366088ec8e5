import PareCommands

@main
struct PareTool {
  static func main() {
    leave(with: runPare(Array(CommandLine.arguments.dropFirst()), Streams.standard()))
  }
}
