import PareEncode
import PareFormat
import Testing

@testable import PareConvert

@Suite("Folding of batch normalizations")
struct FoldingTests {
  /// A state_dict of tensors of these shapes, with elements that differ; variances are positive.
  private static func source(_ tensors: [(String, [Int])]) -> SourceModel {
    var state: UInt64 = 11
    let made = tensors.map { name, shape in
      let values = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let value = Float(Int(state >> 40)) / 0x1p23 - 1
        return name.hasSuffix("running_var") ? value.magnitude + 0.01 : value
      }
      return FloatTensor(name: name, shape: shape, values: FloatBuffer(values))
    }
    return SourceModel.flat(made, origins: made.map { _ in SourceOrigin(path: "m.json", line: 1, column: 9) })
  }

  private static func normalization(_ name: String, _ channels: Int, isAffine: Bool = true) -> [(String, [Int])] {
    let plain = [("\(name).running_mean", [channels]), ("\(name).running_var", [channels])]
    return isAffine ? [("\(name).weight", [channels]), ("\(name).bias", [channels])] + plain : plain
  }

  private static func floats(_ model: SourceModel, _ name: String) -> [Float] {
    guard let tensor = model.tensors.first(where: { $0.name == name }) else { return [] }
    let values = tensor.values
    return (0..<values.count).map { values.span[$0] }
  }

  /// A layer, its tensors, the layers' text, and the input where no tensor says it.
  struct Layer: CustomTestStringConvertible, Sendable {
    let name: String
    let tensors: [(String, [Int])]
    let text: String
    var input: [Int]?
    var channels = 4
    var testDescription: String { name }
  }

  static let layers: [Layer] = [
    .init(name: "dense", tensors: [("a.weight", [4, 3]), ("a.bias", [4])], text: "a"),
    .init(name: "dense without bias", tensors: [("a.weight", [4, 3])], text: "a"),
    .init(name: "conv1d", tensors: [("a.weight", [4, 3, 5]), ("a.bias", [4])], text: "a(dilation=2)"),
    .init(name: "grouped conv1d", tensors: [("a.weight", [4, 2, 3])], text: "a(groups=2)"),
    .init(
      name: "transposed conv1d", tensors: [("a.weight", [3, 4, 2]), ("a.bias", [4])], text: "a(transposed,stride=2)"),
    .init(name: "conv2d", tensors: [("a.weight", [4, 2, 3, 3]), ("a.bias", [4])], text: "a", input: [2, 5, 5]),
    .init(name: "streaming conv2d", tensors: [("a.weight", [4, 2, 3, 3])], text: "a", input: [6, 2]),
  ]

  @Test("Behind each kind of layer: what the layer computes then, and the source's tensors again", arguments: layers)
  func kinds(_ layer: Layer) throws {
    for isAffine in [true, false] {
      let original = Self.source(layer.tensors + Self.normalization("n", layer.channels, isAffine: isAffine))
      var model = original
      try model.apply(
        LayerText(layer.text + " n(eps=0.001) relu"), input: layer.input.flatMap { FrameShape(extents: $0) })
      let turned = model
      #expect(model.foldNormalizations { _ in true } == 1)
      let lines = model.graphLines
      #expect(!lines.contains { $0.contains("batchNorm") })
      #expect(lines.last { $0.contains(" a.weight ") }?.contains("a.weight n.folded_bias") == true, "\(lines)")
      #expect(lines.suffix(2).first?.contains("relu 1") == true)

      let mean = Self.floats(original, "n.running_mean")
      let variance = Self.floats(original, "n.running_var")
      let gamma = isAffine ? Self.floats(original, "n.weight") : mean.map { _ in 1 }
      let beta = isAffine ? Self.floats(original, "n.bias") : mean.map { _ in 0 }
      let bias = Self.floats(original, "a.bias")
      let folded = Self.floats(model, "n.folded_bias")
      let weights = Self.floats(turned, "a.weight")
      let stored = Self.floats(model, "a.weight")
      #expect(stored.count == weights.count && folded.count == layer.channels)
      for row in 0..<layer.channels {
        let factor = Double(gamma[row]) / (Double(variance[row]) + Double(Float(0.001))).squareRoot()
        let before = bias.isEmpty ? 0 : Double(bias[row])
        #expect(folded[row] == Float(factor * (before - Double(mean[row])) + Double(beta[row])))
        let count = weights.count / layer.channels
        for index in row * count..<(row + 1) * count {
          #expect(stored[index] == Float(factor * Double(weights[index])))
        }
      }

      // Exported, the weight is the source's to within two roundings; all else is, bit for bit.
      for format in [ExportFormat.json, .npz, .f32] {
        let restored = try model.exported(format)
        if format == .f32 { #expect(restored.count == 4 * original.tensors.reduce(0) { $0 + $1.values.count }) }
        guard format == .json else { continue }
        let read = try readText(String(decoding: restored, as: UTF8.self))
        #expect(read.tensors.map(\.name) == original.tensors.map(\.name))
        for tensor in original.tensors {
          let (was, now) = (Self.floats(original, tensor.name), Self.floats(read, tensor.name))
          if tensor.name == "a.weight" {
            for (a, b) in zip(was, now) { #expect((a - b).magnitude <= a.magnitude * 0x1p-22) }
          } else {
            #expect(was.map(\.bitPattern) == now.map(\.bitPattern), "\(tensor.name)")
          }
        }
      }
    }
  }

  @Test("A source arranged as the container says has the folded weights, bit for bit, also with axes turned")
  func arranged() throws {
    for layer in Self.layers {
      let original = Self.source(layer.tensors + Self.normalization("n", layer.channels))
      var model = original
      try model.apply(LayerText(layer.text + " n"), input: layer.input.flatMap { FrameShape(extents: $0) })
      _ = model.foldNormalizations { _ in true }
      let names = model.tensors.map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      var other = original
      other.arrange(like: model.layout(), names: names)
      #expect(other.tensors.map(\.name).sorted() == names.sorted(), "\(layer.name)")
      for name in names {
        #expect(Self.floats(other, name).map(\.bitPattern) == Self.floats(model, name).map(\.bitPattern), "\(name)")
      }
    }
  }

  @Test("Several in a row, the reader of one being the next layer; a second use of a normalization's vectors")
  func several() throws {
    var model = Self.source(
      [("a.weight", [4, 3]), ("b.weight", [4, 4])] + Self.normalization("n", 4) + Self.normalization("m", 4))
    try model.apply(LayerText("a n b m tanh n"), input: nil)
    #expect(model.foldNormalizations { _ in true } == 2)
    #expect(
      model.graphLines == [
        "0 [3] input", "1 [4] dense 0 a.weight n.folded_bias", "2 [4] dense 1 b.weight m.folded_bias", "3 [4] tanh 2",
        "4 [4] batchNorm 3 n.running_mean n.running_var n.weight n.bias | 1e-05", "output 4",
      ])
  }

  @Test("It stays where the layer's result is read elsewhere, weights are used twice, or no layer is before it")
  func kept() throws {
    for (tensors, text) in [
      ([("a.weight", [3, 3])], "a [ n relu ]+"), ([("a.weight", [3, 3])], "a n a"),
      ([("a.weight", [3, 3])], "a relu n"),
      ([("a.weight", [3, 3])], "n a"), ([("a.weight", [3])], "a n"),
    ] {
      var model = Self.source(tensors + Self.normalization("n", 3))
      try model.apply(LayerText(text), input: FrameShape(extents: [3]))
      let before = model.graphLines
      #expect(model.foldNormalizations { _ in true } == 0, "\(text)")
      #expect(model.graphLines == before && model.tensors.count == tensors.count + 4)
    }
    var model = Self.source([("a.weight", [3, 3])] + Self.normalization("n", 3))
    try model.apply(LayerText("a n"), input: nil)
    #expect(model.foldNormalizations { $0.name != "a.weight" } == 0)
  }

  @Test(
    "It stays where the weight could not be restored",
    arguments: [
      ("weight", 0), ("weight", .nan), ("weight", .infinity), ("weight", 0x1p-60), ("weight", 0x1p80),
      ("running_var", -2),
      ("running_var", .nan), ("running_mean", .infinity), ("bias", .nan),
    ] as [(String, Float)])
  func unsafe(_ name: String, _ value: Float) throws {
    var model = Self.source([("a.weight", [3, 3])] + Self.normalization("n", 3))
    try model.apply(LayerText("a n"), input: nil)
    let index = try #require(model.tensors.firstIndex { $0.name == "n.\(name)" })
    var values = Self.floats(model, "n.\(name)")
    values[1] = value
    model.tensors[index] = FloatTensor(name: "n.\(name)", shape: [3], values: FloatBuffer(values))
    #expect(model.foldNormalizations { _ in true } == 0)
  }

  private static let names = ["a", "b", "c", "d"]

  @Test("A template's record of a folded weight is read back as it was written")
  func template() throws {
    for text in [
      #"{@0*(1,2,-,-,-,3,925353388),@1,@2}"#, #"[@1,@2,@0(1,0)*(1,2,1,2,1,3,0)s]"#, "[@[2,0*(2,1,1,-,2,3,1),1]]",
    ] {
      let document = try parseTemplate(kind: 0, text: Array(text.utf8), names: Self.names)
      var writer = TemplateWriter(names: Self.names, ranks: [0, 1, 2, 3])
      writer.write(document)
      #expect(String(decoding: writer.text, as: UTF8.self) == text)
    }
  }

  @Test(
    "A record that is none is refused",
    arguments: [
      "[@0*(1,2,-,-,-,0,0),@1,@2,@3]", "[@0*(1,2,-,-,-,3,0),@1,@2,@3]", "[@0*(1,2,-,-,-,4,0),@1,@2]",
      "[@0*(-,2,-,-,-,3,0),@1,@2]", "[@0*(1,2,-,-,-,-,0),@1,@2]", "[@0*(1,2,-,-,-,3),@1,@2]",
      "[@0*(1,2,-,-,-,3,0,@1,@2]",
      "[@0*(1,2,-,-,-,3,2143289344),@1,@2]", "[@0*(1,2,-,-,-,3,2147483649),@1,@2]", "[@0*1,@1,@2]", "[@0*",
      "[@0*(1,2,-,-,-,3,4294967296),@1,@2]", "[@0*(9,2,-,-,-,3,0),@1,@2]",
    ])
  func badTemplate(_ text: String) {
    #expect(throws: SourceError.self) {
      try parseTemplate(kind: 0, text: Array(text.utf8), names: Self.names)
    }
  }

  @Test("A record whose vectors do not fit the weight is not used: the tensors come out as they are stored")
  func misfit() throws {
    let tensors =
      [ExportTensor(name: "a", shape: [2, 2])] + ["b", "c", "d"].map { ExportTensor(name: $0, shape: [3]) }
    let exporter = try ModelExporter(
      tensors, layout: .template(kind: 0, text: Array("[@0*(1,2,-,-,-,3,0),@1,@2]".utf8)))
    #expect(exporter.unusedLayout != nil)
    #expect(exporter.sourceOrder == [0, 1, 2, 3])
  }
}
