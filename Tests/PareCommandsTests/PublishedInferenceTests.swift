import Foundation
import Testing

/// Published models run from their containers, as floats and quantized, against published outputs.
@Suite(
  "Published models run",
  .enabled(if: Package.published("README.md") != nil, "the collection of published models is absent"))
struct PublishedInferenceTests {
  private func path(_ name: String) throws -> String { try #require(Package.published(name)) }

  /// Rows of numbers.
  private func table(_ text: String) -> [[Double]] {
    text.split(separator: "\n").map { $0.split(separator: ",").map { Double($0) ?? .nan } }
  }

  private func table(of name: String) throws -> [[Double]] {
    table(try String(contentsOfFile: path(name), encoding: .utf8))
  }

  /// Converts and runs; gives the rows of outputs.
  private func run(_ model: String, _ convert: [String] = [], inputs: String, _ options: [String] = []) throws
    -> [[Double]]
  {
    let folder = try TemporaryFolder()
    let container = folder.path("m.pare")
    let converted = pare(["convert", try path(model), "-o", container] + convert)
    try #require(converted.status == 0, "\(converted.errors)")
    let found = pare(["run", container, "--inputs", try path(inputs)] + options)
    try #require(found.status == 0, "\(found.errors)")
    return table(found.text)
  }

  /// The largest difference, and the ratio of signal to error in dB.
  private func compare(_ found: [Double], _ expected: [Double]) throws -> (largest: Double, decibels: Double) {
    try #require(found.count == expected.count)
    var largest = 0.0
    var signal = 0.0
    var noise = 0.0
    for (x, y) in zip(found, expected) {
      largest = max(largest, abs(x - y))
      signal += y * y
      noise += (x - y) * (x - y)
    }
    return (largest, 10 * log10(signal / noise))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var layers: String?
    var inputs: String?
    var expected: String?
    var options: [String] = []
    var isTransposed = false
    var tolerance = 1e-6
    var testDescription: String { name }
  }

  static let layerLists = [
    Case(name: "dense"), Case(name: "conv"), Case(name: "gru_1d"), Case(name: "lstm_1d"),
    Case(name: "lstm_torch", layers: "lstm lstm2 dense"),
    Case(name: "conv1d_torch", layers: ".", isTransposed: true),
    Case(
      name: "conv1d_torch_stride_3", layers: ".(stride=3)", inputs: "conv1d_torch_x_python_stride_3",
      expected: "conv1d_torch_y_python_stride_3", isTransposed: true),
    Case(
      name: "conv1d_torch_group_6_3_3_1_3", layers: ".(groups=3)", inputs: "conv1d_torch_group_x_python",
      expected: "conv1d_torch_group_y_python_6_3_3_1_3", isTransposed: true),
    Case(
      name: "convtranspose1d_torch", layers: ".(transposed,stride=3,padding=3)", options: ["--transpose"],
      tolerance: 2e-5),
  ]

  @Test("RTNeural's models give the outputs of Keras and PyTorch within its own tolerances", arguments: layerLists)
  func rtneural(model: Case) throws {
    let inputs = "rtneural/test_data/\(model.inputs ?? "\(model.name)_x_python").csv"
    let found = try run(
      "rtneural/models/\(model.name).json", model.layers.map { ["--layers", $0] } ?? [], inputs: inputs, model.options)
    var expected = try table(of: "rtneural/test_data/\(model.expected ?? "\(model.name)_y_python").csv")
    if model.isTransposed { expected = expected[0].indices.map { column in expected.map { $0[column] } } }
    let largest = try compare(found.flatMap { $0 }, expected.flatMap { $0 }).largest
    #expect(largest <= model.tolerance, "\(largest)")
  }

  /// The ratios of careful int8 quantization.
  static let int8Ratios = [
    ("dense", 44.0), ("conv", 81), ("conv2d", 61), ("gru_1d", 50), ("lstm_1d", 42), ("lstm_torch", 55),
  ]

  @Test("RTNeural's models keep their outputs with int8 weights, a scale a row", arguments: int8Ratios)
  func int8(model: String, least: Double) throws {
    let source = "rtneural/models/\(model).json"
    let inputs = "rtneural/test_data/\(model)_x_python.csv"
    let layers = model == "lstm_torch" ? ["--layers", "lstm lstm2 dense"] : []
    let floats = try run(source, layers, inputs: inputs).flatMap { $0 }
    let found = try run(source, layers + ["--quantize", "int8", "--scale", "axis"], inputs: inputs).flatMap { $0 }
    let decibels = try compare(found, floats).decibels
    #expect(decibels >= least - 1, "\(decibels) dB")
  }

  @Test("RTNeural's conv2d gives frames 1 to 36 of the offline result, 13 frames later")
  func streamingConvolution() throws {
    let found = try run("rtneural/models/conv2d.json", inputs: "rtneural/test_data/conv2d_x_python.csv")
    let expected = try table(of: "rtneural/test_data/conv2d_y_python.csv").flatMap { $0 }
    #expect(found.count == 50 && expected.count == 39 * 8)
    #expect(try compare(found[14...49].flatMap { $0 }, Array(expected[8..<37 * 8])).largest <= 1e-6)
  }

  struct Signal: Sendable, CustomTestStringConvertible {
    let model: String
    var suffix = "nam"
    var warmup = 0
    /// Of the output's largest magnitude.
    var tolerance = 1e-5
    /// The ratio of careful int8 quantization for signal A.
    let int8: Double?
    var testDescription: String { model }
  }

  static let signals = [
    Signal(model: "nam/convnet_nobn", warmup: 64, int8: 47), Signal(model: "nam/linear_rf64", int8: nil),
    Signal(model: "nam/lstm", warmup: 24_000, int8: 42),
    Signal(model: "nam/slimmable_wavenet", warmup: 2048, tolerance: 2e-5, int8: 36),
    Signal(model: "nam/wavenet", warmup: 64, int8: 43),
    Signal(model: "nam/wavenet_a1_standard", warmup: 4096, int8: 40),
    Signal(model: "guitarml/gru4_ts9_pytorch", suffix: "json", int8: 45),
    Signal(model: "guitarml/lstm4_ts9_pytorch", suffix: "json", int8: 44),
    Signal(model: "guitarml/lstm8_ts9_pytorch", suffix: "json", int8: 42),
  ]

  @Test("Guitar models give the outputs of their own players, as floats and as int8 per row", arguments: signals)
  func amplifiers(model: Signal) throws {
    let source = "\(model.model).\(model.suffix)"
    let expected = try table(of: "\(model.model)_y.csv")
    for (column, name) in ["A", "B"].enumerated() {
      let inputs = "signals/input_\(name).csv"
      let options = ["--warmup", "\(model.warmup)"]
      let truth = expected.map { $0[column] }
      let found = try run(source, inputs: inputs, options).flatMap { $0 }
      let scale = truth.map { abs($0) }.max() ?? 1
      let largest = try compare(found, truth).largest
      #expect(largest <= model.tolerance * scale, "\(name): \(largest) of \(scale)")
      guard column == 0, let least = model.int8 else { continue }
      let int8 = try run(source, ["--quantize", "int8", "--scale", "axis"], inputs: inputs, options).flatMap { $0 }
      let decibels = try compare(int8, truth).decibels
      #expect(decibels >= least - 1, "\(decibels) dB")
    }
  }

  @Test(
    "Linear models give their scores within 1e-5", arguments: ["diabetes_linear", "digits_logistic", "iris_logistic"])
  func linear(model: String) throws {
    let found = try run("linear/\(model).json", inputs: "linear/\(model)_test_x.csv").flatMap { $0 }
    let expected = try table(of: "linear/\(model)_scores.csv").flatMap { $0 }
    let scale = expected.map { abs($0) }.max() ?? 1
    #expect(try compare(found, expected).largest <= 1e-5 * scale)
  }

  @Test(
    "LeNet-300-100 decides as published, and as well when its weights are int8",
    arguments: ["lenet300", "lenet300_pruned"])
  func lenet(model: String) throws {
    let layers = ["--layers", "fc1 relu fc2 relu fc3"]
    let options = ["--input-scale", "1/255"]
    let labels = try table(of: "mnist/test_y.csv").map { Int($0[0]) }
    func decisions(_ rows: [[Double]]) -> [Int] { rows.map { row in row.indices.max { row[$0] < row[$1] } ?? 0 } }
    func accuracy(_ rows: [[Double]]) -> Double {
      Double(zip(decisions(rows), labels).count { $0 == $1 }) / Double(labels.count)
    }
    let found = try run("mnist/\(model).json", layers, inputs: "mnist/test_x.csv", options)
    let expected = try table(of: "mnist/\(model)_logits.csv")
    #expect(try compare(found.flatMap { $0 }, expected.flatMap { $0 }).largest <= 1e-4)
    #expect(decisions(found) == decisions(expected))
    let int8 = try run(
      "mnist/\(model).json", layers + ["--quantize", "int8", "--scale", "axis"], inputs: "mnist/test_x.csv", options)
    #expect(accuracy(int8) >= (model == "lenet300" ? 0.964 : 0.961))
    let settings = layers + ["--quantize", "int8", "--scale", "axis"]
    for (arithmetic, least) in [("int8", 0.96), ("int16", 0.961)] {
      let found = try run(
        "mnist/\(model).json", settings, inputs: "mnist/test_x.csv", options + ["--arithmetic", arithmetic])
      #expect(found != int8 && accuracy(found) >= least)
    }
  }

  @Test(
    "An LSTM in integers: 16 bits cost nothing that is heard, 8 bits little more than int8 weights do",
    arguments: [("int16", 80.0), ("int8", 40.0)])
  func integers(arithmetic: String, least: Double) throws {
    let settings = ["--quantize", "int8", "--scale", "axis"]
    let (model, inputs) = ("guitarml/lstm8_ts9_pytorch.json", "signals/input_A.csv")
    let floats = try run(model, settings, inputs: inputs).flatMap { $0 }
    let integers = try run(model, settings, inputs: inputs, ["--arithmetic", arithmetic]).flatMap { $0 }
    let signalToNoise = try compare(integers, floats).decibels
    #expect(signalToNoise >= least && signalToNoise < 200, "\(signalToNoise)")
  }

  @Test("compare tells the accuracy that compression costs, and says no when it is too low")
  func accuracy() throws {
    let folder = try TemporaryFolder()
    let container = folder.path("m.pare")
    let source = try path("mnist/lenet300_pruned.json")
    let layers = ["--layers", "fc1 relu fc2 relu fc3", "--budget", "19KB", "--rule", "*.bias: quantize=f16"]
    #expect(pare(["convert", source, "-o", container] + layers).status == 0)
    let inputs = [
      "--inputs", try path("mnist/test_x.csv"), "--input-scale", "1/255", "--labels", try path("mnist/test_y.csv"),
    ]
    #expect(pare(["compare", container, source, "--min-accuracy", "95.5"] + inputs).status == 0)
    #expect(pare(["compare", container, source, "--min-accuracy", "96.4"] + inputs).status == 1)
  }
}
