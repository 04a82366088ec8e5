import Foundation
import Testing

@Suite("convert folds batch normalizations")
struct FoldTests {
  private static let layers = "conv bn relu fc"

  /// A small state_dict with a normalization, as JSON, and inputs.
  private func write(_ folder: TemporaryFolder) throws -> (source: String, inputs: String) {
    var state: UInt64 = 5
    func value() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Float(Double(Int(state >> 40)) / 0x1p23 - 1))
    }
    func list(_ count: Int, _ make: () -> String) -> String {
      "[" + (0..<count).map { _ in make() }.joined(separator: ", ") + "]"
    }
    func vector(_ count: Int, _ offset: Double = 0) -> String { list(count) { "\(value() + offset)" } }
    let json = """
      {"conv.weight": \(list(8) { list(2) { vector(5) } }), "conv.bias": \(vector(8)), "bn.weight": \(vector(8, 2)),
      "bn.bias": \(vector(8)), "bn.running_mean": \(vector(8)), "bn.running_var": \(vector(8, 1.5)),
      "bn.num_batches_tracked": 100, "fc.weight": \(list(3) { vector(8) }), "fc.bias": \(vector(3))}
      """
    let inputs = (0..<40).map { _ in "\(value()),\(value())" }.joined(separator: "\n") + "\n"
    return (try folder.write(Array(json.utf8), to: "m.json"), try folder.write(Array(inputs.utf8), to: "x.csv"))
  }

  private func outputs(_ path: String, _ inputs: String) -> [Double] {
    pare("run", path, "--inputs", inputs).text.split { $0 == "," || $0 == "\n" }.compactMap { Double($0) }
  }

  @Test("Quantized weights take the normalization in: the outputs are as near to the source's as without folding")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let (source, inputs) = try write(folder)
    for (name, options) in [
      ("float", []), ("folded", ["--quantize", "int16"]), ("kept", ["--quantize", "int16", "--no-fold"]),
    ] {
      let run = pare(["convert", source, "-o", folder.path(name), "--layers", Self.layers] + options)
      #expect(run.status == 0, "\(run.errors)")
      let words = run.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
      #expect(words.contains("1 batch normalization folded into weights") == (name == "folded"))
      #expect(pare("inspect", folder.path(name)).text.contains("batchNorm") == (name != "folded"))
    }
    let exact = outputs(folder.path("float"), inputs)
    #expect(exact.count == 3 * 36)
    let largest = exact.map(\.magnitude).max() ?? 0
    for name in ["folded", "kept"] {
      let error = zip(outputs(folder.path(name), inputs), exact).map { ($0 - $1).magnitude }.max() ?? 1
      #expect(error < 1e-4 * largest, "\(name): \(error) of \(largest)")
    }
  }

  @Test("compare holds the folded container against its source; another source does not hold")
  func compared() throws {
    let folder = try TemporaryFolder()
    let (source, inputs) = try write(folder)
    let model = folder.path("m.pare")
    let convert = ["convert", source, "-o", model, "--layers", Self.layers, "--force"]
    for options in [["--quantize", "int8", "--scale", "axis"], ["--prune", "sparsity=0.5"], ["--budget", "900B"]] {
      #expect(pare(convert + options).status == 0)
      let run = pare("compare", model, source, "--inputs", inputs, "--min-snr", "5")
      #expect(run.status == 0, "\(run.text)\(run.errors)")
      #expect(run.text.contains("bn.folded_bias"))
    }
    let changed = try String(contentsOfFile: source, encoding: .utf8).replacing(
      "\"bn.weight\": [", with: "\"bn.weight\": [1")
    let other = try folder.write(Array(changed.utf8), to: "other.json")
    let run = pare("compare", model, other)
    #expect(run.status == 1 && run.text.contains("not the source it was made from"), "\(run.text)")
  }

  @Test("export gives the source's tensors: vectors bit for bit, weights within the step of their codes, repacked too")
  func exported() throws {
    let folder = try TemporaryFolder()
    let (source, _) = try write(folder)
    typealias Tensors = [String: [Double]]
    func flat(_ value: Any) -> [Double] {
      (value as? [Any])?.flatMap(flat) ?? (value as? NSNumber).map { [$0.doubleValue] } ?? []
    }
    func tensors(_ path: String) throws -> Tensors {
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
      return try #require(object as? [String: Any]).mapValues(flat)
    }
    let wanted = try tensors(source)
    let model = folder.path("m.pare")
    #expect(
      pare("convert", source, "-o", model, "--layers", Self.layers, "--quantize", "int8", "--scale", "axis").status == 0
    )
    #expect(pare("repack", model, "-o", folder.path("p.pare"), "--profile", "in-place").status == 0)
    for path in [model, folder.path("p.pare")] {
      let out = folder.path("out.json")
      #expect(pare("export", path, "--to", "json", "-o", out, "--force").status == 0)
      let found = try tensors(out)
      #expect(Set(found.keys) == Set(wanted.keys))
      for (name, values) in wanted {
        let restored = try #require(found[name])
        #expect(restored.count == values.count)
        guard name.hasSuffix(".weight"), name != "bn.weight" else {
          #expect(zip(restored, values).allSatisfy { Float($0) == Float($1) }, "\(name)")
          continue
        }
        // A row's largest weight has code 127, whatever the row was multiplied with.
        let rowCount = name == "fc.weight" ? 8 : 10
        for row in stride(from: 0, to: values.count, by: rowCount) {
          let largest = values[row..<row + rowCount].map(\.magnitude).max() ?? 0
          for index in row..<row + rowCount {
            #expect((restored[index] - values[index]).magnitude <= largest * (1 / 254 + 0x1p-21), "\(name) \(index)")
          }
        }
      }
      for format in ["npz", "f32"] {
        #expect(pare("export", path, "--to", format, "-o", folder.path("out.\(format)"), "--force").status == 0)
      }
      // The number of batches is no tensor.
      let count = wanted.values.reduce(0) { $0 + $1.count } - 1
      #expect(try folder.bytes("out.f32").count == 4 * count)
    }
  }

  @Test("Weights that keep their floats keep the normalization: the round trip is bit for bit")
  func lossless() throws {
    let folder = try TemporaryFolder()
    let (source, _) = try write(folder)
    let model = folder.path("m.pare")
    #expect(pare("convert", source, "-o", model, "--layers", Self.layers).status == 0)
    #expect(pare("compare", model, source).text.contains("identical"))
    #expect(pare("export", model, "--to", "json", "-o", folder.path("out.json")).status == 0)
    #expect(pare("compare", model, folder.path("out.json")).text.contains("identical"))
    // A rule that keeps the convolution keeps its normalization as well.
    let kept = pare(
      "convert", source, "-o", model, "--layers", Self.layers, "--quantize", "int8", "--rule", "conv.*: keep", "--force"
    )
    #expect(kept.status == 0 && !kept.text.contains("folded"))
  }
}
