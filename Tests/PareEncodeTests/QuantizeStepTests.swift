import PareFormat
import Testing

@testable import PareEncode

@Suite("Uniform step")
struct QuantizeStepTests {
  private func bell(_ count: Int, state: UInt64 = 1) -> FloatTensor {
    var numbers = Numbers(state: state)
    return makeTensor((0..<count).map { _ in numbers.bell() * 0.3 }, shape: [count / 10, 10], name: "fc1")
  }

  private func ratio(_ found: QuantizedTensor, _ tensor: FloatTensor, _ mask: PruningMask?) -> Double {
    let values = tensor.values.span
    var signal = 0.0
    var noise = 0.0
    for element in values.indices where mask?.keeps(element) != false {
      signal += Double(values[element]) * Double(values[element])
      let error = Double(values[element]) - Double(found.decodedValue(at: element))
      noise += error * error
    }
    return signal / noise
  }

  @Test(
    "A target in decibels is met over the kept weights, and the next larger step misses it",
    arguments: [5, 10, 20.5, 40, 60, 80] as [Double])
  func decibels(target: Double) throws {
    let tensor = bell(3000)
    for mask in [nil, PruningMask(of: tensor, sparsity: 0.7)] {
      let found = try QuantizedTensor(quantizing: tensor, mask: mask, by: .step(.sqnr(decibels: target)))
      // Sums in another order: 3000 roundings of 2^-53.
      let slack = 1 + 3000 * 0x1p-52
      #expect(ratio(found, tensor, mask) * slack >= Decibels.powerRatio(target))
      let next = try QuantizedTensor(
        quantizing: tensor, mask: mask, by: .step(.size(Double(found.scales[0].nextUp))))
      #expect(ratio(next, tensor, mask) < Decibels.powerRatio(target) * slack)
      #expect(QuantizeBoundTests.firstBroken(found, tensor, mask) == nil)
      #expect(QuantizeBoundTests.firstInvalid(found) == nil)
      let limit = 1 << (found.bitWidth - 1)
      // The width is the least one.
      #expect(found.bitWidth == 2 || found.codes.contains { $0 < -limit / 2 || $0 >= limit / 2 })
    }
  }

  @Test("Weights on a grid are kept exactly at a high target")
  func grid() throws {
    var numbers = Numbers(state: 9)
    let tensor = makeTensor((0..<500).map { _ in Float(Int32(bitPattern: numbers.next()) >> 28) * 0.375 })
    let found = try QuantizedTensor(quantizing: tensor, by: .step(.sqnr(decibels: 90)))
    #expect(ErrorStatistics(of: found, source: tensor).powerRatio >= Decibels.powerRatio(90))
  }

  @Test("A target that 16 bits do not reach is refused with the tensor's name")
  func unreachable() throws {
    let tensor = bell(1000)
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(quantizing: tensor, by: .step(.sqnr(decibels: 130)))
    }
    #expect(error.rule == .codeTooWide && error.tensor == "fc1")
  }

  @Test(
    "A maximum error holds for every kept weight", arguments: [0.1, 0.01, 1e-3, 1.7e-4, 1e-5, 0.003000000001])
  func maximumError(limit: Double) throws {
    for state: UInt64 in 1...6 {
      let tensor = bell(3000, state: state)
      let values = tensor.values.span
      for mask in [nil, PruningMask(of: tensor, sparsity: 0.5)] {
        let found = try QuantizedTensor(quantizing: tensor, mask: mask, by: .step(.maximumError(limit)))
        for element in values.indices where mask?.keeps(element) != false {
          #expect(abs(Double(found.decodedValue(at: element)) - Double(values[element])) <= limit)
        }
        // 2 E less what decoding rounds, and less the rounding of the step.
        #expect(Double(found.scales[0]) >= (2 * limit - 0x1p-22 * 0.3) * (1 - 0x1p-23))
        #expect(Double(found.scales[0]) <= 2 * limit)
      }
    }
  }

  @Test(
    "A maximum error holds for weights on ties, whose decoding rounds beyond half a step of twice the error")
  func maximumErrorOnTies() throws {
    // Half of an f32 step, exactly.
    let limit = Double(Float(0.1)) / 2
    let weights = (0..<2000).map { Float((Double($0) + 0.5) * 2 * limit) }
    let tensor = makeTensor(weights)
    let atTwice = try QuantizedTensor(quantizing: tensor, by: .step(.size(2 * limit)))
    #expect(
      weights.indices.contains { abs(Double(atTwice.decodedValue(at: $0)) - Double(weights[$0])) > limit })
    let found = try QuantizedTensor(quantizing: tensor, by: .step(.maximumError(limit)))
    #expect(
      weights.indices.allSatisfy { abs(Double(found.decodedValue(at: $0)) - Double(weights[$0])) <= limit })
    #expect(Double(found.scales[0]) >= (2 * limit - 0x1p-22 * 200) * (1 - 0x1p-23))
  }

  @Test("A step is the f32 nearest to the size asked for")
  func size() throws {
    let found = try QuantizedTensor(quantizing: makeTensor([1, -0.25, 0.15]), by: .step(.size(0.1)))
    #expect(found.scales == [0.1])
    #expect(found.codes == [10, -2, 2])
    #expect(found.bitWidth == 5)
    #expect(!found.hasZeroPoints && found.granularity == .tensor)
  }

  @Test(
    "A step at which codes exceed 16 bits is refused",
    arguments: ["step:size=0.00003", "step:max=0.000015", "step:size=1e-44"])
  func tooWide(option: String) throws {
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(quantizing: makeTensor([1, -1], name: "fc3"), by: Quantization(option))
    }
    #expect(error.rule == .codeTooWide && error.tensor == "fc3")
  }

  @Test("A step that rounds the largest weight to infinity is refused")
  func overflow() throws {
    let tensor = makeTensor([.greatestFiniteMagnitude])
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(quantizing: tensor, by: .step(.size(0x1p126)))
    }
    #expect(error.rule == .rangeTooLarge)
  }

  @Test("Decibels become a ratio without a logarithm: powers of ten, their roots, and products")
  func powerRatio() {
    #expect(Decibels.powerRatio(0) == 1)
    #expect(Decibels.powerRatio(10) == 10)
    #expect(Decibels.powerRatio(200) == 1e20)
    #expect(Decibels.powerRatio(5) == 10.0.squareRoot())
    // 3 dB is 1.99526231496887960135..., 0.1 dB 1.02329299228075413097...
    #expect(abs(Decibels.powerRatio(3) / 1.995262314968879601 - 1) < 0x1p-47)
    #expect(abs(Decibels.powerRatio(0.1) / 1.023292992280754131 - 1) < 0x1p-47)
    #expect(
      abs(Decibels.powerRatio(73.3) / (Decibels.powerRatio(73) * Decibels.powerRatio(0.3)) - 1) < 0x1p-45)
  }
}
