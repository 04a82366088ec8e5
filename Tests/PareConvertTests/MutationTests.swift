import PareEncode
import PareFormat
import Testing

@testable import PareConvert

@Suite("Damaged sources")
struct MutationTests {
  private static let seeds: [String] = [
    #"{"state_dict": {"b": [1.5, -2e-3, NaN], "a": [[2, 3], [4, 5]]}, "n": "x\u0001é", "m": [null, true]}"#,
    #"{"in_shape": [null, 2], "layers": [{"type": "dense", "shape": [null, 3], "weights": [[[1, 2, 3], [4, 5, 6]], [7, 8, 9]]}]}"#,
    #"{"coefs_": [[[1, 2]], [[3], [4]]], "intercepts_": [["5", "6"], ["7"]], "intercept_": 0.5}"#,
    #"{"activation": "relu", "out_activation_": "softmax", "coefs_": [[[1, 2]], [[3], [4]]], "intercepts_": [[5, 6], [7]], "mean_": [1]}"#,
    #"{"in_shape": [null, 4, 2, 1], "layers": [{"type": "conv2d", "shape": [null, 4, 1, 1], "kernel_size_time": 1, "kernel_size_feature": 2, "strides": 1, "dilation": 1, "padding": "valid", "weights": [[[[[1]], [[2]]]]]}, {"type": "batchnorm", "epsilon": 1, "shape": [null, 4, 1, 1], "weights": [[1], [2]]}]}"#,
    #"{"model_data": {"unit_type": "GRU", "skip": 1}, "state_dict": {"rec.weight_ih_l0": [[1], [2], [3]], "rec.weight_hh_l0": [[1], [2], [3]], "lin.weight": [[1]]}}"#,
    #"{"architecture": "Linear", "config": {"receptive_field": 3, "bias": true}, "weights": [1, 2, 3, 4], "sample_rate": 1e3}"#,
    #"{"architecture": "WaveNet", "config": {"layers": [{"input_size": 1, "condition_size": 1, "head_size": 1, "channels": 1, "kernel_size": 2, "dilations": [1], "activation": "Tanh", "gated": false, "head_bias": true}]}, "weights": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}"#,
    "[[[1, 2]], [3, 4], [[0.12345678901234567, 0.000000123456789]]]", "name;a b;\"c\"\"d\"\nr1;1;2.5\n#x\nr2;3;-4e5\n",
    "1,2\r\n3,4\r\n",
    "\"\",\"x\"\n\"(Intercept)\",1.5\n\"wt\",-2\n", "3 2\nthe 0.5 1 \nof 1e-3 2\n10 3 4\n",
    "the 0.5 1\n, -1 2\n## 5 6\n", "1\t2\n3\t4\n",
  ]

  private static let fragments: [String] = [
    "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u00", "\n", "\r", "\t", " ", "0", "1", "-", "+", ".", "e", "E9",
    "null", "NaN", "#", ";", "@0",
    "layers", "\u{FEFF}", "99999999999999999999", "0.00000000000000000000000000001",
  ]

  /// Reads, and when that works, exports and reads again: what is accepted comes back.
  private func exercise(_ bytes: [UInt8], _ name: String) throws {
    let source = SourceBytes(copying: bytes, path: name)
    let layout = ContentLayout.recognize(source)
    guard layout == .json || layout == .table else { return }
    let model: SourceModel
    do throws(SourceError) {
      model =
        layout == .json
        ? try JSONModel.read(source, stem: "m").withStatedGraph()
        : try TableReader.read(source, name: SourceName(path: name)).checked()
    } catch {
      #expect(!error.message.isEmpty)
      return
    }
    #expect(model.graph == nil || model.graphSummary != nil)
    for tensor in model.tensors { #expect(tensor.values.count == tensor.shape.reduce(1, *)) }
    guard layout == .json else {
      let file = try model.exportedFiles(.csv)[0]
      let again = try readBytes(file.bytes, as: file.name)
      let plain = { (model: SourceModel) in model.floats(0).map { $0.isNaN ? "nan" : "\($0)" } }
      #expect(plain(again) == plain(model), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      return
    }
    let again = try readBytes(try model.exported(.json), as: "m.json")
    // The sign and payload of a NaN have no text.
    let plain = { (model: SourceModel) in model.bits.map { $0.replacing("ffc00000", with: "7fc00000") } }
    #expect(plain(again) == plain(model), "\(String(decoding: bytes, as: UTF8.self))")
  }

  @Test("thirty thousand random changes of small sources never trap, and what is accepted comes back")
  func random() throws {
    var numbers = Numbers(state: 77)
    for round in 0..<30_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0...numbers.below(3) {
        let at = numbers.below(bytes.count + 1)
        switch numbers.below(5) {
        case 0 where at < bytes.count: bytes[at] = UInt8(truncatingIfNeeded: numbers.next())
        case 1 where at < bytes.count: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: Self.fragments[numbers.below(Self.fragments.count)].utf8, at: at)
        case 3 where !bytes.isEmpty:
          let from = numbers.below(bytes.count)
          bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + numbers.below(12))], at: at)
        default: bytes.removeLast(numbers.below(bytes.count + 1))
        }
      }
      try exercise(bytes, "m.csv")
    }
  }

  @Test("every truncation and every single-byte change of a small source is read or refused")
  func everyByte() throws {
    for seed in Self.seeds {
      let bytes = Array(seed.utf8)
      for count in 0..<bytes.count { try exercise(Array(bytes[..<count]), "m.csv") }
      for at in bytes.indices {
        for value in [0x00, 0x0A, 0x22, 0x2C, 0x30, 0x5B, 0x5D, 0x7B, 0x80, 0xFF] as [UInt8] {
          var changed = bytes
          changed[at] = value
          try exercise(changed, "m.csv")
        }
      }
    }
  }

  @Test("random layers make a graph or are refused")
  func layers() throws {
    var numbers = Numbers(state: 79)
    let source =
      #"{"c.weight": [[[1, 2]], [[3, 4]]], "u.weight": [[[1], [2]], [[3], [4]]], "i.weight": [[[[1]]]], "e.weight": [[1, 2]], "r.weight_ih_l0": [[1, 2], [1, 2], [1, 2]], "r.weight_hh_l0": [[1], [2], [3]], "n.running_mean": [1], "n.running_var": [2], "p": {"weight": 1.5}}"#
    let model = try readText(source)
    let seeds = [
      "c(stride=2,dilation=4,padding=causal) u(transposed,stride=2,padding=1) [ relu [tanh]+ ]+ r n(eps=0.5) p # x",
      "i(padding=same,groups=1) maxpool(2x1,stride=1,padding=1) flatten elu(alpha=1) e(embedding) avgpool1d(2)",
    ].map { Array($0.utf8) }
    for round in 0..<6_000 {
      var bytes = seeds[round % 2]
      for _ in 0...numbers.below(3) {
        let at = numbers.below(bytes.count)
        switch numbers.below(3) {
        case 0: bytes[at] = UInt8(0x20 + numbers.below(95))
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: Array("9999999999x".utf8.prefix(1 + numbers.below(11))), at: at)
        }
      }
      guard let layers = try? LayerText(String(decoding: bytes, as: UTF8.self)) else { continue }
      for input in [nil, FrameShape(extents: [1]), FrameShape(extents: [1, 4, 4])] {
        var made = model
        try? made.apply(layers, input: input)
        #expect(made.graph == nil || made.graphSummary != nil)
      }
    }
  }

  @Test("random templates are read or refused")
  func templates() {
    var numbers = Numbers(state: 78)
    let seed = Array(
      #"[{"tensor":@0(1,0)s,"separator":",","header":["a"],"rowNames":["b"],"x":{@1,"y":[1,null]},"z":@[2,3(-0)]}]"#
        .utf8)
    for _ in 0..<8_000 {
      var bytes = seed
      for _ in 0...numbers.below(3) {
        let at = numbers.below(bytes.count)
        if numbers.below(2) == 0 { bytes[at] = UInt8(numbers.below(128)) } else { bytes.remove(at: at) }
      }
      for kind in [0, 1] as [UInt8] {
        _ = try? ModelExporter(
          [
            ExportTensor(name: "a", shape: [2, 1]), ExportTensor(name: "b", shape: []),
            ExportTensor(name: "c", shape: [2]), ExportTensor(name: "d", shape: [3]),
          ],
          layout: .template(kind: kind, text: bytes))
      }
    }
  }
}
