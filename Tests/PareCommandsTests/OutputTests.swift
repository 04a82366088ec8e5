import Foundation
import Testing

@testable import PareCommands

@Suite("Output")
struct OutputTests {
  @Test("inspect fits every width on every valid fixture, and says nothing a terminal would obey")
  func widths() throws {
    for url in try Package.containers("valid") {
      for width in [20, 33, 60, 80] {
        let run = pare(["inspect", url.path], width: width, isTerminal: true)
        #expect(run.status == 0)
        for line in run.text.split(separator: "\n") {
          // A word that is longer than a line stands alone on it.
          let words = line.split(separator: " ")
          #expect(columns(of: String(line)) <= width || words.count <= 2, "\(url.lastPathComponent) \(width): \(line)")
        }
        #expect(run.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
      }
    }
  }

  @Test("--json is JSON on every valid and invalid fixture, with numbers as numbers")
  func json() throws {
    for url in try Package.containers("valid") {
      let run = pare("inspect", url.path, "--json")
      #expect(run.status == 0)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
      let size = try #require(object["byteCount"] as? Int)
      #expect(try Data(contentsOf: url).count == size)
      let tensors = try #require(object["tensors"] as? [[String: Any]])
      for tensor in tensors {
        #expect(
          Set(tensor.keys).isSuperset(of: ["name", "shape", "encoding", "density", "nnz", "byteCount", "maxAbsError"]))
      }
    }
    let paths = try Package.containers("invalid").map(\.path)
    let run = pare(["validate", "--json"] + paths)
    #expect(run.status == 65)
    let answers = try #require(try JSONSerialization.jsonObject(with: Data(run.output)) as? [[String: Any]])
    #expect(answers.count == paths.count)
    for answer in answers {
      // What only a 32-bit reader refuses may be valid here.
      let isValid = answer["valid"] as? Bool == true
      #expect(!isValid || (answer["path"] as? String)?.contains("/largeUnsupported") == true)
      #expect(isValid || (answer["code"] is Int && answer["offset"] is Int))
    }
  }

  @Test("The encoding chosen by convert is the cheapest of those that inspect lists")
  func alternatives() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("m.pare")
    for options in [["--quantize", "int8"], ["--quantize", "codebook:16"], ["--prune", "sparsity=0.9"]] {
      #expect(pare(["convert", Package.source("mlp.json"), "-o", model, "--force"] + options).status == 0)
      let object = try JSONSerialization.jsonObject(with: Data(pare("inspect", model, "--json").output))
      let tensors = try #require((object as? [String: Any])?["tensors"] as? [[String: Any]])
      for tensor in tensors {
        let alternatives = try #require(tensor["alternatives"] as? [[String: Any]])
        let costs = alternatives.compactMap { $0["byteCount"] as? Int }
        #expect(costs.dropFirst() == costs.dropFirst().sorted()[...])
        #expect(costs[0] < (costs.min() ?? 0) + 7)
        let words = (tensor["encoding"] as? [String: Any])?["words"] as? String
        #expect((alternatives.first?["encoding"] as? [String: Any])?["words"] as? String == words)
      }
    }
  }

  @Test("Numbers: fixed and significant digits, without a C library's locale")
  func numbers() {
    #expect(fixed(1.25, 1) == "1.2")
    #expect(fixed(-0.04, 1) == "0.0")
    #expect(fixed(-12.5, 2) == "-12.50")
    #expect(fixed(0.05, 2) == "0.05")
    #expect(fixed(.infinity, 2) == "inf")
    for (value, text) in [
      (0.0, "0"), (1, "1.00"), (0.00123456, "0.00123"), (999.6, "1000"), (0.09996, "0.100"), (123456, "123456"),
      (1.5e-7, "1.50e-07"), (9.996e-8, "1.00e-07"), (-2.5e20, "-2.50e+20"), (1e-45, "1.00e-45"),
    ] { #expect(significant(value) == text) }
  }

  @Test("Names are shortened in the middle, by columns, and characters a terminal obeys are written out")
  func names() {
    #expect(shortened("encoder.layer.10.weight", to: 12) == "encod...ight")
    #expect(shortened("weight", to: 6) == "weight")
    #expect(columns(of: "重み") == 4)
    #expect(columns(of: shortened("重み重み重み重み", to: 9)) <= 9)
    #expect(printable("a\u{1B}[31mb\u{202E}c") == "a\\u{1B}[31mb\\u{202E}c")
  }

  @Test(
    "Where the answer is no terminal's, names are whole; on one, names shortened to the same stand below their rows")
  func longNames() throws {
    let folder = try TemporaryFolder()
    let names = ["5", "6"].map { "encoder.layers.\($0).self_attention.output_projection.dense.weight" }
    let source = try folder.write(
      Array("{\"\(names[0])\": [[1, 2]], \"\(names[1])\": [[3, 4]], \"b\": [1]}".utf8), to: "m.json")
    let model = folder.path("m.pare")
    let options: [[String]] = [
      ["convert", source, "-o", model, "--force"], ["inspect", model], ["compare", model, source],
    ]
    for arguments in options {
      let piped = pare(arguments)
      #expect(piped.status == 0)
      let first = piped.text.split(separator: "\n").map { $0.prefix { $0 != " " } }
      for name in names { #expect(first.contains(name[...]), "\(piped.text)") }
      let shown = pare(arguments, isTerminal: true).text.split(separator: "\n")
      for name in names { #expect(shown.count { $0 == "  " + name } == 1, "\(shown)") }
      #expect(shown.allSatisfy { $0.count <= 80 || $0.hasPrefix(folder.url.path) })
    }
    let alone = try folder.write(Array("{\"\(names[0])\": [[1, 2]]}".utf8), to: "alone.json")
    #expect(!pare(["convert", alone, "-o", model, "--force"], isTerminal: true).text.contains(names[0]))
  }

  @Test("Text in JSON is escaped, and numbers that JSON lacks are null")
  func jsonText() {
    #expect(JSONValue.string("a\"\\\n\u{7}é").text == "\"a\\\"\\\\\\n\\u0007é\"\n")
    #expect(
      JSONValue.array([.float(.nan), .double(.infinity), .float(0.1), .integer(-3)]).text == "[null, null, 0.1, -3]\n")
    #expect(JSONValue.object([]).text == "{}\n")
  }
}
