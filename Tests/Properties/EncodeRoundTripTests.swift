import Foundation
import Pare
import PareEncode
import PareFormat
import Testing

@Suite("Encoding: every setting round-trips")
struct EncodeRoundTripTests {
  @Test("Random tensors of any shape, density and setting decode to what quantizing promised", arguments: 0..<1200)
  func roundTrip(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let tensor = RandomTensor.make(&random)
    let settings = try RandomTensor.settings(&random, rank: tensor.shape.count)
    let mask = RandomTensor.mask(of: tensor, &random)
    let options = RandomTensor.options(&random)
    let encoded: EncodedTensor
    do {
      encoded = try TensorEncoder.encode(
        tensor, mask: mask, settings: settings, options: options, checksum: ZlibChecksum.self)
    } catch {
      // Fixed fraction bits may need more than 16 bits for random values; nothing else is refused here.
      #expect(error.rule == .codeTooWide || error.rule == .rangeTooLarge, "\(error)")
      return
    }
    let bytes = try containerBytes([encoded])
    let model = try Model(bytes: bytes)
    try model.validate()
    let found = try model.tensor(tensor.name)
    #expect(found.shape == tensor.shape)
    let expected = try expectedValues(
      tensor, mask: mask, settings: settings, rounding: options.rounding, outcome: encoded.outcome)
    #expect(found.floats().map(\.bitPattern) == expected.map(\.bitPattern), "\(settings) \(encoded.encoding)")

    // The chosen encoding is the cheapest candidate, but for entropy coding that saves too little, and its cost is what the
    // container shows.
    let costs = encoded.candidates.map(\.byteCount)
    #expect(costs.dropFirst() == costs.dropFirst().sorted()[...])
    for other in encoded.candidates {
      let isCoded = (other.encoding.coded != nil, encoded.encoding.coded != nil)
      #expect(costs[0] <= other.byteCount + (isCoded == (true, false) ? 6 : isCoded == (false, true) ? -7 : 0))
    }
    let record = model.records[0]
    let recordByteCount = model.container.directory.count - tensor.name.utf8.count
    #expect(costs.first == recordByteCount + record.parts.byteCount)
  }

  @Test("Encoding twice gives the same bytes")
  func deterministic() throws {
    for seed in 0..<50 {
      let first = try encodeAll(seed: seed)
      let second = try encodeAll(seed: seed)
      #expect(first == second)
    }
  }

  @Test(
    "The article's example: threshold 0.5 drops both halves, 2 has code 512 of 11 bits; the bytes are the fixture's")
  func article() throws {
    let tensor = FloatTensor(name: "w", shape: [3], values: FloatBuffer([0.5, 0.5, 2]))
    var plan = EncodingPlan()
    plan.rules = [try TensorRule("w: prune=threshold=0.5 quantize=pow2:8")]
    let mask = plan.masks(for: [tensor])[0]
    let settings = plan.settings(forName: "w", rank: 1)
    let quantized = try settings.quantized(tensor, mask: mask)
    #expect(quantized.codes == [0, 0, 512])
    #expect(quantized.bitWidth == 11)
    #expect(quantized.scales == [0x1p-8])
    let encoded = try TensorEncoder.encode(tensor, mask: mask, settings: settings, checksum: ZlibChecksum.self)
    #expect(try Model(bytes: containerBytes([encoded])).tensor("w").floats() == [0, 0, 2])
    // The fixture was written by an independent program.
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/valid/article.pare")
    #expect(try containerBytes([encoded]) == [UInt8](Data(contentsOf: fixture)))
    let errors = try #require(encoded.errors)
    #expect(errors.maxAbsError == 0.5)
    #expect(errors.rmsError == Float((0.5 as Double / 3).squareRoot()))
  }

  @Test("Linear regression in f32 takes at most 64 bytes beyond its weights, LeNet-300-100 at most 152")
  func overhead() throws {
    let linear = try containerBytes([
      kept("coef", [3], (0..<3).map { Float($0) + 0.1 }), kept("intercept", [1], [0.3]),
    ])
    #expect(linear.count - 16 <= 64)
    var lenet: [EncodedTensor] = []
    var weights = 0
    for (name, out, input) in [("fc1", 300, 784), ("fc2", 100, 300), ("fc3", 10, 100)] {
      var random = SplitMix(state: 1)
      lenet.append(kept("\(name).weight", [out, input], (0..<out * input).map { _ in random.float() }))
      lenet.append(kept("\(name).bias", [out], (0..<out).map { _ in random.float() }))
      weights += 4 * (out * input + out)
    }
    let order = [1, 0, 3, 2, 5, 4]
    #expect(try containerBytes(lenet, layout: .order(order)).count - weights <= 152)
  }

  private func kept(_ name: String, _ shape: [Int], _ values: [Float]) -> EncodedTensor {
    let tensor = FloatTensor(name: name, shape: shape, values: FloatBuffer(values))
    let settings = EncodingPlan().settings(forName: name, rank: shape.count)
    // Keeping floats refuses nothing.
    guard let encoded = try? TensorEncoder.encode(tensor, mask: nil, settings: settings, checksum: ZlibChecksum.self)
    else { preconditionFailure("kept floats are never refused") }
    return encoded
  }

  private func encodeAll(seed: Int) throws -> [UInt8] {
    var random = SplitMix(state: UInt64(seed))
    var tensors: [EncodedTensor] = []
    for index in 0..<3 {
      let made = RandomTensor.make(&random)
      let tensor = FloatTensor(name: "t\(index)", shape: made.shape, values: made.values)
      let settings = try RandomTensor.settings(&random, rank: tensor.shape.count)
      let mask = RandomTensor.mask(of: tensor, &random)
      if let encoded = try? TensorEncoder.encode(tensor, mask: mask, settings: settings, checksum: ZlibChecksum.self) {
        tensors.append(encoded)
      }
    }
    return try containerBytes(tensors)
  }

  private func expectedValues(
    _ tensor: FloatTensor, mask: PruningMask?, settings: TensorSettings, rounding: Rounding,
    outcome: EncodedTensor.Outcome
  ) throws -> [Float] {
    let source = (0..<tensor.values.count).map { tensor.values.span[$0] }
    guard outcome == .encoded else { return source }
    let kept: (Int) -> Bool = { mask?.keeps($0) ?? true }
    switch settings.quantization {
    case .unquantized: return source.indices.map { kept($0) ? source[$0] : 0 }
    case .half:
      return source.indices.map {
        kept($0)
          ? Float(bitPattern: HalfPrecision.widenHalf(HalfPrecision.narrowToHalf(source[$0].bitPattern))) : 0
      }
    case .brain:
      return source.indices.map {
        kept($0)
          ? Float(bitPattern: HalfPrecision.widenBrain(HalfPrecision.narrowToBrain(source[$0].bitPattern))) : 0
      }
    default:
      let quantized = try settings.quantized(tensor, mask: mask, rounding: rounding)
      // A zero decodes to +0 however it is stored.
      return source.indices.map { quantized.decodedValue(at: $0) }
    }
  }
}
