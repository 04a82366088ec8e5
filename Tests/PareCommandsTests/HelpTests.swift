import Testing

@Suite("Help")
struct HelpTests {
  static let names = ["convert", "inspect", "dump", "validate", "compare", "run", "export", "repack"]

  @Test("Each help screen is what it was", arguments: names)
  func screens(name: String) throws {
    let run = pare(name, "--help")
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    try expectGolden(run.text, "help-\(name)")
  }

  @Test("The root's help screen is what it was")
  func root() throws { try expectGolden(pare("--help").text, "help") }

  @Test("A narrow terminal gets narrow lines")
  func narrow() throws { try expectGolden(pare("convert", "--help", width: 44).text, "help-convert-narrow") }

  @Test("Help screens have overview, usage, options, two examples, and lines of at most 80 columns", arguments: names)
  func parts(name: String) {
    let text = pare(name, "--help", width: 200).text
    for part in ["OVERVIEW: ", "USAGE: pare \(name) ", "ARGUMENTS:\n", "OPTIONS:\n", "EXAMPLES:\n"] {
      #expect(text.contains(part))
    }
    let examples = text.split(separator: "EXAMPLES:\n").last ?? ""
    #expect(examples.split(separator: "\n").count { $0.hasPrefix("    pare ") || $0.contains("| pare ") } == 2)
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
  }

  @Test("Help is given on every level, whatever else is asked for")
  func levels() {
    for arguments in [["-h"], ["help"], ["--help"]] {
      #expect(pare(arguments).text == pare("--help").text)
    }
    for arguments in [["convert", "-h"], ["help", "convert"], ["convert", "--nonsense", "-h"]] {
      #expect(pare(arguments).text == pare("convert", "--help").text)
      #expect(pare(arguments).status == 0)
    }
    #expect(pare("convert", "--", "--help").status == 64)
  }

  @Test("Without arguments the help screen is shown, and the status is a usage error")
  func nothing() {
    #expect(pare().status == 64)
    #expect(pare().text == pare("--help").text)
  }

  @Test("--version names the tool's and the format's version")
  func version() {
    #expect(pare("--version").text == "pare 0.1.0, container format 0.3\n")
  }
}
