import Foundation
import Testing

@Suite("Transcripts")
struct TranscriptTests {
  /// What a command says about a model converted with these options.
  struct Session: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    var options: [String] = []
    var width = 80
    var testDescription: String { name }
  }

  static let sessions: [Session] = [
    .init(name: "linear", source: "linear.json"),
    .init(name: "mlp-int8-axis", source: "mlp.json", options: ["--quantize", "int8", "--scale", "axis"]),
    .init(
      name: "mlp-codebook-pruned", source: "mlp.json",
      options: ["--prune", "sparsity=0.95", "--quantize", "codebook:16", "--rule", "fc2.*: keep"]),
    .init(
      name: "mlp-narrow", source: "mlp.json", options: ["--quantize", "int4", "--scale", "group:8", "--affine"],
      width: 40),
    .init(name: "layers-f16", source: "layers.json", options: ["--quantize", "f16"]),
    .init(name: "csv-step", source: "mlp_csv", options: ["--quantize", "step:30dB"]),
    .init(
      name: "article", source: "article.json", options: ["--rule", "w: prune=threshold=0.5 quantize=pow2:8"]),
  ]

  @Test("convert, inspect, compare and dump say what they said", arguments: sessions)
  func session(_ session: Session) throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    let source = Package.source(session.source)
    var transcript = ""
    func add(_ command: String, _ run: CommandRun) {
      transcript += "$ pare \(command)\n\(run.text)\(run.errors)"
      if run.status != 0 { transcript += "exit status \(run.status)\n" }
      transcript += "\n"
    }
    add(
      (["convert", session.source, "-o", "m.pare"] + session.options).joined(separator: " "),
      pare(["convert", source, "-o", model] + session.options, width: session.width))
    // The first lines name the file, whose path differs between machines.
    let inspect = pare(["inspect", model], width: session.width)
    let body = inspect.text.range(of: "\n\n").map { String(inspect.text[$0.upperBound...]) } ?? ""
    add("inspect m.pare", CommandRun(status: inspect.status, output: Array(body.utf8), errors: inspect.errors))
    add("compare m.pare \(session.source)", pare(["compare", model, source], width: session.width))
    add("dump m.pare", pare(["dump", model], width: session.width))
    try expectGolden(transcript, session.name)
  }

  @Test("inspect and dump say of a model what they said", arguments: ["audio", "gru"])
  func model(_ name: String) throws {
    let path = Package.root.appending(path: "Fixtures/valid/model-\(name).pare").path
    let inspect = pare(["inspect", path], width: 100).text
    let body = inspect.range(of: "\noperation").map { String(inspect[$0.lowerBound...].dropFirst()) } ?? ""
    let dump = pare(["dump", path], width: 100).text
    let section = dump.range(of: "-- section model").flatMap { start in
      dump.range(of: "-- payload").map { String(dump[start.lowerBound..<$0.lowerBound]) }
    }
    try expectGolden("\(body)\n\(section ?? "")", "model-\(name)")
  }

  @Test("inspect --json states a model as data")
  func modelJSON() throws {
    struct Answer: Decodable {
      struct Model: Decodable {
        struct Port: Decodable { let name: String, value: Int, shape: [Int] }
        struct Step: Decodable {
          let kind: String, value: Int, inputs: [Int], tensors: [String: String?], attributes: [String: Double]
          let shape: [Int], burst: Int
        }
        let stateCount: Int, scratchCount: Int, inputs: [Port], operations: [Step], outputs: [Port]
        let facts: [String: String]
      }
      let model: Model?
    }
    func answer(_ file: String) throws -> Answer.Model? {
      let path = Package.root.appending(path: "Fixtures/valid/\(file).pare").path
      return try JSONDecoder().decode(Answer.self, from: Data(pare("inspect", path, "--json").text.utf8)).model
    }
    #expect(try answer("article") == nil)
    let model = try #require(try answer("model-audio"))
    #expect(model.stateCount == 52 && model.scratchCount == 36)
    #expect(model.facts == ["model": "stack", "sampleRate": "48000"])
    #expect(model.inputs.map(\.name) == ["in"] && model.outputs.map(\.value) == [10])
    let step = model.operations[4]
    #expect(step.kind == "conv1d" && step.value == 5 && step.inputs == [4] && step.shape == [4])
    #expect(step.tensors == ["weight": "c1", "bias": "c1.b"])
    #expect(step.attributes == ["stride": 1, "dilation": 2, "groups": 1, "padding": 0])
    #expect(model.operations[7].burst == 2 && model.operations[7].tensors["bias"] == .some(nil))
  }

  @Test("The article's example becomes the container that the spec works out byte by byte")
  func article() throws {
    let folder = try TemporaryFolder()
    let options = ["--rule", "w: prune=threshold=0.5 quantize=pow2:8"]
    #expect(pare(["convert", Package.source("article.json"), "-o", folder.path("m.pare")] + options).status == 0)
    let fixture = try Data(contentsOf: Package.root.appending(path: "Fixtures/valid/article.pare"))
    #expect(try folder.bytes("m.pare") == [UInt8](fixture))
  }

  @Test("inspect begins with the file, its format and its size")
  func firstLine() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    #expect(pare("convert", Package.source("linear.json"), "-o", model, "--align", "16").status == 0)
    let size = try folder.bytes("m.pare").count
    let first = pare(["inspect", model], width: 1000).text.prefix { $0 != "\n" }
    #expect(first == "\(model): Pare container, format 0.3, \(size) bytes, 2 tensors, alignment 16")
  }

  @Test("A model converted without loss is called identical")
  func identical() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    let source = Package.source("mlp.json")
    #expect(pare("convert", source, "-o", model).status == 0)
    #expect(pare("compare", model, source).text.hasSuffix("identical: every weight of 4 tensors, bit for bit\n"))
  }

  @Test("NaN on both sides is equal, whatever its bits; NaN on one side is not")
  func notANumber() throws {
    let folder = try TemporaryFolder()
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padding(
      toLength: 117, withPad: " ", startingAt: 0)
    let array = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array((header + "\n").utf8)
    // -NaN with a payload, and 1.
    let source = try folder.write(array + [1, 2, 0xC0, 0xFF, 0, 0, 0x80, 0x3F], to: "w.npy")
    for options in [[], ["--quantize", "bf16", "--no-provenance"]] {
      let model = folder.path("m.pare")
      #expect(pare(["convert", source, "-o", model, "--force"] + options).status == 0)
      let other = try folder.write(Array("{\"w\": [[NaN, 1]]}".utf8), to: "w.json")
      let run = pare("compare", model, other, "--tolerance", "0")
      #expect(run.status == 0, "\(run.text)")
      let wrong = try folder.write(Array("{\"w\": [[NaN, NaN]]}".utf8), to: "wrong.json")
      #expect(pare("compare", model, wrong).status == 1)
    }
  }

  @Test("Tensors whose coding promises no bound are counted beside those whose bound holds")
  func bounds() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(
      Array(#"{"a": [[1, 0.3], [0.21, -0.6]], "b": [[1, 0.3], [0.21, -0.6]], "c": [[1, 0.3], [0.21, -0.6]]}"#.utf8),
      to: "m.json")
    let model = folder.path("m.pare")
    func last(_ rules: String...) -> Substring? {
      let options = rules.flatMap { ["--rule", $0] }
      #expect(pare(["convert", source, "-o", model, "--force"] + options).status == 0)
      return pare(["compare", model, source], width: 200).text.split(separator: "\n").last
    }
    #expect(last("a: quantize=int8") == "each weight that was not dropped is within its promised bound")
    #expect(
      last("a: quantize=int8", "b: quantize=int1")
        == "each weight that was not dropped is within its promised bound; 1 tensor promises none")
    #expect(
      last("a: quantize=int8", "[bc]: quantize=int1")
        == "each weight that was not dropped is within its promised bound; 2 tensors promise none")
    #expect(last("[bc]: quantize=int1") == "no bound is promised for 2 tensors")
  }

  @Test("Names that differ in their bytes only are different names")
  func canonicalEquivalents() throws {
    let folder = try TemporaryFolder()
    let source = try folder.write(
      Array("{\"e\u{301}\": [1], \"\u{E9}\": [2], \"state_dict\": {\"e\u{301}.w\": [3], \"\u{E9}.w\": [4]}}".utf8),
      to: "m.json")
    let model = folder.path("m.pare")
    #expect(pare("convert", source, "-o", model).status == 0)
    let run = pare("compare", model, source)
    #expect(run.status == 0)
    #expect(run.text.hasSuffix("identical: every weight of 4 tensors, bit for bit\n"))
    #expect(
      pare("export", model, "--to", "json", "-o", "-").text.utf8.elementsEqual(
        "{\"e\u{301}\": [1.0], \"\u{E9}\": [2.0], \"state_dict\": {\"e\u{301}.w\": [3.0], \"\u{E9}.w\": [4.0]}}\n".utf8)
    )
    #expect(pare("export", model, "--to", "npz", "-o", folder.path("m.npz")).errors.isEmpty)
    #expect(pare("compare", model, folder.path("m.npz")).status == 0)
  }

  @Test("Missing and extra tensors and other shapes are a negative answer, each with a sentence")
  func differences() throws {
    let folder = try TemporaryFolder()
    let old = try folder.write(Array(#"{"a": [1, 2], "b": [3], "c": [[1]]}"#.utf8), to: "old.json")
    let new = try folder.write(Array(#"{"a": [1, 2, 3], "b": [3], "d": [[1]]}"#.utf8), to: "new.json")
    let model = folder.path("m.pare")
    #expect(pare("convert", old, "-o", model).status == 0)
    let run = pare("compare", model, new)
    #expect(run.status == 1)
    #expect(run.text.contains("  the shapes differ: 2, in the source 3\n"))
    #expect(run.text.contains("missing: d is not in the container\n"))
    #expect(run.text.contains("extra: c is not in the source\n"))
  }

  @Test("Another source than the one converted is a negative answer")
  func otherSource() throws {
    let folder = try TemporaryFolder()
    let old = try folder.write(Array(#"{"a": [[1, 0.3], [0.21, -0.6]]}"#.utf8), to: "old.json")
    let new = try folder.write(Array(#"{"a": [[1, 0.3], [0.21, -0.7]]}"#.utf8), to: "new.json")
    let model = folder.path("m.pare")
    #expect(pare("convert", old, "-o", model, "--quantize", "int8").status == 0)
    #expect(pare("compare", model, old).status == 0)
    let run = pare("compare", model, new, width: 200)
    #expect(run.status == 1)
    #expect(run.text.contains("not the source it was made from"))
    #expect(run.text.contains("1 weight beyond the promised bound, element 3 first"))
  }
}
