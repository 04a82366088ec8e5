import PareEncode
import PareFormat
import Testing

@testable import PareConvert

@Suite("Graphs of --layers")
struct LayerTextTests {
  /// A state_dict of tensors of these shapes, their elements 0.5.
  private static func source(_ tensors: [(String, [Int])]) -> SourceModel {
    let made = tensors.map { name, shape in
      FloatTensor(
        name: name, shape: shape, values: FloatBuffer(Array(repeating: Float(0.5), count: shape.reduce(1, *))))
    }
    return SourceModel.flat(made, origins: made.map { _ in SourceOrigin(path: "m.json", line: 1, column: 9) })
  }

  /// The lines of the graph behind the input's.
  private func lines(_ tensors: [(String, [Int])], _ text: String, _ input: [Int]? = nil) throws -> [String] {
    var model = Self.source(tensors)
    try model.apply(LayerText(text), input: input.flatMap { FrameShape(extents: $0) })
    return model.graphLines
  }

  @Test("linear layers and functions; the input is the first layer's")
  func linear() throws {
    #expect(
      try lines([("fc1.weight", [3, 2]), ("fc1.bias", [3]), ("fc2.weight", [1, 3])], "fc1 relu\n fc2  # the last") == [
        "0 [2] input", "1 [3] dense 0 fc1.weight fc1.bias", "2 [3] relu 1", "3 [1] dense 2 fc2.weight", "output 3",
      ])
    #expect(
      try lines([("a.weight", [2, 2])], "tanh sigmoid softmax elu elu(alpha=0.5) leakyrelu leakyrelu(alpha=0.2) a")
        .prefix(8) == [
          "0 [2] input", "1 [2] tanh 0", "2 [2] sigmoid 1", "3 [2] softmax 2", "4 [2] elu 3 | 1.0", "5 [2] elu 4 | 0.5",
          "6 [2] leakyReLU 5 | 0.01", "7 [2] leakyReLU 6 | 0.2",
        ])
    #expect(
      try lines(
        [("a.weight", [2, 2])], "a hardtanh hardsigmoid hardswish silu softsign relu6 gelu gelu(approximate=tanh)"
      ).dropFirst(2) == [
        "2 [2] hardTanh 1", "3 [2] hardSigmoid6 2", "4 [2] hardSwish 3", "5 [2] silu 4", "6 [2] softsign 5",
        "7 [2] relu6 6", "8 [2] geluErf 7", "9 [2] gelu 8", "output 9",
      ])
  }

  @Test("stacked cells are operations in a row; LSTM and GRU are told apart by their gates")
  func cells() throws {
    #expect(
      try lines(
        [
          ("l.weight_ih_l0", [8, 3]), ("l.weight_hh_l0", [8, 2]), ("l.bias_ih_l0", [8]), ("l.bias_hh_l0", [8]),
          ("l.weight_ih_l1", [8, 2]), ("l.weight_hh_l1", [8, 2]), ("g.weight_ih_l0", [3, 2]),
          ("g.weight_hh_l0", [3, 1]),
        ], "l g") == [
          "0 [3] input", "1 [2] lstm 0 l.weight_ih_l0 l.weight_hh_l0 l.bias_ih_l0 l.bias_hh_l0",
          "2 [2] lstm 1 l.weight_ih_l1 l.weight_hh_l1", "3 [1] gru 2 g.weight_ih_l0 g.weight_hh_l0 | 0", "output 3",
        ])
  }

  @Test("convolutions over frames: valid unless causal is said, groups, stride; the outermost module is a point")
  func convolutions() throws {
    #expect(
      try lines(
        [("c.weight", [4, 1, 3]), ("c.bias", [4]), ("d.weight", [1, 4, 2])],
        "c(groups=2,stride=3) maxpool1d(2) avgpool1d(size=3,stride=1) d( padding = causal , dilation=8 )") == [
          "0 [2] input", "1 [4] conv1d 0 c.weight c.bias | 3 1 2 1", "2 [4] pool1d 1 | 0 2 2",
          "3 [4] pool1d 2 | 1 3 1", "4 [1] conv1d 3 d.weight | 1 8 1 0", "output 4",
        ])
    #expect(
      try lines([("weight", [2, 1, 3]), ("bias", [2])], ".") == [
        "0 [1] input", "1 [2] conv1d 0 weight bias | 1 1 1 1", "output 1",
      ])
  }

  @Test("a transposed convolution is said to be one; its weight is turned, and export turns it back")
  func transposed() throws {
    var model = try readText(#"{"up.weight": [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]], "up.bias": [7.0, 8.0, 9.0]}"#)
    try model.apply(LayerText("up(transposed,stride=2,padding=1)"), input: nil)
    #expect(model.summary[0] == "up.weight[3, 1, 2] 1.0 2.0 3.0 4.0 5.0 6.0")
    #expect(
      model.graphLines == ["0 [1] input", "1 [3] transposedConv1d 0 up.weight up.bias | 2 1", "output 1"])
    #expect(
      String(decoding: try model.exported(.json), as: UTF8.self)
        == #"{"up.weight": [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]], "up.bias": [7.0, 8.0, 9.0]}"# + "\n")
    let wide = #"{"w": {"weight": [[[1.0], [2.0]], [[3.0], [4.0]], [[5.0], [6.0]]]}}"#
    model = try readText(wide)
    try model.apply(LayerText("w(transposed)"), input: nil)
    #expect(model.summary == ["w.weight[2, 3, 1] 1.0 3.0 5.0 2.0 4.0 6.0"])
    #expect(String(decoding: try model.exported(.json), as: UTF8.self) == wide + "\n")
    // A source that is read anew follows.
    var again = try readText(wide)
    again.arrange(like: model.layout(), names: ["w.weight"])
    #expect(again.bits == model.bits)
  }

  @Test("images, with the input's shape said: convolutions, pooling, normalization, slopes")
  func images() throws {
    #expect(
      try lines(
        [
          ("c.weight", [4, 1, 3, 3]), ("c.bias", [4]), ("n.weight", [4]), ("n.bias", [4]), ("n.running_mean", [4]),
          ("n.running_var", [4]), ("n.num_batches_tracked", []), ("p.weight", [1]), ("d.weight", [4, 2, 2, 1]),
          ("fc.weight", [1, 24]),
        ],
        "c(padding=same) n p maxpool(2) d(groups=2,stride=1x2,dilation=2x1,padding=1x0) avgpool(2x1,stride=1) n(eps=0.5) flatten fc",
        [1, 8, 6]
      ) == [
        "0 [1, 8, 6] input", "1 [4, 8, 6] conv2d 0 c.weight c.bias | 1 1 1 1 1 1 1 1 1",
        "2 [4, 8, 6] batchNorm 1 n.running_mean n.running_var n.weight n.bias | 1e-05", "3 [4, 8, 6] prelu 2 p.weight",
        "4 [4, 4, 3] pool2d 3 | 0 2 2 2 2 0 0", "5 [4, 4, 2] conv2d 4 d.weight | 1 2 2 1 1 0 1 0 2",
        "6 [4, 3, 2] pool2d 5 | 2 2 1 1 1 0 0",
        "7 [4, 3, 2] batchNorm 6 n.running_mean n.running_var n.weight n.bias | 0.5", "8 [24] flatten 7",
        "9 [1] dense 8 fc.weight", "output 9",
      ])
  }

  @Test("features and channels stream: a convolution of rank 4 runs over time and features")
  func streaming() throws {
    #expect(
      try lines([("c.weight", [2, 1, 3, 2])], "c(stride=2,dilation=4,padding=same)", [5, 1]) == [
        "0 [5, 1] input", "1 [3, 2] streamingConv2d 0 c.weight | 2 4 1", "output 1",
      ])
  }

  @Test("an embedding is said to be one; a block's input is added to its output")
  func blocks() throws {
    #expect(
      try lines(
        [("emb.weight", [10, 2]), ("a.weight", [6, 6]), ("b.weight", [6, 6]), ("c.weight", [6, 6])],
        "emb(embedding) [a relu [ b ]+ ]+ c", [3]
      ) == [
        "0 [3] input", "1 [6] embedding 0 emb.weight", "2 [6] dense 1 a.weight", "3 [6] relu 2",
        "4 [6] dense 3 b.weight",
        "5 [6] add 3 4", "6 [6] add 1 5", "7 [6] dense 6 c.weight", "output 7",
      ])
  }

  @Test(
    "a text that makes no sense is refused with the place",
    arguments: [
      ("", "expected layers", 1, 1), ("a (b)", "expected a layer, found '('", 1, 3),
      ("a\n b(x=1", "expected ')' behind the attributes of 'b'", 2, 3),
      ("a(x=)", "expected attributes of 'a' as in (stride=2,dilation=4), found '(x=)'", 1, 3),
      ("a()", "expected attributes of 'a' as in (stride=2,dilation=4), found '()'", 1, 3),
      ("[ a", "expected ']+' at the end of a block that '[' begins", 1, 4),
      ("a ]+", "expected a layer, found ']' without a '[' before it", 1, 3),
      ("[ ]+", "expected layers in the block", 1, 3),
      ("[ a ] b", "expected '+' behind ']': the block is added to what it reads", 1, 6),
      (String(repeating: "[", count: 65), "expected at most 64 blocks in each other", 1, 65),
    ])
  func text(_ text: String, _ message: String, _ line: Int, _ column: Int) {
    do throws(LayerTextError) {
      _ = try LayerText(text)
      Issue.record("accepted")
    } catch { #expect(error == LayerTextError(message: message, line: line, column: column)) }
  }

  static let tensors: [(String, [Int])] = [
    ("a.weight", [3, 2]), ("a.bias", [3]), ("c.weight", [4, 1, 3]), ("i.weight", [4, 1, 3, 3]), ("n.weight", [3]),
    ("n.bias", [3]),
  ]

  @Test(
    "what does not fit is an error with the place of the tensor and what was expected",
    arguments: [
      (
        ["a"], "a fc9",
        "m.json: error: expected a module or a function, found the layer 'fc9'; the modules are a; the functions are avgpool, avgpool1d, elu, flatten, gelu, hardsigmoid, hardswish, hardtanh, leakyrelu, maxpool, maxpool1d, relu, relu6, sigmoid, silu, softmax, softsign, tanh"
      ),
      (["a", "c"], "a", "m.json:1:9: error: no layer uses the tensor c.weight of shape [4, 1, 3]"),
      (["a", "c"], "a c", "m.json:1:9: error: c: weight [4, 1, 3] does not fit frames of [3]"),
      (["a", "c"], "a c(groups=3)", "m.json:1:9: error: c: weight [4, 1, 3] does not fit frames of [3]"),
      (["n"], "n", "m.json:1:9: error: n: a weight of shape [3] with a bias is no layer that is known"),
      (["a"], "a(stride=2)", "m.json: error: a: the attribute 'stride' is not known here, or stands there twice"),
      (
        ["c"], "c(stride=2,stride=2)",
        "m.json: error: c: the attribute 'stride' is not known here, or stands there twice"
      ),
      (["c"], "c(stride=two)", "m.json: error: c: expected a whole number behind 'stride=', found 'two'"),
      (["c"], "c(stride=0)", "m.json: error: c: expected settings of 1 to 65535, found 0"),
      (
        ["c"], "c(padding=1)",
        "m.json: error: c: expected padding=causal or padding=valid, as frames to come are not there yet, found '1'"
      ),
      (["i"], "i", "m.json: error: expected the shape of the input with --input, which 'i' does not say"),
      (["a"], "flatten a", "m.json: error: expected the shape of the input with --input, which 'flatten' does not say"),
      (["a"], "a elu(alpha=-1)", "m.json: error: elu: expected a setting of at least 0, found -1.0"),
      (["a"], "a elu(beta=1)", "m.json: error: elu: the attribute 'beta' is not known here, or stands there twice"),
      (["a"], "a maxpool1d", "m.json: error: maxpool1d: expected the size of its window, as maxpool1d(2)"),
      (["a"], "a maxpool(2)", "m.json: error: maxpool: it does not fit frames of [3]"),
      (["a"], "[ a ]+", "m.json: error: [ ]+: it does not fit frames of [2] and [3]"),
    ])
  func refused(_ modules: [String], _ text: String, _ message: String) throws {
    var model = Self.source(
      Self.tensors.filter { name, _ in modules.contains { name.hasPrefix($0 + ".") } })
    let layers = try LayerText(text)
    do throws(SourceError) {
      try model.apply(layers, input: nil)
      Issue.record("accepted")
    } catch { #expect(error.description == message) }
    #expect(model.graph == nil)
  }

  @Test("a source that says its layers itself takes no others")
  func stated() throws {
    var model = try readText(#"{"coef_": [1, 2], "intercept_": 1}"#)
    #expect(throws: SourceError.self) { try model.apply(LayerText("relu"), input: nil) }
    #expect(model.graph != nil)
  }

  @Test("layers are read from a file too, with the line of what is wrong in it")
  func file() throws {
    let folder = SourceFolder()
    #expect(
      try LayerText(path: folder.write("l.txt", Array("# two\nfc1\nrelu\n".utf8))).words.map(\.name) == ["fc1", "relu"])
    let wrong = folder.write("w.txt", Array("fc1\n  ]+\n".utf8))
    #expect(
      throws: SourceError("expected a layer, found ']' without a '[' before it", path: wrong, line: 2, column: 3)
    ) { try LayerText(path: wrong) }
  }
}
