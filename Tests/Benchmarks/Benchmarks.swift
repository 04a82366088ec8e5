/// Prints tables of speeds, each beside the peer's; `run.sh` builds and runs it.
///
/// Arguments: the groups to run (size, decode, validate, row), all unless told; `--only TEXT` picks the lines that contain
/// TEXT; `text FILE...` reads files and prints seconds; `coded CONTAINER...` times entropy
/// decoding; `codes CONTAINER FOLDER` writes codes for other coders; `product` times products, for `products.py`;
/// `inference` times a model, for `inference.py`.
@main
enum Benchmarks {
  static func main() throws {
    if CommandLine.arguments.dropFirst().first == "product" { return try productBenchmarks() }
    if CommandLine.arguments.dropFirst().first == "inference" {
      return try inferenceBenchmarks(Array(CommandLine.arguments.dropFirst(2)))
    }
    var groups: [String] = []
    var filter = ""
    var arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "text" { return try textBenchmarks(Array(arguments.dropFirst())) }
    if arguments.first == "coded" { return try codedBenchmarks(Array(arguments.dropFirst())) }
    if arguments.first == "codes", arguments.count == 3 {
      return try dumpCodes(arguments[arguments.startIndex + 1], into: arguments[arguments.startIndex + 2])
    }
    while let argument = arguments.popFirst() {
      if argument == "--only" { filter = arguments.popFirst() ?? "" } else { groups.append(argument) }
    }
    let all: [(String, (String) throws -> Void)] = [
      ("size", sizeBenchmarks), ("decode", decodeBenchmarks), ("validate", validateBenchmarks), ("row", rowBenchmarks),
    ]
    for (name, run) in all where groups.isEmpty || groups.contains(name) { try run(filter) }
  }
}
