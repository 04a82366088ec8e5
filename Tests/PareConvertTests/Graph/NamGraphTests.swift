import PareEncode
import Testing

@testable import PareConvert

@Suite("Graphs of .nam files")
struct NamGraphTests {
  /// A file with the numbers 1, 2, ... as weights.
  static func text(_ architecture: String, _ config: String, _ count: Int, _ more: String = "") -> String {
    let weights = (0..<count).map { "\($0 + 1).0" }.joined(separator: ", ")
    return "{\"version\": \"0.5.4\", \"architecture\": \"\(architecture)\", \"config\": \(config), "
      + "\"weights\": [\(weights)]\(more)}"
  }

  static let array = #"""
    {"input_size": 1, "condition_size": 1, "head_size": 1, "channels": 2, "kernel_size": 2, "dilations": [1, 4], "activation": "Tanh", "gated": false, "head_bias": true}
    """#

  /// Converts without loss, exports, and expects the source's text.
  private func expectRoundTrip(_ text: String) throws -> SourceModel {
    let model = try readText(text, as: "m.nam")
    #expect(String(decoding: try model.exported(.json), as: UTF8.self) == text + "\n")
    let again = try readBytes(try model.exported(.json), as: "m.nam")
    #expect(again.bits == model.bits)
    #expect(again.document == model.document)
    return model
  }

  @Test("Linear: the taps, which the source has backwards, and the bias; the sample rate is a fact")
  func linear() throws {
    let model = try expectRoundTrip(
      Self.text("Linear", #"{"receptive_field": 3, "bias": true}"#, 4, #", "sample_rate": 48000"#))
    #expect(model.summary == ["weight[1, 1, 3] 3.0 2.0 1.0", "bias[1] 4.0"])
    #expect(
      model.graphLines == [
        "0 [1] input", "1 [1] conv1d 0 weight bias | 1 1 1 0", "output 1", "model = Linear", "sampleRate = 48000",
      ])
    #expect(
      model.layout()
        == .template(
          kind: 0,
          text: Array(
            #"{"version":"0.5.4","architecture":"Linear","config":{"receptive_field":3,"bias":true},"weights":@[1(0,1,-2),0],"sample_rate":48000}"#
              .utf8)))
  }

  @Test("LSTM: one kernel for input and state together, bias, both parts of the first state; then the head")
  func lstm() throws {
    let model = try expectRoundTrip(
      Self.text("LSTM", #"{"input_size": 1, "hidden_size": 2, "num_layers": 2}"#, 24 + 8 + 4 + 32 + 8 + 4 + 3))
    #expect(
      model.tensors.map { "\($0.name)\($0.shape)" } == [
        "layers.0.weight[8, 3]", "layers.0.bias[8]", "layers.0.initial_state[4]", "layers.1.weight[8, 4]",
        "layers.1.bias[8]", "layers.1.initial_state[4]", "head.weight[1, 2]", "head.bias[1]",
      ])
    #expect(
      model.graphLines == [
        "0 [1] input", "1 [2] lstm 0 layers.0.weight - layers.0.bias - layers.0.initial_state",
        "2 [2] lstm 1 layers.1.weight - layers.1.bias - layers.1.initial_state", "3 [1] dense 2 head.weight head.bias",
        "output 3", "model = LSTM",
      ])
  }

  @Test("ConvNet: biases, or normalization whose epsilon is a number of the list and the operation's parameter")
  func convNet() throws {
    let plain = try expectRoundTrip(
      Self.text("ConvNet", #"{"channels": 2, "dilations": [1, 3], "batchnorm": false, "activation": "ReLU"}"#, 19))
    #expect(
      plain.graphLines == [
        "0 [1] input", "1 [2] conv1d 0 blocks.0.conv.weight blocks.0.conv.bias | 1 1 1 0", "2 [2] relu 1",
        "3 [2] conv1d 2 blocks.1.conv.weight blocks.1.conv.bias | 1 3 1 0", "4 [2] relu 3",
        "5 [1] dense 4 head.weight head.bias", "output 5", "model = ConvNet",
      ])
    let normalized = try expectRoundTrip(
      Self.text("ConvNet", #"{"channels": 2, "dilations": [2], "batchnorm": true, "activation": "Sigmoid"}"#, 16))
    #expect(normalized.tensors.map(\.name).contains("blocks.0.batchnorm.epsilon"))
    #expect(
      normalized.graphLines == [
        "0 [1] input", "1 [2] conv1d 0 blocks.0.conv.weight | 1 2 1 0",
        "2 [2] batchNorm 1 blocks.0.batchnorm.mean blocks.0.batchnorm.variance blocks.0.batchnorm.gamma blocks.0.batchnorm.beta | 13.0",
        "3 [2] sigmoid 2", "4 [1] dense 3 head.weight head.bias", "output 4", "model = ConvNet",
      ])
  }

  @Test("WaveNet: residual connections, the condition mixed in, the head's sum; the last layer hands nothing on")
  func waveNet() throws {
    let model = try expectRoundTrip(
      Self.text("WaveNet", "{\"layers\": [\(Self.array)], \"head\": null, \"head_scale\": 0.02}", 2 + 2 * 18 + 3 + 1))
    #expect(
      model.tensors.prefix(7).map { "\($0.name)\($0.shape)" } == [
        "layers.0.input.weight[2, 1]", "layers.0.0.conv.weight[2, 2, 2]", "layers.0.0.conv.bias[2]",
        "layers.0.0.mix.weight[2, 1]", "layers.0.0.output.weight[2, 2]", "layers.0.0.output.bias[2]",
        "layers.0.1.conv.weight[2, 2, 2]",
      ])
    #expect(
      model.graphLines == [
        "0 [1] input", "1 [2] dense 0 layers.0.input.weight",
        "2 [2] conv1d 1 layers.0.0.conv.weight layers.0.0.conv.bias | 1 1 1 0", "3 [2] dense 0 layers.0.0.mix.weight",
        "4 [2] add 2 3", "5 [2] tanh 4", "6 [2] dense 5 layers.0.0.output.weight layers.0.0.output.bias",
        "7 [2] add 1 6", "8 [2] conv1d 7 layers.0.1.conv.weight layers.0.1.conv.bias | 1 4 1 0",
        "9 [2] dense 0 layers.0.1.mix.weight", "10 [2] add 8 9", "11 [2] tanh 10", "12 [2] add 5 11",
        "13 [1] dense 12 layers.0.head.weight layers.0.head.bias", "14 [1] gain 13 head_scale", "output 14",
        "model = WaveNet",
      ])
  }

  @Test("gates, sizes and functions of each layer, and a head of several taps")
  func gates() throws {
    let array = #"""
      {"input_size": 1, "condition_size": 1, "channels": 1, "bottleneck": 1, "kernel_sizes": [1, 3], "dilations": [1, 2],
       "activation": [{"type": "LeakyReLU", "negative_slope": 0.5}, "Softsign"], "gating_mode": ["gated", "none"],
       "secondary_activation": "SiLU", "head": {"out_channels": 1, "kernel_size": 2, "bias": false},
       "layer1x1": {"active": true, "groups": 1}, "head1x1": {"active": false, "out_channels": 1, "groups": 1},
       "conv_pre_film": false, "groups_input": 1, "slimmable": {"method": "x"}}
      """#
    let model = try readText(
      Self.text("WaveNet", "{\"layers\": [\(array)], \"in_channels\": 1, \"condition_dsp\": null}", 1 + 8 + 7 + 2 + 1))
    #expect(model.graphNote == nil)
    #expect(
      model.graphLines == [
        "0 [1] input", "1 [1] dense 0 layers.0.input.weight",
        "2 [2] dense 1 layers.0.0.conv.weight layers.0.0.conv.bias", "3 [2] dense 0 layers.0.0.mix.weight",
        "4 [2] add 2 3", "5 [1] slice 4 | 0 1", "6 [1] leakyReLU 5 | 0.5", "7 [1] slice 4 | 1 1", "8 [1] silu 7",
        "9 [1] multiply 6 8", "10 [1] dense 9 layers.0.0.output.weight layers.0.0.output.bias", "11 [1] add 1 10",
        "12 [1] conv1d 11 layers.0.1.conv.weight layers.0.1.conv.bias | 1 2 1 0",
        "13 [1] dense 0 layers.0.1.mix.weight",
        "14 [1] add 12 13", "15 [1] softsign 14", "16 [1] add 9 15", "17 [1] conv1d 16 layers.0.head.weight | 1 1 1 0",
        "18 [1] gain 17 head_scale", "output 18", "model = WaveNet",
      ])
  }

  static let long: String = array.replacing("\"dilations\": [1, 4]", with: "\"dilations\": [1, 4, 9]")

  @Test(
    "what goes beyond is named in a note, and the weights stay one flat tensor",
    arguments: [
      ("Transformer", "{}", 3, "expected the architecture Linear, LSTM, ConvNet or WaveNet, found 'Transformer'"),
      (
        "Linear", #"{"receptive_field": 3, "bias": true}"#, 3,
        "expected bias of shape [1] in 'weights', found 0 weights behind 3 others"
      ),
      ("Linear", #"{"receptive_field": 3, "bias": true}"#, 5, "expected 4 weights, as 'config' asks for, found 5"),
      ("Linear", #"{"receptive_field": 3}"#, 3, "config: expected true or false 'bias', found none"),
      (
        "Linear", #"{"receptive_field": 3, "bias": false, "in_channels": 2}"#, 3,
        "config: expected 'in_channels' to be 1, found 2"
      ),
      (
        "LSTM", #"{"input_size": 2, "hidden_size": 1, "num_layers": 1}"#, 3,
        "config: expected 'input_size' to be 1, found 2"
      ),
      (
        "LSTM", #"{"input_size": 1, "hidden_size": 65535, "num_layers": 65535}"#, 3,
        "expected layers.0.weight of shape [262140, 65536] in 'weights', found 3 weights behind 0 others"
      ),
      (
        "ConvNet", #"{"channels": 1, "dilations": [1], "batchnorm": false, "activation": "Fasttanh"}"#, 5,
        #"config: the activation "Fasttanh" is not known"#
      ),
      (
        "ConvNet", #"{"channels": 2, "dilations": [1], "batchnorm": false, "activation": "ReLU", "groups": 2}"#, 5,
        "config: expected 'groups' to be 1, found 2"
      ),
      ("WaveNet", #"{"layers": [], "head_scale": 1}"#, 3, "config: expected a list of layer arrays 'layers', found []"),
      (
        "WaveNet", "{\"layers\": [\(array)], \"head\": {\"channels\": 3}}", 42,
        #"config: the setting 'head' is not known, found {"channels":3}"#
      ),
      (
        "WaveNet", "{\"layers\": [\(array)], \"condition_dsp\": {\"x\": 1}}", 42,
        #"config: the setting 'condition_dsp' is not known, found {"x":1}"#
      ),
      (
        "WaveNet", "{\"layers\": [\(array.replacing("\"channels\": 2", with: "\"channels\": 2, \"bottleneck\": 1"))]}",
        42, "config.layers.0: expected 'bottleneck' to be 2, found 1"
      ),
      (
        "WaveNet",
        "{\"layers\": [\(array.replacing("\"channels\": 2", with: "\"channels\": 2, \"conv_pre_film\": {\"shift\": true}"))]}",
        42, #"config.layers.0: the setting 'conv_pre_film' is not known, found {"shift":true}"#
      ),
      (
        "WaveNet", "{\"layers\": [\(array.replacing("\"gated\": false", with: "\"gating_mode\": \"blended\""))]}", 42,
        #"config.layers.0: expected 'none' or 'gated' 'gating_mode', found "blended""#
      ),
      (
        "WaveNet", "{\"layers\": [\(array.replacing("\"condition_size\": 1", with: "\"condition_size\": 2"))]}", 42,
        "config.layers.0: expected an input and a condition of 1 channel, which are the audio"
      ),
      (
        "WaveNet", "{\"layers\": [\(array), \(array)]}", 42,
        "config.layers.1: expected the input_size 2, as of the channels before it, found 1"
      ),
      (
        "WaveNet", "{\"layers\": [\(long)]}", 42,
        "expected layers.0.2.conv.weight of shape [2, 2, 2] in 'weights', found 4 weights behind 38 others"
      ),
    ])
  func refused(_ architecture: String, _ config: String, _ count: Int, _ message: String) throws {
    let model = try readText(Self.text(architecture, config, count))
    #expect(model.graph == nil)
    #expect(model.tensors.map(\.name) == ["weights"])
    let note = try #require(model.graphNote)
    #expect(note.hasSuffix(": no graph: " + message), "\(note)")
  }
}
