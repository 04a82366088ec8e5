import PareFormat
import Testing

@testable import PareEncode

@Suite("Rate and distortion")
struct RateDistortionTests {
  private func bell(_ count: Int, state: UInt64 = 1, by factor: Float = 0.3, name: String = "fc1") -> FloatTensor {
    var numbers = Numbers(state: state)
    return makeTensor((0..<count).map { _ in numbers.bell() * factor }, shape: [count / 10, 10], name: name)
  }

  /// Bits for each code, the zeros included.
  private func entropy(_ found: QuantizedTensor) -> Double {
    var counts: [Int16: Int] = [:]
    for code in found.codes { counts[code, default: 0] += 1 }
    return Double(StoredEntropy.length(counts.values.sorted())) / Double(CodeLength.bit) / Double(found.codes.count)
  }

  @Test("A weight's code is the nearest, or the next one towards zero where error and length together are less")
  func best() {
    var numbers = Numbers(state: 5)
    let counts = [1, 0, 7, 30, 2, 90, 41, 40, 0, 0, 3]
    let reach = counts.count / 2
    let rounding = RateDistortion(counts: counts)
    func cost(_ quotient: Double, _ code: Int) -> Double {
      let count = counts[code + reach]
      let bits = count == 0 ? CodeLength.bit : -CodeLength.log2(count)
      let error = quotient - Double(code)
      return error * error + RateDistortion.slope * Double(bits) / Double(CodeLength.bit)
    }
    var downCount = 0
    for _ in 0..<20_000 {
      let quotient = Double(numbers.bell()) * 2.2
      let nearest = Int(RoundToInteger.even(quotient))
      guard abs(nearest) <= reach else { continue }
      let below = nearest - nearest.signum()
      let isBetter = cost(quotient, below) < cost(quotient, nearest) && abs(quotient) < Double(abs(nearest))
      #expect(rounding.code(quotient) == (isBetter ? below : nearest), "\(quotient)")
      downCount += isBetter ? 1 : 0
    }
    #expect(downCount > 1000)
    #expect(rounding.code(0) == 0)
  }

  @Test(
    "A target in decibels is met with fewer bits than by rounding to nearest", arguments: [6, 10, 15, 20] as [Double])
  func decibels(target: Double) throws {
    let tensor = bell(20_000)
    for mask in [nil, PruningMask(of: tensor, sparsity: 0.7)] {
      let plain = try QuantizedTensor(quantizing: tensor, mask: mask, by: .step(.sqnr(decibels: target)))
      let found = try QuantizedTensor(
        quantizing: tensor, mask: mask, by: .step(.sqnr(decibels: target)), rounding: .rateDistortion)
      var signal = 0.0
      var noise = 0.0
      for element in tensor.values.span.indices where mask?.keeps(element) != false {
        let weight = Double(tensor.values.span[element])
        let error = weight - Double(found.decodedValue(at: element))
        signal += weight * weight
        noise += error * error
      }
      #expect(signal / noise * (1 + 20_000 * 0x1p-52) >= Decibels.powerRatio(target))
      // Without small weights there is nothing to gain by a dead zone, and little otherwise.
      #expect(mask == nil ? entropy(found) < entropy(plain) : entropy(found) <= entropy(plain))
      #expect(found.codes.indices.allSatisfy { mask?.keeps($0) != false || found.codes[$0] == 0 })
      #expect(QuantizeBoundTests.firstInvalid(found) == nil)
    }
  }

  @Test("Weights on a grid stay on it")
  func grid() throws {
    var numbers = Numbers(state: 9)
    let tensor = makeTensor((0..<500).map { _ in Float(Int32(bitPattern: numbers.next()) >> 28) * 0.375 })
    let found = try QuantizedTensor(quantizing: tensor, by: .step(.sqnr(decibels: 90)), rounding: .rateDistortion)
    #expect(ErrorStatistics(of: found, source: tensor).powerRatio >= Decibels.powerRatio(90))
  }

  @Test("Given steps, maximum errors and fine steps round to nearest")
  func nearest() throws {
    let tensor = bell(3000)
    for target: StepTarget in [.size(0.2), .maximumError(0.1), .sqnr(decibels: 50)] {
      let plain = try QuantizedTensor(quantizing: tensor, by: .step(target))
      let found = try QuantizedTensor(quantizing: tensor, by: .step(target), rounding: .rateDistortion)
      #expect(found.codes == plain.codes && found.scales == plain.scales)
    }
  }

  // MARK: A model's step

  private func plan(_ quantization: Quantization, rules: [String] = []) throws -> EncodingPlan {
    var plan = EncodingPlan()
    plan.quantization = quantization
    plan.rules = try rules.map { try TensorRule($0) }
    return plan
  }

  private var model: [FloatTensor] {
    [
      bell(4000, state: 1, by: 0.3, name: "a"), bell(2000, state: 2, by: 0.05, name: "b"),
      bell(1000, state: 3, by: 1, name: "c"),
    ]
  }

  @Test(
    "A model's step is one for all, and its decibels are those of all weights",
    arguments: [Rounding.nearest, .rateDistortion])
  func modelStep(rounding: Rounding) throws {
    let model = model
    let plan = try plan(.modelStep(.sqnr(decibels: 18)), rules: ["c: quantize=int8"])
    let steps = try plan.steps(for: model, masks: [nil, nil, nil], rounding: rounding)
    #expect(steps[2] == nil && steps[0]?.size == steps[1]?.size)
    var signal = 0.0
    var noise = 0.0
    for index in 0..<2 {
      let found = try QuantizedTensor(
        quantizing: model[index], mask: nil, at: try #require(steps[index]), option: plan.quantization)
      let errors = ErrorStatistics(of: found, source: model[index])
      signal += errors.signalPower
      noise += errors.noisePower
    }
    #expect(signal / noise * (1 + 6000 * 0x1p-52) >= Decibels.powerRatio(18))
    // Not far above it: the step is as large as it can be.
    #expect(signal / noise < Decibels.powerRatio(18.05))
  }

  @Test("A model's maximum error holds for the worst of its weights")
  func modelMaximumError() throws {
    let steps = try plan(.modelStep(.maximumError(0.01))).steps(for: model, masks: [nil, nil, nil], rounding: .nearest)
    #expect(Set(steps.map { $0?.size }).count == 1)
    for (tensor, step) in zip(model, steps) {
      let found = try QuantizedTensor(quantizing: tensor, mask: nil, at: try #require(step), option: .unquantized)
      #expect(ErrorStatistics(of: found, source: tensor).maxAbsError <= 0.01)
    }
  }

  @Test("One step for all takes fewer bits than a step for each tensor, at the same squared error")
  func oneStepIsBest() throws {
    // In the compact profile, whole tensors of 40 and 50 KB as f32.
    let model = [bell(10_000, state: 1, by: 0.3, name: "a"), bell(12_000, state: 2, by: 0.05, name: "b")]
    let options = EncodingOptions(profile: .compact)
    func size(_ quantization: Quantization) throws -> (byteCount: Int, noise: Double) {
      let plan = try plan(quantization)
      let steps = try plan.steps(for: model, masks: [nil, nil], rounding: .rateDistortion)
      var sum = (byteCount: 0, noise: 0.0)
      for (tensor, step) in zip(model, steps) {
        let encoded = try TensorEncoder.encode(
          tensor, mask: nil, settings: plan.settings(forName: tensor.name, rank: 2), options: options, chosen: step,
          checksum: SmallChecksum.self)
        sum.byteCount += encoded.payloadByteCount
        sum.noise += try #require(encoded.errors).noisePower
      }
      return sum
    }
    let each = try size(.step(.sqnr(decibels: 20)))
    let one = try size(.modelStep(.sqnr(decibels: 20)))
    #expect(one.noise <= each.noise * 1.001 && Double(one.byteCount) < 0.85 * Double(each.byteCount))
  }
}
