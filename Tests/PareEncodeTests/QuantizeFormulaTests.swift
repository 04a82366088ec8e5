import PareFormat
import Testing

@testable import PareEncode

/// Expected codes of one quantization, made by QuantizeExpected.py.
struct QuantizeCase: Sendable, CustomTestStringConvertible {
  let weights: String
  let quantization: String
  let layout: String
  let scheme: Scheme
  let convention: String
  let scaleBits: [UInt32]
  let zeroPoints: [Int16]
  let codes: [Int16]

  var testDescription: String { "\(weights) \(quantization) \(layout) \(scheme) \(convention)" }

  var tensor: FloatTensor {
    let values =
      weights == "general"
      ? QuantizeExpected.general.map { Float($0) / 1024 } : QuantizeExpected.ties.map { Float($0) / 128 }
    return makeTensor(values, shape: [4, 12])
  }
}

func makeTensor(_ values: [Float], shape: [Int]? = nil, name: String = "w") -> FloatTensor {
  FloatTensor(name: name, shape: shape ?? [values.count], values: FloatBuffer(values))
}

@Suite("Quantization formulas")
struct QuantizeFormulaTests {
  @Test("Scales, zero points and codes are those of exact arithmetic", arguments: QuantizeExpected.cases)
  func formulas(expected: QuantizeCase) throws {
    let found = try QuantizedTensor(
      quantizing: expected.tensor, by: Quantization(expected.quantization),
      layout: ScaleLayout(expected.layout),
      scheme: expected.scheme, convention: Convention(expected.convention))
    #expect(found.scales.map(\.bitPattern) == expected.scaleBits)
    #expect(found.zeroPoints == expected.zeroPoints)
    #expect(found.hasZeroPoints == (expected.scheme == .affine))
    #expect(found.codes == expected.codes)
  }

  @Test(
    "The article's example: both 0.5 are dropped at threshold 0.5, 2 stays in place as code 512 of 11 bits")
  func article() throws {
    let tensor = makeTensor([0.5, 0.5, 2])
    let mask = PruningMask(of: tensor, threshold: 0.5)
    #expect((0..<3).map(mask.keeps) == [false, false, true])
    let found = try QuantizedTensor(quantizing: tensor, mask: mask, by: .powerOfTwo(fractionBits: 8))
    #expect(found.codes == [0, 0, 512])
    #expect(found.bitWidth == 11)
    #expect(found.scales == [1 / 256])
    #expect(found.decodedValue(at: 2) == 2)
    #expect(found.nonZeroCount == 1)
  }

  @Test(
    "Fixed point takes the least width from 2 to 16 that holds every code",
    arguments: [
      ([1, -1], 2), ([0, 0], 2), ([1, -2], 2), ([2, 0], 3), ([0, -4], 3), ([-5, 0], 4), ([127, -128], 8),
      ([128], 9),
      ([32767, -32768], 16),
    ] as [([Float], Int)])
  func leastWidth(codes: [Float], width: Int) throws {
    let found = try QuantizedTensor(quantizing: makeTensor(codes), by: .powerOfTwo(fractionBits: 0))
    #expect(found.bitWidth == width)
    #expect(found.codes == codes.map { Int16($0) })
  }

  @Test(
    "Codes of fixed point above 16 bits are refused with the tensor's name",
    arguments: [32767.5, -32768.6] as [Float])
  func tooWide(weight: Float) throws {
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(
        quantizing: makeTensor([0, weight], name: "fc1"), by: .powerOfTwo(fractionBits: 0))
    }
    #expect(error.rule == .codeTooWide)
    #expect(error.tensor == "fc1")
  }

  @Test(
    "Plain pow2 takes the largest number of fraction bits at which no code saturates",
    arguments: [
      (1, 6, 64), (0.99, 7, 127), (0.997, 6, 64), (-1, 7, -128), (-1.01, 6, -65), (127, 0, 127),
      (127.5, -1, 64),
      (-128.5, 0, -128), (300, -2, 75), (0x1p-140, 126, 0),
    ] as [(Float, Int, Int16)])
  func plainPowerOfTwo(weight: Float, fractionBits: Int, code: Int16) throws {
    let found = try QuantizedTensor(quantizing: makeTensor([weight]), by: .powerOfTwo(fractionBits: nil))
    #expect(found.scales == [ScaleRules.powerOfTwo(fractionBits: fractionBits)])
    #expect(found.codes == [code])
    #expect(found.bitWidth == 8)
  }

  @Test("Sign coding of a tensor without zeros is dense; with a zero or a dropped weight it requires sparse")
  func signs() throws {
    let full = try QuantizedTensor(quantizing: makeTensor([1, -2, 3, -4]), by: .integer(bitWidth: 1))
    #expect(full.isSign && !full.requiresSparse)
    #expect(full.codes == [1, -1, 1, -1])
    #expect(full.scales == [2.5])

    let zero = try QuantizedTensor(quantizing: makeTensor([1, 0, -0.0, -4]), by: .integer(bitWidth: 1))
    #expect(zero.requiresSparse)
    #expect(zero.codes == [1, 0, 0, -1])
    #expect(zero.scales == [2.5])

    let tensor = makeTensor([1, -2, 3, -4])
    let pruned = try QuantizedTensor(
      quantizing: tensor, mask: PruningMask(of: tensor, threshold: 2), by: .integer(bitWidth: 1))
    #expect(pruned.requiresSparse)
    #expect(pruned.nonZeroCount == 2)
    #expect(pruned.codes == [0, 0, 1, -1])
    #expect(pruned.scales == [3.5])
  }

  @Test("A dropped element decodes to +0 and has the zero point as code, whatever the scheme")
  func droppedIsZeroPoint() throws {
    let tensor = makeTensor([-1, 0.25, 3, 0.5], shape: [2, 2])
    let mask = PruningMask(of: tensor, threshold: 0.5)
    let found = try QuantizedTensor(
      quantizing: tensor, mask: mask, by: .integer(bitWidth: 8), layout: ScaleLayout(.axis(0)),
      scheme: .affine)
    #expect(found.codes[1] == found.zeroPoints[0] && found.codes[3] == found.zeroPoints[1])
    #expect(found.decodedValue(at: 1).bitPattern == 0)
    #expect(found.nonZeroCount == 2)
    // The range of a slice comes from what is kept: row 0 is -1...0, row 1 is 0...3.
    #expect(found.scales == [1 / 255, 3 / 255])
    #expect(found.zeroPoints == [127, -128])
  }

  @Test("Affine codes are refused by the tflite convention, whose weights are symmetric")
  func tfliteIsSymmetric() throws {
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(
        quantizing: makeTensor([1]), by: .integer(bitWidth: 8), scheme: .affine, convention: .tflite)
    }
    #expect(error.rule == .incompatibleOptions)
  }
}
