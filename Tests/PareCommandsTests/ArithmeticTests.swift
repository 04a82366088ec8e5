import Foundation
import Testing

@Suite("Arithmetic of a run")
struct ArithmeticTests {
  /// A container of two layers, and a table of five frames for it.
  private func files(_ folder: TemporaryFolder, _ options: [String]) throws -> (model: String, inputs: String) {
    let model = folder.path("m.pare")
    let converted = pare(["convert", Package.source("mlp.json"), "-o", model, "--layers", "fc1 relu fc2"] + options)
    try #require(converted.status == 0, "\(converted.errors)")
    let rows = (0..<5).map { row in
      (0..<32).map { "\(Double((row * 32 + $0) * 7919 % 2001 - 1000) / 1000)" }.joined(separator: ",")
    }
    let inputs = folder.path("x.csv")
    try rows.joined(separator: "\n").write(toFile: inputs, atomically: true, encoding: .utf8)
    return (model, inputs)
  }

  private func outputs(_ files: (model: String, inputs: String), _ options: [String]) throws -> [Double] {
    let run = pare(["run", files.model, "--inputs", files.inputs] + options)
    try #require(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    return run.text.split { $0 == "\n" || $0 == "," }.map { Double($0) ?? .nan }
  }

  @Test("Integers come close to floats, 16 bits closer than 8")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let files = try files(folder, ["--quantize", "int8", "--scale", "axis"])
    let floats = try outputs(files, [])
    #expect(try outputs(files, ["--arithmetic", "float"]) == floats)
    func error(_ arithmetic: String) throws -> Double {
      zip(try outputs(files, ["--arithmetic", arithmetic]), floats).map { abs($0 - $1) }.max() ?? .nan
    }
    let size = floats.map { abs($0) }.max() ?? 0
    let (int8, int16) = (try error("int8"), try error("int16"))
    #expect(int8 > 0 && int8 < size / 50 && int16 > 0 && int16 < int8 / 50, "\(int8) \(int16) of \(size)")
  }

  @Test(
    "A model without integers says so, and runs in floats",
    arguments: [[], ["--quantize", "int8", "--scale", "group:8"]])
  func withoutIntegers(options: [String]) throws {
    let folder = try TemporaryFolder()
    let files = try files(folder, options)
    let run = pare("run", files.model, "--inputs", files.inputs, "--arithmetic", "int8", "--time")
    #expect(run.errors.hasSuffix(" a frame\n"))
    #expect(run.status == 0 && run.errors.contains("note: no matrix has integers of at most 8 bits"))
    #expect(run.text == pare("run", files.model, "--inputs", files.inputs).text)
  }

  @Test("compare tells what integers cost, and needs inputs for that")
  func compare() throws {
    let folder = try TemporaryFolder()
    let files = try files(folder, ["--quantize", "int8", "--scale", "axis"])
    let source = Package.source("mlp.json")
    func error(_ arithmetic: String) throws -> Double {
      struct Answer: Decodable {
        struct Outputs: Decodable {
          struct Side: Decodable { let rmsError: Double? }
          let arithmetic: String
          let model: Side
        }
        let outputs: Outputs
      }
      let run = pare("compare", files.model, source, "--inputs", files.inputs, "--arithmetic", arithmetic, "--json")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(run.output))
      #expect(run.status == 0 && answer.outputs.arithmetic == arithmetic)
      return try #require(answer.outputs.model.rmsError)
    }
    #expect(try error("int8") > error("float"))
    let text = pare(
      ["compare", files.model, source, "--inputs", files.inputs, "--arithmetic", "int16"], width: 200
    ).text
    #expect(text.contains("the model's in int16"))
    #expect(pare("compare", files.model, source, "--arithmetic", "int8").status == 64)
  }

  @Test("Other words are refused")
  func words() throws {
    let folder = try TemporaryFolder()
    let files = try files(folder, [])
    let run = pare("run", files.model, "--inputs", files.inputs, "--arithmetic", "int4")
    #expect(run.status == 64)
    #expect(run.errors.contains("The value 'int4' is invalid for '--arithmetic <kind>': it is float, int8 or int16"))
  }
}
