import Foundation
import Testing

/// What a layer gives for an input, as `make_expected.py` computed it.
struct LayerCase: Decodable, CustomTestStringConvertible, Sendable {
  let layer: String
  let options: [String: Double]
  let inputs: [String: [Double]]
  let output: [Double]

  static func all() throws -> [LayerCase] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "expected.json")
    return try JSONDecoder().decode([LayerCase].self, from: Data(contentsOf: file))
  }

  static func named(_ names: String...) throws -> [LayerCase] {
    let found = try all().filter { names.contains($0.layer) }
    try #require(!found.isEmpty)
    return found
  }

  func input(_ name: String) throws -> [Float] { try #require(inputs[name]).map { Float($0) } }

  func option(_ name: String) throws -> Int { Int(try #require(options[name])) }

  var testDescription: String { "\(layer) \(options)" }

  /// Expects that `found` is the output, up to an error that some roundings of f32 explain.
  func expect(_ found: [Float], tolerance: Double = 1e-6) {
    #expect(found.count == output.count, "\(layer)")
    for (index, (value, expected)) in zip(found, output).enumerated() {
      #expect(
        abs(Double(value) - expected) <= tolerance * max(1, abs(expected)), "\(testDescription) element \(index)")
    }
  }
}
