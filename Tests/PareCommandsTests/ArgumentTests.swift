import Foundation
import Testing

@Suite("Arguments")
struct ArgumentTests {
  struct Slip: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let message: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let slips: [Slip] = [
    .init(arguments: ["convrt"], message: "Error: Unknown subcommand 'convrt'. Did you mean 'convert'?"),
    .init(arguments: ["--versoin"], message: "Error: Unknown option '--versoin'. Did you mean '--version'?"),
    .init(arguments: ["xyz"], message: "Error: Unknown subcommand 'xyz'"),
    .init(arguments: ["convert"], message: "Error: Missing expected argument '<source> ...'"),
    .init(arguments: ["convert", "a"], message: "Error: Missing expected argument '-o <model>'"),
    .init(arguments: ["convert", "a", "-o"], message: "Error: Missing value for '-o <model>'"),
    .init(arguments: ["convert", "a", "-o", "--force"], message: "Error: Missing value for '-o <model>'"),
    .init(arguments: ["convert", "a", "--output="], message: "Error: Missing value for '--output <model>'"),
    .init(arguments: ["convert", "a", "-o", ""], message: "Error: Missing value for '-o <model>'"),
    .init(arguments: ["convert", "--foo"], message: "Error: Unknown option '--foo'"),
    .init(arguments: ["convert", "--fore"], message: "Error: Unknown option '--fore'. Did you mean '--force'?"),
    .init(
      arguments: ["convert", "--quant", "int8"], message: "Error: Unknown option '--quant'. Did you mean '--quantize'?"),
    .init(arguments: ["convert", "-force"], message: "Error: Unknown option '-force'. Did you mean '--force'?"),
    .init(
      arguments: ["convert", "--force=yes"], message: "Error: The option '--force' takes no value, but 'yes' was given"),
    .init(
      arguments: ["convert", "--scale", "axis", "--scale=tensor"],
      message: "Error: The option '--scale' was given twice"),
    .init(arguments: ["inspect", "a", "b"], message: "Error: Unexpected argument 'b'"),
    .init(arguments: ["inspect", ""], message: "Error: The argument '<model.pare>' is empty"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--quantize", "int17"],
      message: "Error: The value 'int17' is invalid for '--quantize <coding>': a width is 1 to 16"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--prune", "sparsity=2"],
      message: "Error: The value 'sparsity=2' is invalid for '--prune <pruning>': a sparsity is 0 to 1"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--scale", "row"],
      message: "Error: The value 'row' is invalid for '--scale <layout>': a scale is per tensor, axis[:N] or group:N"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--align", "8"],
      message: "Error: The value '8' is invalid for '--align <bytes>': an alignment is 4, 16 or 64"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--rule", "w: keep prune=2:4"],
      message: "Error: The value 'w: keep prune=2:4' is invalid for '--rule <rule>': keep stands alone"),
    .init(
      arguments: ["convert", "a", "-o", "b", "--affine", "--symmetric"],
      message: "Error: The options '--affine' and '--symmetric' exclude each other"),
    .init(
      arguments: ["compare", "a", "b", "--tolerance", "-1"],
      message: "Error: The value '-1' is invalid for '--tolerance <error>': a tolerance is a number of at least 0"),
    .init(
      arguments: ["compare", "-", "-"], message: "Error: Standard input can be the container or the source, not both"),
  ]

  @Test("A slip is a usage error that says what is wrong and where help is", arguments: slips)
  func usage(slip: Slip) {
    let run = pare(slip.arguments)
    #expect(run.status == 64)
    #expect(run.errors.hasPrefix(slip.message), "\(run.errors)")
    #expect(run.errors.contains("\nUsage: pare "))
    #expect(run.errors.hasSuffix("--help' for more information.\n"))
    #expect(run.output.isEmpty)
  }

  @Test("--name value, --name=value and the letter are the same; -- ends options")
  func forms() throws {
    let folder = try TemporaryFolder()
    let source = Package.source("linear.json")
    let forms = [
      ["convert", source, "-o", folder.path("a.pare")],
      ["convert", "--output", folder.path("b.pare"), source],
      ["convert", "--output=" + folder.path("c.pare"), "--", source],
      ["convert", "-o=" + folder.path("d.pare"), source],
    ]
    for form in forms { #expect(pare(form).status == 0, "\(form)") }
    for name in ["b.pare", "c.pare", "d.pare"] {
      #expect(try folder.bytes(name) == folder.bytes("a.pare"))
    }
  }

  @Test("Options that change nothing are said, and the model is written")
  func withoutEffect() throws {
    let folder = try TemporaryFolder()
    let run = pare(
      "convert", Package.source("mlp.json"), "-o", folder.path("m.pare"), "--affine", "--scale", "axis",
      "--convention", "onnx", "--rule", "nosuch*: keep")
    #expect(run.status == 0)
    #expect(
      run.errors == """
        warning: --affine has no effect: nothing is quantized to intN
        warning: --convention has no effect: nothing is quantized to intN
        warning: --scale has no effect: nothing is quantized to intN or pow2
        warning: no tensor matches the rule 'nosuch*'

        """)
  }
}
