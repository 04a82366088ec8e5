import PareEncode
import Testing

@testable import PareConvert

@Suite("Graphs of layer lists (RTNeural, Keras)")
struct LayerListGraphTests {
  private func read(_ layers: String, inputs: String = "[null, null, 2]", _ more: String = "") throws -> SourceModel {
    try readText("{\(more)\"in_shape\": \(inputs), \"layers\": [\(layers)]}")
  }

  @Test("dense layers apply their activation, activation layers only that; other keys are facts")
  func dense() throws {
    let model = try read(
      #"""
      {"type": "dense", "activation": "tanh", "shape": [null, 3], "weights": [[[1, 2, 3], [4, 5, 6]], [7, 8, 9]]},
      {"type": "activation", "activation": "elu", "shape": [null, 3], "weights": []},
      {"type": "time-distributed-dense", "activation": "", "shape": [null, 1], "weights": [[[1], [2], [3]]]}
      """#, inputs: "[null, 2]", #""samplerate": "48000", "author": "somebody", "esr": 0.5, "notes": {"a": 1}, "#)
    #expect(
      model.graphLines == [
        "0 [2] input", "1 [3] dense 0 layers.0.dense.kernel layers.0.dense.bias", "2 [3] tanh 1", "3 [3] elu 2 | 1.0",
        "4 [1] dense 3 layers.2.time-distributed-dense.kernel", "output 4", "author = somebody", "esr = 0.5",
        "sampleRate = 48000",
      ])
    #expect(model.graphSummary == "4 operations, input [2], output [1]; state 0 bytes")
    #expect(model.graphNote == nil)
  }

  @Test(
    "conv1d is causal or valid as the numbers of frames say, and causal where they are open",
    arguments: [("10", "10", 0), ("10", "8", 1), ("null", "null", 0), ("null", "8", 0)])
  func padding(_ inputs: String, _ outputs: String, _ padding: Int) throws {
    let model = try read(
      """
      {"type": "conv1d", "activation": "", "shape": [null, \(outputs), 2], "kernel_size": [2], "dilation": [2], "groups": 2,
       "weights": [[[[1, 2]], [[3, 4]]], [5, 6]]}
      """, inputs: "[null, \(inputs), 2]")
    #expect(
      model.graphLines.dropFirst() == [
        "1 [2] conv1d 0 layers.0.conv1d.kernel layers.0.conv1d.bias | 1 2 2 \(padding)", "output 1",
      ])
  }

  @Test("recurrent layers do not apply their cell's function again; gru has the gates z, r, h")
  func recurrent() throws {
    let model = try read(
      #"""
      {"type": "gru", "activation": "tanh", "shape": [null, null, 1],
       "weights": [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9]], [[1, 2, 3], [4, 5, 6]]]},
      {"type": "lstm", "activation": "tanh", "shape": [null, null, 1],
       "weights": [[[1, 2, 3, 4]], [[5, 6, 7, 8]], [9, 10, 11, 12]]}
      """#)
    #expect(
      model.graphLines == [
        "0 [2] input", "1 [1] gru 0 layers.0.gru.kernel layers.0.gru.recurrent_kernel layers.0.gru.bias | 1",
        "2 [1] lstm 1 layers.1.lstm.kernel layers.1.lstm.recurrent_kernel layers.1.lstm.bias", "output 2",
      ])
    #expect(model.graphSummary?.hasSuffix("state 12 bytes") == true)
  }

  @Test("batchnorm has mean and variance first, gamma and beta where they are; prelu one alpha or one for each channel")
  func normalization() throws {
    let model = try read(
      #"""
      {"type": "batchnorm", "shape": [null, 2], "epsilon": 0.25, "weights": [[1, 2], [3, 4], [5, 6], [7, 8]]},
      {"type": "batchnorm", "shape": [null, 2], "epsilon": 5.0, "weights": [[5, 6], [7, 8]]},
      {"type": "prelu", "shape": [null, 2], "weights": [[[0.5, 0.25]]]},
      {"type": "prelu", "shape": [null, 2], "weights": [[[0.5]]]}
      """#)
    #expect(
      model.graphLines.dropFirst() == [
        "1 [2] batchNorm 0 layers.0.batchnorm.mean layers.0.batchnorm.variance layers.0.batchnorm.gamma layers.0.batchnorm.beta | 0.25",
        "2 [2] batchNorm 1 layers.1.batchnorm.mean layers.1.batchnorm.variance | 5.0",
        "3 [2] prelu 2 layers.2.prelu.alpha", "4 [2] prelu 3 layers.3.prelu.alpha", "output 4",
      ])
  }

  @Test("conv2d runs over frames of features and filters; a dense layer behind it reads them as one axis")
  func convolution2D() throws {
    let model = try read(
      #"""
      {"type": "conv2d", "activation": "relu", "shape": [null, 4, 2, 1], "kernel_size_time": 1, "kernel_size_feature": 3,
       "strides": 2, "dilation": 1, "padding": "same", "num_features_in": 3, "num_filters_in": 1,
       "weights": [[[[[1]], [[2]], [[3]]]], [7]]},
      {"type": "batchnorm2d", "shape": [null, 4, 2, 1], "epsilon": 0.5, "weights": [[5], [7]]},
      {"type": "dense", "activation": "", "shape": [null, 4, 1], "weights": [[[1], [2]], [3]]}
      """#, inputs: "[null, 4, 3, 1]")
    #expect(
      model.graphLines == [
        "0 [3, 1] input",
        "1 [2, 1] streamingConv2d 0 layers.0.conv2d.kernel layers.0.conv2d.bias | 2 1 1", "2 [2, 1] relu 1",
        "3 [2, 1] batchNorm 2 layers.1.batchnorm2d.mean layers.1.batchnorm2d.variance | 0.5", "4 [2] flatten 3",
        "5 [1] dense 4 layers.2.dense.kernel layers.2.dense.bias", "output 5",
      ])
  }

  static let plain: String = #"{"type": "dense", "activation": "", "shape": [null, 2], "weights": [[[1, 2], [4, 5]]]}"#

  @Test(
    "where the layers make no graph, the weights convert and the note says which layer and why",
    arguments: [
      (
        #"{"type": "swirl", "shape": [null, 3], "weights": [[[1, 2]], [3]]}"#,
        "m.json:1:89: no graph: layers.0 (swirl): this type of layer is not known"
      ),
      (
        plain.replacing(#""activation": """#, with: #""activation": "mish""#),
        #"m.json: no graph: layers.0 (dense): expected the activation tanh, relu, sigmoid, softmax or elu, found "mish""#
      ),
      (
        #"{"type": "batchnorm", "shape": [null, 2], "weights": [[5, 6], [7, 8]]}"#,
        "m.json:1:93: no graph: layers.0 (batchnorm): expected a number 'epsilon'"
      ),
      (
        #"{"type": "gru", "shape": [null, null, 1], "weights": [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9]], [1, 2, 3]]}"#,
        "m.json:1:130: no graph: layers.0 (gru): a cell that resets before the product (one bias, reset_after false) is not known"
      ),
      (
        #"{"type": "lstm", "activation": "relu", "shape": [null, null, 1], "weights": [[[1, 2, 3, 4], [1, 2, 3, 4]], [[5, 6, 7, 8]]]}"#,
        "m.json: no graph: layers.0 (lstm): expected a cell with tanh, found 'relu'"
      ),
      (
        #"{"type": "conv1d", "shape": [null, 5, 2], "kernel_size": [1], "weights": [[[[1, 2], [3, 4]]]]}"#,
        "m.json: no graph: layers.0 (conv1d): 5 frames from 9 are neither causal nor valid padding"
      ),
      (
        #"{"type": "conv1d", "shape": [null, 9, 2], "kernel_size": [1], "dilation": [0], "weights": [[[[1, 2], [3, 4]]]]}"#,
        "m.json: no graph: layers.0 (conv1d): expected a 'dilation' of 1 to 65535, found 0"
      ),
      (
        #"{"type": "activation", "activation": "relu", "shape": [null, 9, 3], "weights": []}], "extra": [[[1]]"#,
        "m.json: no graph: layers.0 (activation): its shape states frames of [3], its result has [2]"
      ),
      (
        #"{"type": "conv1d", "shape": [null, 9, 2], "kernel_size": [1], "dilation": [9223372036854775807], "weights": [[[[1, 2], [3, 4]]]]}"#,
        "m.json: no graph: layers.0 (conv1d): expected a 'dilation' of 1 to 65535, found 9223372036854775807"
      ),
      (
        plain.replacing("]]]}", with: "]], []]}"),
        "m.json:1:107: no graph: layers.0 (dense): expected a list of arrays of numbers in 'weights'"
      ),
      (plain + #"], "extra": [[[1]]"#, "m.json:1:137: no graph: no layer uses the tensor extra of shape [1, 1, 1]"),
    ])
  func refused(_ layers: String, _ note: String) throws {
    let folder = SourceFolder()
    let text = "{\"in_shape\": [null, 9, 2], \"layers\": [\(layers)]}"
    let model = try readModel([folder.write("m.json", Array(text.utf8))])
    #expect(model.graph == nil)
    #expect(model.graphNote?.replacing(folder.path + "/", with: "") == note)
    #expect(!model.tensors.isEmpty)
  }

  @Test("without the shape of the input, or with an open number of channels, there is no graph")
  func input() throws {
    #expect(
      try readText("{\"layers\": [\(Self.plain)]}").graphNote?.hasSuffix(
        "expected the shape of the input, found no 'in_shape'") == true)
    #expect(
      try read(Self.plain, inputs: "[null, null]").graphNote?.hasSuffix(
        "expected an 'in_shape' that ends in the number of channels, found [null,null]") == true)
  }
}
