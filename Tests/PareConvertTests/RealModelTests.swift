import PareEncode
import Testing

@testable import PareConvert

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Models that other projects published, beside the package or where PARE_DATA says; not part of the project.
enum PublishedData {
  static let folder: String? = {
    // The environment is read once, before anything could change it.
    if let variable = unsafe getenv("PARE_DATA") { return unsafe String(cString: variable) }
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let beside = "/" + package.split(separator: "/").dropLast().joined(separator: "/") + "/shared/data"
    return unsafe access(beside + "/README.md", R_OK) == 0 ? beside : nil
  }()

  static let absent: Comment = "published models are not here; set PARE_DATA to their folder"
}

@Suite("Published models", .enabled(if: PublishedData.folder != nil, PublishedData.absent))
struct RealModelTests {
  private func path(_ name: String) -> String { (PublishedData.folder ?? "") + "/" + name }

  @Test(
    "all of them convert, and their JSON export reads back to the same tensors",
    arguments: [
      ("rtneural/models/conv.json", 18, 218), ("rtneural/models/conv1d_torch.json", 2, 72),
      ("rtneural/models/conv1d_torch_group_6_3_3_1_3.json", 2, 21),
      ("rtneural/models/conv1d_torch_stride_3.json", 2, 72),
      ("rtneural/models/conv2d.json", 12, 162), ("rtneural/models/convtranspose1d_torch.json", 2, 315),
      ("rtneural/models/dense.json", 13, 321), ("rtneural/models/gru_1d.json", 7, 345),
      ("rtneural/models/lstm_1d.json", 5, 329), ("rtneural/models/lstm_torch.json", 18, 2089),
      ("guitarml/gru4_ts9_pytorch.json", 6, 89), ("guitarml/lstm4_ts9_pytorch.json", 6, 117),
      ("guitarml/lstm8_ts9_pytorch.json", 6, 361), ("nam/convnet_nobn.nam", 18, 2149),
      ("nam/linear_rf64.nam", 2, 65), ("nam/lstm.nam", 5, 70), ("nam/slimmable_wavenet.nam", 53, 457),
      ("nam/wavenet.nam", 21, 131), ("nam/wavenet_a1_standard.nam", 106, 13802), ("linear/diabetes_linear.json", 2, 11),
      ("linear/digits_logistic.json", 2, 650), ("linear/iris_logistic.json", 2, 15),
      ("mnist/lenet300.json", 6, 266_610),
      ("mnist/lenet300_pruned.json", 6, 266_610), ("mnist/lenet300_pruned_csv", 6, 266_610),
      ("embeddings/tokens_400x384_glove.txt", 1, 153_600), ("linear/digits_logistic_coef.csv", 1, 640),
      ("linear/diabetes_linear_intercept.csv", 1, 1),
    ])
  func converts(_ name: String, _ tensors: Int, _ values: Int) throws {
    let model = try readModel([path(name)])
    #expect(model.tensors.count == tensors)
    #expect(model.tensors.reduce(0) { $0 + $1.values.count } == values)
    if model.kind == .json {
      #expect(try readBytes(try model.exported(.json), as: "m.json").bits == model.bits)
    } else {
      for (index, file) in try model.exportedFiles(.csv).enumerated() {
        #expect(try readBytes(file.bytes, as: file.name).bits == [model.bits[index]])
      }
    }
  }

  @Test(
    "those whose source says what their layers are have a graph",
    arguments: [
      (["rtneural/models/conv.json"], "14 operations, input [1], output [1]; state 192 bytes"),
      (["rtneural/models/conv2d.json"], "6 operations, input [23, 1], output [8, 1]; state 1928 bytes"),
      (["rtneural/models/dense.json"], "12 operations, input [1], output [1]; state 0 bytes"),
      (["rtneural/models/gru_1d.json"], "4 operations, input [1], output [1]; state 32 bytes"),
      (["rtneural/models/lstm_1d.json"], "2 operations, input [1], output [1]; state 64 bytes"),
      (["guitarml/gru4_ts9_pytorch.json"], "2 operations, input [1], output [1]; state 16 bytes"),
      (["guitarml/lstm4_ts9_pytorch.json"], "2 operations, input [1], output [1]; state 32 bytes"),
      (["guitarml/lstm8_ts9_pytorch.json"], "2 operations, input [1], output [1]; state 64 bytes"),
      (["nam/convnet_nobn.nam"], "17 operations, input [1], output [1]; state 1800 bytes"),
      (["nam/linear_rf64.nam"], "1 operation, input [1], output [1]; state 264 bytes"),
      (["nam/lstm.nam"], "2 operations, input [1], output [1]; state 24 bytes"),
      (["nam/slimmable_wavenet.nam"], "70 operations, input [1], output [1]; state 24752 bytes"),
      (["nam/wavenet.nam"], "23 operations, input [1], output [1]; state 256 bytes"),
      (["nam/wavenet_a1_standard.nam"], "142 operations, input [1], output [1]; state 197536 bytes"),
      (["linear/diabetes_linear.json"], "1 operation, input [10], output [1]; state 0 bytes"),
      (["linear/digits_logistic.json"], "1 operation, input [64], output [10]; state 0 bytes"),
      (["linear/iris_logistic.json"], "1 operation, input [4], output [3]; state 0 bytes"),
      (
        ["linear/diabetes_linear_coef.csv", "linear/diabetes_linear_intercept.csv"],
        "1 operation, input [10], output [1]; state 0 bytes"
      ),
    ])
  func graphs(_ names: [String], _ summary: String) throws {
    let model = try readModel(names.map(path))
    #expect(model.graphSummary == summary)
    #expect(model.graphNote == nil)
  }

  @Test(
    "state_dicts have one with --layers",
    arguments: [
      ("mnist/lenet300.json", "fc1 relu fc2 relu fc3", "5 operations, input [784], output [10]; state 0 bytes"),
      ("mnist/lenet300_pruned_csv", "fc1 relu fc2 relu fc3", "5 operations, input [784], output [10]; state 0 bytes"),
      ("rtneural/models/lstm_torch.json", "lstm lstm2 dense", "5 operations, input [1], output [1]; state 256 bytes"),
      ("rtneural/models/conv1d_torch.json", ".", "1 operation, input [1], output [12]; state 28 bytes"),
      (
        "rtneural/models/conv1d_torch_stride_3.json", ".(stride=3)",
        "1 operation, input [1], output [12]; state 28 bytes"
      ),
      (
        "rtneural/models/conv1d_torch_group_6_3_3_1_3.json", ".(groups=3)",
        "1 operation, input [6], output [3]; state 80 bytes"
      ),
      (
        "rtneural/models/convtranspose1d_torch.json", ".(transposed,stride=3,padding=3)",
        "1 operation, input [4], output [15]; state 40 bytes"
      ),
    ])
  func layers(_ name: String, _ text: String, _ summary: String) throws {
    var model = try readModel([path(name)])
    #expect(model.graph == nil && model.graphNote == nil)
    let bits = model.bits
    try model.apply(LayerText(text), input: nil)
    #expect(model.graphSummary == summary)
    if model.kind == .json { #expect(try readBytes(try model.exported(.json), as: "m.json").bits == bits) }
  }

  @Test("bad_lstm.json is refused: the layer's shape says 16 units, its arrays are for 20")
  func badLSTM() {
    let file = path("rtneural/models/bad_lstm.json")
    #expect(
      throws: SourceError(
        "layers.0 (lstm): expected kernel of shape [1][64], as the layer's shape [null, null, 16] and the 1 input before it ask for, found an array of shape [1][80]",
        path: file, line: 17, column: 9)
    ) { try readModel([file]) }
  }

  @Test("the same model as JSON and as CSV gives the same tensors")
  func sameInBoth() throws {
    let json = try readModel([path("mnist/lenet300_pruned.json")])
    let csv = try readModel([path("mnist/lenet300_pruned_csv")])
    #expect(json.bits.sorted() == csv.bits.sorted())
  }

  @Test("word vectors keep their words")
  func words() throws {
    let model = try readModel([path("embeddings/tokens_400x384_glove.txt")])
    let format = try #require(TableFormat.formats(of: model.document).first)
    #expect(format.wordVectors == .glove)
    #expect(format.rowNames?.count == 400)
    #expect(model.tensors[0].shape == [400, 384])
  }
}
