import Foundation
import Testing

@Suite("Published models")
struct PublishedModelTests {
  static let lenet = Package.published("mnist/lenet300_pruned.json")

  @Test(
    "LeNet-300-100, 92 % pruned: int8 with a scale per row takes at most 42 000 bytes, each weight within its bound",
    .enabled(if: lenet != nil, "the collection of published models is absent"))
  func int8PerRow() throws {
    let source = try #require(Self.lenet)
    let folder = try TemporaryFolder()
    let model = folder.path("l.pare")
    #expect(pare("convert", source, "-o", model, "--quantize", "int8", "--scale", "axis").status == 0)
    #expect(try folder.bytes("l.pare").count <= 42_000)
    let run = pare("compare", model, source, "--json")
    #expect(run.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
    let tensors = try #require(object?["tensors"] as? [[String: Any]])
    #expect(tensors.count == 6)
    #expect(tensors.allSatisfy { $0["bound"] as? String == "holds" })
  }
}
