import Pare
import PareEncode
import Testing

@testable import PareFormat

@Suite("Entropy coding: every way to decode gives the same bits")
struct CodedRoundTripTests {
  @Test(
    "Codes of any width, density, row statistics and block size: reference, portable and vector paths agree",
    arguments: 0..<1000)
  func paths(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) &+ 77)
    let tensor = Self.tensor(&random)
    var plan = EncodingPlan()
    let quantization = [
      "int\(2 + random.below(7))", "int8", "int4", "int\(1 + random.below(16))", "codebook:\(2 + random.below(255))",
      "none",
      "f16", "bf16", "step:20dB",
    ][random.below(9)]
    let scale = ["tensor", "axis:0", "group:32", "axis:\(tensor.shape.count - 1)"][random.below(4)]
    plan.rules = [
      try TensorRule("*: quantize=\(quantization) scale=\(scale)" + (random.below(5) == 0 ? " affine" : ""))
    ]
    let mask = random.below(2) == 0 ? PruningMask(of: tensor, sparsity: Double(random.below(10)) / 10) : nil
    let options = EncodingOptions(
      profile: .compact, codedBlockRows: random.below(3) == 0 ? 1 << random.below(6) : nil)
    let encoded = try TensorEncoder.encode(
      tensor, mask: mask, settings: plan.settings(forName: "t", rank: tensor.shape.count), options: options,
      checksum: ZlibChecksum.self)
    let bytes = try containerBytes([encoded])
    let model = try Model(bytes: bytes)
    try model.validate()
    let found = try model.tensor("t").tensor
    let rows = found.shape.rows
    let part = random.below(rows)..<rows
    for range in [0..<rows, part] {
      let reference = Self.floats(found, range, model.bytes, .reference)
      for path in [CodedPath.portable, .fastest] {
        #expect(Self.floats(found, range, model.bytes, path).map(\.bitPattern) == reference.map(\.bitPattern))
      }
    }
    // In place the same values.
    var inPlaceOptions = EncodingOptions(profile: .inPlace)
    inPlaceOptions.rounding = options.rounding
    let inPlace = try TensorEncoder.encode(
      tensor, mask: mask, settings: plan.settings(forName: "t", rank: tensor.shape.count), options: inPlaceOptions,
      checksum: ZlibChecksum.self)
    let expected = try Model(bytes: containerBytes([inPlace])).tensor("t").floats()
    #expect(try model.tensor("t").floats().map(\.bitPattern) == expected.map(\.bitPattern))
  }

  /// Rows of different spread, some of them constant or zero; sometimes long enough for 32 lanes.
  private static func tensor(_ random: inout SplitMix) -> FloatTensor {
    let isLarge = random.below(25) == 0
    let rows = isLarge ? 300 + random.below(60) : 1 + random.below(40)
    let columns = isLarge ? 500 + random.below(40) : 1 + random.below(120)
    let spreads = (0..<rows).map { _ in Float(1 + random.below(8)) / 8 }
    var values: [Float] = []
    for row in 0..<rows {
      let kind = random.below(12)
      for _ in 0..<columns { values.append(kind == 0 ? 0 : kind == 1 ? spreads[row] : random.float() * spreads[row]) }
    }
    let shape = random.below(4) == 0 && columns % 2 == 0 ? [rows, columns / 2, 2] : [rows, columns]
    return FloatTensor(name: "t", shape: shape, values: FloatBuffer(values))
  }

  private static func floats(_ tensor: Tensor, _ rows: Range<Int>, _ bytes: Span<UInt8>, _ path: CodedPath) -> [Float] {
    var floats = [Float](repeating: .signalingNaN, count: rows.count * tensor.shape.rowElementCount)
    var span = floats.mutableSpan
    tensor.decodeRows(rows, bytes, codedPath: path, into: &span)
    return floats
  }
}

@Suite("Entropy coding: memory")
struct CodedMemoryTests {
  @Test("The tables, states and places of all streams that a reader keeps are below 5 KB, with its records below 8 KB")
  func size() {
    // On a microcontroller the order of bit symbols is 256 bytes of memory, not constants.
    let tables = MemoryLayout<CodedTables>.size
    #expect(tables + 5 * MemoryLayout<CodedStreamReader>.stride < 5120)
    // What it copies of directory and description besides, with 64-bit integers.
    #expect(MemoryLayout<CodedReader>.size < 8192)
  }
}
