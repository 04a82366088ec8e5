import Pare
import PareEncode
import PareFormat

@testable import PareInference

/// The bytes of a container of one tensor.
func containerBytes(_ tensor: EncodedTensor) throws -> [UInt8] {
  let plan = try ContainerPlan([tensor], options: ContainerOptions(layout: .plain), checksum: ZlibChecksum.self)
  var bytes: [UInt8] = []
  plan.write { piece in for index in piece.indices { bytes.append(piece[index]) } }
  return bytes
}

/// Matrices with odd extents, empty rows and columns, and every kind of element.
enum RandomMatrix {
  /// One matrix in place and compact; nothing where its values do not fit what was drawn.
  static func make(_ random: inout SplitMix) throws -> [EncodedTensor] {
    let shape = [
      [1 + random.below(40), 1 + random.below(200)], [1 + random.below(20), 1 + random.below(5), 1 + random.below(9)],
      [1 + random.below(300)], [],
    ][max(0, random.below(10) - 6)]
    let count = shape.reduce(1, *)
    let rowCount = shape.isEmpty ? 1 : shape[0]
    let density = [0.02, 0.1, 0.5, 1][random.below(4)]
    var values = (0..<count).map { _ in Double(random.below(1000)) < 1000 * density ? random.float() : 0 }
    if count > 0, random.below(3) == 0 {
      // A row of zeros, and with it every column's first element.
      for index in 0..<count / rowCount { values[index] = 0 }
    }
    var plan = EncodingPlan()
    let quantizations = [
      "none", "f16", "bf16", "int\(1 + random.below(16))", "int8", "int4", "codebook:\(2 + random.below(30))",
      "pow2:5",
    ]
    var scale = ["tensor", "group:7", "group:32", "axis:0", "axis:0,f16"][random.below(5)]
    if shape.count >= 2, random.below(5) == 0 { scale = "axis:\(random.below(shape.count))" }
    if shape.isEmpty, scale.hasPrefix("axis") { scale = "tensor" }
    let rule =
      "*: quantize=\(quantizations[random.below(quantizations.count)]) scale=\(scale) "
      + ["symmetric", "affine"][random.below(2)]
    plan.rules = [try TensorRule(rule)]
    let tensor = FloatTensor(name: "t", shape: shape, values: FloatBuffer(values))
    let mask = random.below(2) == 0 ? nil : PruningMask(of: tensor, sparsity: 0.5)
    let settings = plan.settings(forName: "t", rank: shape.count)
    do {
      var options = EncodingOptions(profile: .inPlace)
      options.rounding = .nearest
      let first = try TensorEncoder.encode(
        tensor, mask: mask, settings: settings, options: options, checksum: ZlibChecksum.self)
      let model = try Model(bytes: containerBytes(first))
      let compact = EncodingOptions(profile: .compact, codedBlockRows: [nil, 1, 4][random.below(3)])
      let second = TensorRepacker.repack(
        try model.tensor(at: 0).tensor, name: "t", provenance: nil, in: model.bytes, options: compact,
        checksum: ZlibChecksum.self)
      return [first, second]
    } catch let error as EncodeError where error.rule == .codeTooWide || error.rule == .rangeTooLarge {
      return []
    }
  }
}

/// `ExactSum` beside the exact number.
struct ExactSumProbe {
  private var sum = ExactSum()
  private(set) var exact = 0

  var float: Float { sum.float }

  mutating func add(_ number: Int32) {
    sum.add(number)
    exact += Int(number)
  }
}
