import PareEncode
import Testing

@testable import PareConvert

@Suite("Layer lists (RTNeural, Keras)")
struct LayerListTests {
  private func list(_ layers: String, inputs: String = "[null, null, 2]") -> String {
    "{\"in_shape\": \(inputs), \"layers\": [\(layers)]}"
  }

  @Test("dense: W[in][out] becomes [out][in]")
  func dense() throws {
    let model = try readText(
      list(
        #"{"type": "dense", "activation": "tanh", "shape": [null, 3], "weights": [[[1, 2, 3], [4, 5, 6]], [7, 8, 9]]}"#)
    )
    #expect(
      model.summary == [
        "layers.0.dense.kernel[3, 2] 1.0 4.0 2.0 5.0 3.0 6.0", "layers.0.dense.bias[3] 7.0 8.0 9.0",
      ])
    #expect(model.document.references == [TensorReference(index: 0, permutation: [1, 0]), TensorReference(index: 1)])
  }

  @Test("the keys of a layer may come in any order, and the bias may be missing")
  func order() throws {
    let model = try readText(
      #"{"layers": [{"weights": [[[1, 2, 3], [4, 5, 6]]], "shape": [null, 3], "type": "time-distributed-dense"}]}"#)
    #expect(model.tensors.map(\.name) == ["layers.0.time-distributed-dense.kernel"])
    #expect(model.tensors[0].shape == [3, 2])
  }

  @Test("conv1d: W[k][in/groups][out] becomes [out][in/groups][k]")
  func conv1d() throws {
    let model = try readText(
      list(
        #"{"type": "conv1d", "shape": [null, null, 2], "kernel_size": [3], "dilation": [1], "groups": 2, "weights": [[[[1, 2]], [[3, 4]], [[5, 6]]], [7, 8]]}"#
      ))
    #expect(
      model.summary == [
        "layers.0.conv1d.kernel[2, 1, 3] 1.0 3.0 5.0 2.0 4.0 6.0", "layers.0.conv1d.bias[2] 7.0 8.0",
      ])
  }

  @Test("conv2d: W[kt][kf][in][out] becomes [out][in][kt][kf]")
  func conv2d() throws {
    let model = try readText(
      list(
        #"{"type": "conv2d", "shape": [null, 4, 4, 2], "kernel_size_time": 1, "kernel_size_feature": 3, "weights": [[[[[1, 2]], [[3, 4]], [[5, 6]]]], [7, 8]]}"#,
        inputs: "[null, 4, 6, 1]"))
    #expect(model.tensors[0].shape == [2, 1, 1, 3])
    #expect(model.floats(0) == [1, 3, 5, 2, 4, 6])
    #expect(model.document.references[0].permutation == [3, 2, 0, 1])
  }

  @Test("recurrent layers keep their gate order and become [gates][in]; the next layer's inputs are their units")
  func recurrent() throws {
    let gru =
      #"{"type": "gru", "shape": [null, null, 1], "weights": [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9]], [[1, 2, 3], [4, 5, 6]]]}"#
    let lstm =
      #"{"type": "lstm", "shape": [null, null, 1], "weights": [[[1, 2, 3, 4]], [[5, 6, 7, 8]], [9, 10, 11, 12]]}"#
    let model = try readText(list(gru + "," + lstm))
    #expect(
      model.tensors.map { "\($0.name)\($0.shape)" } == [
        "layers.0.gru.kernel[3, 2]", "layers.0.gru.recurrent_kernel[3, 1]", "layers.0.gru.bias[2, 3]",
        "layers.1.lstm.kernel[4, 1]", "layers.1.lstm.recurrent_kernel[4, 1]", "layers.1.lstm.bias[4]",
      ])
    #expect(model.floats(0) == [1, 4, 2, 5, 3, 6])
  }

  @Test("batchnorm with and without gamma and beta, prelu, activation")
  func others() throws {
    let model = try readText(
      list(
        #"""
        {"type": "batchnorm", "shape": [null, 2], "epsilon": 0.01, "weights": [[1, 2], [3, 4], [5, 6], [7, 8]]},
        {"type": "activation", "activation": "relu", "shape": [null, 2], "weights": []},
        {"type": "batchnorm2d", "shape": [null, 2], "weights": [[5, 6], [7, 8]]},
        {"type": "prelu", "shape": [null, 2], "weights": [[[0.5, 0.25]]]},
        {"type": "prelu", "shape": [null, 2], "weights": [[[0.5]]]}
        """#))
    #expect(
      model.summary == [
        "layers.0.batchnorm.gamma[2] 1.0 2.0", "layers.0.batchnorm.beta[2] 3.0 4.0",
        "layers.0.batchnorm.mean[2] 5.0 6.0",
        "layers.0.batchnorm.variance[2] 7.0 8.0", "layers.2.batchnorm2d.mean[2] 5.0 6.0",
        "layers.2.batchnorm2d.variance[2] 7.0 8.0", "layers.3.prelu.alpha[1, 2] 0.5 0.25",
        "layers.4.prelu.alpha[1, 1] 0.5",
      ])
  }

  @Test("an unknown layer type keeps its arrays as they are")
  func unknown() throws {
    let model = try readText(list(#"{"type": "swirl", "shape": [null, 3], "weights": [[[1, 2]], [3]]}"#))
    #expect(model.summary == ["layers.0.weights.0[1, 2] 1.0 2.0", "layers.0.weights.1[1] 3.0"])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var layer: String
    var column: Int
    var message: String
    var testDescription: String { message }
  }

  @Test(
    "arrays that disagree with their layer's shape are refused: which shape, which array, where",
    arguments: [
      Wrong(
        layer:
          #"{"type": "lstm", "shape": [null, null, 1], "weights": [[[1, 2, 3, 4]], [[5, 6, 7, 8]], [9, 10, 11, 12]]}"#,
        column: 97,
        message:
          "layers.0 (lstm): expected kernel of shape [2][4], as the layer's shape [null, null, 1] and the 2 inputs before it ask for, found an array of shape [1][4]"
      ),
      Wrong(
        layer: #"{"type": "dense", "shape": [null, 3], "weights": [[[1, 2, 3], [4, 5, 6]], [7, 8]]}"#, column: 116,
        message:
          "layers.0 (dense): expected bias of shape [3], as the layer's shape [null, 3] and the 2 inputs before it ask for, found an array of shape [2]"
      ),
      Wrong(
        layer: #"{"type": "conv1d", "shape": [null, 1], "kernel_size": [2], "weights": [[[[1], [2]]]]}"#, column: 113,
        message:
          "layers.0 (conv1d): expected kernel of shape [2][2][1], as the layer's shape [null, 1] and the 2 inputs before it ask for with kernel_size 2, found an array of shape [1][2][1]"
      ),
      Wrong(
        layer: #"{"type": "conv1d", "shape": [null, 1], "kernel_size": [1], "groups": 3, "weights": [[[[1], [2]]]]}"#,
        column: 126, message: "layers.0 (conv1d): its 3 groups divide 2 inputs and 1 outputs unevenly"),
      Wrong(
        layer: #"{"type": "batchnorm", "shape": [null, 2], "weights": [[1, 2], [3, 4], [5, 6]]}"#, column: 96,
        message: "layers.0 (batchnorm): expected 4 arrays of weights, found 3"),
    ])
  func disagreement(_ wrong: Wrong) {
    let error = refusal(Array(list(wrong.layer).utf8), as: "m.json")
    #expect(error?.message == wrong.message)
    #expect(error?.line == 1)
    #expect(error?.column == wrong.column)
  }
}
