import Foundation
import Testing

@Suite("Exit status")
struct ExitStatusTests {
  @Test("66 with the system's words when a file cannot be opened", arguments: ["inspect", "dump", "validate"])
  func cannotOpen(command: String) {
    let run = pare(command, "/nonexistent/model.pare")
    #expect(run.status == 66)
    #expect(run.errors == "/nonexistent/model.pare: error: No such file or directory\n")
  }

  @Test("66 when a source cannot be opened")
  func noSource() throws {
    let folder = try TemporaryFolder()
    let run = pare("convert", folder.path("none.json"), "-o", folder.path("x.pare"))
    #expect(run.status == 66)
    #expect(run.errors == "\(folder.path("none.json")): error: No such file or directory\n")
    #expect(try folder.names.isEmpty)
  }

  @Test("65 with place and expectation when a source is wrong")
  func badSource() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array("{\"w\": [[1, 2], [3]]}".utf8), to: "ragged.json")
    let run = pare("convert", source, "-o", folder.path("x.pare"))
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("\(source):1:"))
    #expect(try folder.names == ["ragged.json"])
  }

  @Test("65 with tensor, element and value when a weight cannot be quantized")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array("{\"w\": [[1, 2], [NaN, 4]]}".utf8), to: "nan.json")
    let run = pare("convert", source, "-o", folder.path("x.pare"), "--quantize", "int8")
    #expect(run.status == 65)
    #expect(run.errors.contains("w: element 2 is nan"), "\(run.errors)")
    #expect(pare("convert", source, "-o", folder.path("x.pare")).status == 0)
  }

  @Test(
    "65 with tensor, element and value when a tensor that is pruned has a weight that is not finite",
    arguments: ["1:2", "2:2", "sparsity=1", "sparsity=0", "model-sparsity=0.5", "threshold=0.5"],
    ["NaN", "Infinity", "-Infinity"])
  func pruneNotFinite(pruning: String, weight: String) throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(
      Array("{\"a\": [[1, 2]], \"w\": [[4, 3], [\(weight), 2]], \"v\": [NaN]}".utf8), to: "n.json")
    let run = pare("convert", source, "-o", folder.path("x.pare"), "--prune", pruning)
    #expect(run.status == 65)
    let value = ["NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"][weight] ?? ""
    #expect(
      run.errors == "\(source):1:22: error: w: element 2 is \(value): pruning needs finite weights\n", "\(run.errors)")
    #expect(try folder.names == ["n.json"])
    let kept = pare("convert", source, "-o", folder.path("x.pare"), "--prune", pruning, "--rule", "w: keep")
    #expect(kept.status == 0)
  }

  @Test("64 when an option does not fit a tensor")
  func axis() throws {
    let folder = try TemporaryFolder()
    let run = pare(
      "convert", Package.source("mlp.json"), "-o", folder.path("x.pare"), "--quantize", "int8", "--scale", "axis:5")
    #expect(run.status == 64)
    #expect(run.errors.contains("axis:5"))
    #expect(try folder.names.isEmpty)
  }

  @Test("65, the code and the tensor's name when a container is damaged; the rest is still checked")
  func damaged() throws {
    let folder = try TemporaryFolder()
    #expect(pare("convert", Package.source("linear.json"), "-o", folder.path("good.pare")).status == 0)
    var bytes = try folder.bytes("good.pare")
    bytes[bytes.count - 1] ^= 1
    let bad = try folder.write(bytes, to: "bad.pare")
    let good = folder.path("good.pare")
    let run = pare("validate", bad, good, "/nonexistent")
    #expect(run.status == 65)
    #expect(run.text == "\(good): OK, 2 tensors, \(bytes.count) bytes\n")
    // The last payload is one f16.
    let offset = String(bytes.count - 2, radix: 16)
    #expect(
      run.errors == """
        \(bad): error: tensor intercept: payload damaged: checksum differs, tensor 1 at byte 0x\(offset) [payloadChecksum]
        /nonexistent: error: No such file or directory

        """)
    for command in [["inspect", bad], ["compare", bad, Package.source("linear.json")]] {
      #expect(pare(command).status == 65)
    }
  }

  @Test("1 when an error is beyond the tolerance, 0 at it")
  func tolerance() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(Array("{\"w\": [[1, 0.25], [-0.5, 0.125], [2, 0]]}".utf8), to: "w.json")
    let model = folder.path("w.pare")
    #expect(pare("convert", source, "-o", model, "--prune", "threshold=0.25").status == 0)
    #expect(pare("compare", model, source).status == 0)
    #expect(pare("compare", model, source, "--tolerance", "0.25").status == 0)
    #expect(pare("compare", model, source, "--tolerance", "0.24").status == 1)
  }

  @Test("Closed standard output ends quietly as by SIGPIPE; a full disk is 73 with the system's words")
  func output() throws {
    let model = try #require(try Package.containers("valid").first { $0.lastPathComponent == "linear.pare" })
    for (number, status, words) in [
      (EPIPE, Int32(141), ""), (ENOSPC, 73, "<stdout>: error: No space left on device\n"),
    ] {
      let run = failing(["inspect", model.path], number)
      #expect(run.status == status)
      #expect(run.errors == words)
      let convert = failing(["convert", Package.source("linear.json"), "-o", "-"], number)
      #expect(convert.status == status)
    }
  }

  @Test("A container is not written to a terminal")
  func terminal() {
    let run = pare(["convert", Package.source("linear.json"), "-o", "-"], isTerminal: true)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
  }
}
