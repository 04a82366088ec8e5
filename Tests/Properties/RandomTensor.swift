import Pare
import PareEncode

/// The bytes of a container of these tensors.
func containerBytes(
  _ tensors: [EncodedTensor], layout: SourceLayout = .plain, alignment: Int = 4
) throws -> [UInt8] {
  let plan = try ContainerPlan(
    tensors, options: ContainerOptions(alignment: alignment, layout: layout), checksum: ZlibChecksum.self)
  var bytes: [UInt8] = []
  plan.write { piece in for index in piece.indices { bytes.append(piece[index]) } }
  precondition(bytes.count == plan.byteCount)
  return bytes
}

/// Tensors that differ in everything the format cares about.
enum RandomTensor {
  static func make(_ random: inout SplitMix) -> FloatTensor {
    let rank = random.below(5)
    let shape = (0..<rank).map { _ in random.below(20) == 0 ? 0 : 1 + random.below(rank < 3 ? 70 : 7) }
    let count = shape.reduce(1, *)
    let density = [0, 0.02, 0.1, 0.5, 1, 1][random.below(6)]
    let kind = random.below(6)
    let constant = random.float()
    let values = (0..<count).map { _ -> Float in
      guard Double(random.below(1000)) < 1000 * density else { return 0 }
      switch kind {
      case 0: return constant
      case 1: return Float(random.below(7)) - 3
      case 2: return random.float() * 1e-30
      case 3: return random.float() * 1e4
      default: return random.float()
      }
    }
    return FloatTensor(name: "t", shape: shape, values: FloatBuffer(values))
  }

  static func settings(_ random: inout SplitMix, rank: Int) throws -> TensorSettings {
    var plan = EncodingPlan()
    let scales = ["tensor", "group:1", "group:7", "group:32", "group:32,f32", "tensor,f16"]
    var scale = scales[random.below(scales.count)]
    if rank > 0, random.below(3) == 0 { scale = "axis:\(random.below(rank))" + ["", ",f16"][random.below(2)] }
    let bits = 1 + random.below(16)
    let quantizations = [
      "none", "int\(bits)", "int\(bits)", "int8", "int4", "pow2", "pow2:\(random.below(9))",
      "codebook:\(2 + random.below(40))",
      "codebook:256", "f16", "bf16", "step:30dB", "step:max=0.01", "step:size=0.05",
    ]
    plan.rules = [
      try TensorRule(
        "*: quantize=\(quantizations[random.below(quantizations.count)]) scale=\(scale)"
          + [" symmetric", " affine"][random.below(2)])
    ]
    return plan.settings(forName: "t", rank: rank)
  }

  static func options(_ random: inout SplitMix) -> EncodingOptions {
    let rows = [nil, 1, 2, 8, 1 << 30][random.below(5)]
    return EncodingOptions(profile: random.below(3) == 0 ? .inPlace : .compact, codedBlockRows: rows)
  }

  static func mask(of tensor: FloatTensor, _ random: inout SplitMix) -> PruningMask? {
    switch random.below(4) {
    case 0: nil
    case 1: PruningMask(of: tensor, sparsity: Double(random.below(11)) / 10)
    case 2: PruningMask(of: tensor, threshold: 0.1)
    default: PruningMask(of: tensor, keeping: 2, of: 4)
    }
  }
}

/// A small generator with a fixed seed (Steele, Lea, Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Bell-shaped around 0.
  mutating func float() -> Float {
    let total = (0..<4).reduce(0.0) { sum, _ in sum + Double(next() >> 11) * 0x1p-53 - 0.5 }
    return Float(total)
  }
}
