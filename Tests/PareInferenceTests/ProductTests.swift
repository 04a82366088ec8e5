import Foundation
import Pare
import PareEncode
import PareFormat
import PareInference
import Testing

@Suite("Products: every form of a tensor gives the bits of the normative order")
struct ProductTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/valid")

  static func fixtureNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: fixtures.path).filter { $0.hasSuffix(".pare") }.sorted()
  }

  @Test("Every tensor of every valid fixture: all element and position codings", arguments: try fixtureNames())
  func fixtureProducts(name: String) throws {
    let model = try Model(path: Self.fixtures.appending(path: name).path)
    for index in model.records.indices {
      let tensor = try model.tensor(at: index).tensor
      // Large ones are there for their sizes, not for their codings.
      guard max(tensor.shape.elementCount, tensor.shape.rows) <= 1 << 16 else { continue }
      checkProducts(tensor, model.bytes, seed: UInt64(index), "\(name) tensor \(index) \(tensor.encoding)")
    }
  }

  @Test("Random matrices of odd sizes, in place and compact", arguments: 0..<300)
  func randomProducts(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) + 1000)
    let encoded = try RandomMatrix.make(&random)
    for tensor in encoded {
      let model = try Model(bytes: containerBytes(tensor))
      checkProducts(
        try model.tensor(at: 0).tensor, model.bytes, seed: UInt64(seed), "\(seed) \(tensor.shape) \(tensor.encoding)")
    }
    // The two profiles hold the same content, and multiply alike.
    guard encoded.count == 2 else { return }
    let x = random.floats(encoded[0].shape.rowElementCount)
    let outputs = try encoded.map { encoded -> [UInt32] in
      let model = try Model(bytes: containerBytes(encoded))
      let matrix = StoredMatrix(try model.tensor(at: 0).tensor)
      var y = [Float](repeating: 0, count: matrix.rowCount)
      var output = y.mutableSpan
      matrix.multiply(
        rows: 0..<matrix.rowCount, model.bytes, x.span, FrameLayout(frameStride: x.count), frames: 1, bias: Span(),
        into: &output, FrameLayout(frameStride: matrix.rowCount))
      return bits(y)
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test("A sum of integers becomes the nearest float, ties to even")
  func exactSums() {
    var random = SplitMix(state: 5)
    for _ in 0..<2000 {
      let count = 1 + random.below(300)
      // Rows of one code: 127 or -128 times integers near the limits and near 0.
      var sum = ExactSumProbe()
      for _ in 0..<count {
        let magnitude = 1 << random.below(31)
        sum.add(Int32(truncatingIfNeeded: Int(random.next() >> 40) % magnitude - magnitude / (1 + random.below(3))))
      }
      #expect(sum.float == Float(sum.exact), "\(sum.exact)")
    }
  }
}
