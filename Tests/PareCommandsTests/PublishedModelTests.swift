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

  /// The largest share of the file in place that the compact one may take, with int8 for the tensor.
  static let shares = [
    ("guitarml/lstm8_ts9_pytorch.json", 0.97), ("linear/digits_logistic.json", 0.92),
    ("nam/wavenet_a1_standard.nam", 0.96),
  ]

  @Test(
    "Small models: the compact file is smaller than the one in place by what their codes allow",
    .enabled(if: lenet != nil, "the collection of published models is absent"), arguments: shares)
  func compactShare(model: String, limit: Double) throws {
    var source = try #require(Package.published(model))
    let folder = try TemporaryFolder()
    if model.hasSuffix(".nam") {
      // Its flat list as one tensor.
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: source))) as? [String: Any]
      let list = try JSONSerialization.data(withJSONObject: ["weights": try #require(object?["weights"])])
      try list.write(to: URL(filePath: folder.path("list.json")))
      source = folder.path("list.json")
    }
    for profile in ["in-place", "compact"] {
      let options = ["--rule", "*: quantize=int8", "--profile", profile]
      #expect(pare(["convert", source, "-o", folder.path(profile)] + options).status == 0)
    }
    let (inPlace, compact) = (try folder.bytes("in-place").count, try folder.bytes("compact").count)
    #expect(Double(compact) <= limit * Double(inPlace), "\(compact) of \(inPlace)")
  }

  @Test(
    "No published model is larger in the compact profile than in place, as floats or as int8",
    .enabled(if: lenet != nil, "the collection of published models is absent"),
    arguments: [
      "guitarml/gru4_ts9_pytorch.json", "guitarml/lstm4_ts9_pytorch.json", "linear/diabetes_linear.json",
      "linear/iris_logistic.json", "nam/lstm.nam", "nam/linear_rf64.nam", "rtneural/models/conv.json",
      "rtneural/models/conv2d.json", "rtneural/models/dense.json", "rtneural/models/lstm_torch.json",
    ])
  func compactIsNeverLarger(model: String) throws {
    let source = try #require(Package.published(model))
    let folder = try TemporaryFolder()
    for options in [[], ["--quantize", "int8", "--rule", "*: quantize=int8"]] {
      for profile in ["in-place", "compact"] {
        let convert = ["convert", source, "-o", folder.path(profile), "--profile", profile, "--force"]
        #expect(pare(convert + options).status == 0)
      }
      #expect(try folder.bytes("compact").count <= folder.bytes("in-place").count)
    }
  }
}
