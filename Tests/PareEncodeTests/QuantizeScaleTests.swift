import PareFormat
import Testing

@testable import PareEncode

@Suite("Scales")
struct QuantizeScaleTests {
  @Test("An f16 is rounded up: itself where exact, else the next one, and nil above 65504")
  func roundedUpHalf() {
    // Every positive, finite f16; what lies between two of them follows from its ends, the function being monotone.
    for half: UInt16 in 1...0x7BFF {
      let value = Float(bitPattern: HalfPrecision.widenHalf(half))
      #expect(HalfScale.roundedUpHalf(value) == half)
      #expect(HalfScale.roundedUpHalf(value.nextDown) == half)
      #expect(HalfScale.roundedUpHalf(value.nextUp) == (half == 0x7BFF ? nil : half + 1))
    }
    #expect(HalfScale.roundedUpHalf(.leastNonzeroMagnitude) == 1)
    #expect(HalfScale.roundedUpHalf(.greatestFiniteMagnitude) == nil)
  }

  @Test("f16 scales stand for normal f16 only; below 2^-14 and above 65504 the tensor has f32 scales")
  func fallback() throws {
    func type(_ values: [Float]) throws -> ScaleType {
      try QuantizedTensor(
        quantizing: makeTensor(values, shape: [values.count / 2, 2]), by: .integer(bitWidth: 8),
        layout: ScaleLayout(.axis(0), scaleType: .f16)
      ).scaleType
    }
    #expect(try type([1, 2, 3, 4]) == .f16)
    #expect(try type([127 * 0x1p-14, 0, 3, 4]) == .f16)
    // A hair above 2^-15 is rounded up to a subnormal, just below 2^-14 to 2^-14 itself.
    #expect(try type([127 * 0x1.0002p-15, 0, 3, 4]) == .f32)
    #expect(try type([127 * 0x1.ffffp-15, 0, 3, 4]) == .f16)
    #expect(try type([127 * 65504, 0, 3, 4]) == .f16)
    #expect(try type([127 * 65505, 0, 3, 4]) == .f32)
    // Zeros have scale 1.
    #expect(try type([0, 0, 3, 4]) == .f16)
  }

  @Test(
    "A slice of zeros, or all dropped, has scale 1",
    arguments: ["int8", "int1", "pow2", "step:30dB", "int16"])
  func zeros(quantization: String) throws {
    let tensor = makeTensor([0, -0.0, 0, 0])
    let found = try QuantizedTensor(quantizing: tensor, by: Quantization(quantization))
    #expect(found.scales == [1])
    #expect(found.codes == [0, 0, 0, 0])
    let ones = makeTensor([1, -1])
    let dropped = try QuantizedTensor(
      quantizing: ones, mask: PruningMask(of: ones, threshold: 1), by: Quantization(quantization))
    #expect(dropped.scales == [1])
    #expect(dropped.codes == [0, 0])
  }

  @Test("An affine slice of zeros has scale 1 and the least code as zero point")
  func affineZeros() throws {
    let found = try QuantizedTensor(
      quantizing: makeTensor([0, 0]), by: .integer(bitWidth: 4), scheme: .affine)
    #expect(found.scales == [1])
    #expect(found.zeroPoints == [-8])
    #expect(found.codes == [-8, -8])
    #expect(found.nonZeroCount == 0)
  }

  @Test("Elements find their scale as the spec says, run by run and one by one")
  func map() {
    for shape in [[], [7], [3, 5], [2, 3, 4], [2, 0, 3], [0, 4], [3, 0], [1, 1, 1]] {
      var granularities: [Granularity] = [.tensor] + [1, 2, 3, 5, 100].map { .group($0) }
      granularities += shape.indices.map { .axis($0) }
      var formatShape = Shape()
      for extent in shape { precondition(formatShape.append(extent, largest: 1 << 29)) }
      for granularity in granularities {
        let map = ScaleMap(shape: shape, granularity: granularity)
        #expect(map.scaleCount == granularity.scaleCount(of: formatShape))
        var found: [Int] = []
        var runs = map.runs
        while let run = runs.next() {
          #expect(run.start == found.count && run.count > 0)
          found += [Int](repeating: run.scale, count: run.count)
        }
        let rows = shape.count >= 2 ? shape[0] : 1
        let row = rows == 0 ? 0 : shape.reduce(1, *) / rows
        let expected = (0..<shape.reduce(1, *)).map { element in
          switch granularity {
          case .tensor: 0
          case .axis(let axis): element / shape[(axis + 1)...].reduce(1, *) % shape[axis]
          case .group(let size): element / row * ((row + size - 1) / size) + element % row / size
          }
        }
        #expect(found == expected)
        #expect(expected.indices.map { map.scaleIndex(of: $0) } == expected)
      }
    }
  }

  @Test(
    "Empty tensors have as many scales as the format wants, and no codes",
    arguments: ["tensor", "axis", "group:4"])
  func empty(layoutText: String) throws {
    for quantization in [
      "int8", "int1", "pow2", "pow2:4", "codebook:4", "step:30dB", "step:max=0.1", "step:size=1",
    ] {
      let found = try QuantizedTensor(
        quantizing: makeTensor([], shape: [2, 0]), by: Quantization(quantization),
        layout: ScaleLayout(layoutText))
      #expect(found.codes.isEmpty)
      #expect(found.scales.allSatisfy { $0 > 0 && $0.isFinite })
      if quantization == "int8" {
        #expect(found.scales.count == ["tensor": 1, "axis": 2, "group:4": 0][layoutText])
      }
    }
    let affine = try QuantizedTensor(
      quantizing: makeTensor([], shape: [2, 0]), by: .integer(bitWidth: 8), layout: ScaleLayout(layoutText),
      scheme: .affine)
    #expect(affine.hasZeroPoints && affine.zeroPoints.count == affine.scales.count)
  }

  @Test("An axis that the tensor lacks is refused with the tensor's name")
  func axis() throws {
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(
        quantizing: makeTensor([1, 2], shape: [1, 2], name: "fc2"), by: .integer(bitWidth: 8),
        layout: ScaleLayout(.axis(2)))
    }
    #expect(error.rule == .axisOutOfRange && error.tensor == "fc2")
    #expect(error.description == "fc2: axis:2: the tensor has 2 axes, counted from 0")
  }

  @Test(
    "Quantizing refuses NaN and infinity with tensor and element",
    arguments: ["int8", "int1", "pow2", "pow2:3", "codebook:4", "step:30dB", "step:max=0.1", "step:size=1"])
  func notFinite(quantization: String) throws {
    for value in [Float.nan, -.nan, .infinity, -.infinity, Float(bitPattern: 0xFF80_0001)] {
      let tensor = makeTensor([1, 2, 0, value, 5, value], shape: [2, 3], name: "lstm.w")
      let error = try #require(throws: EncodeError.self) {
        try QuantizedTensor(quantizing: tensor, by: Quantization(quantization))
      }
      #expect(error.rule == .notFinite && error.tensor == "lstm.w" && error.element == 3)
      #expect(error.value?.bitPattern == value.bitPattern)
      // What is dropped is not looked at.
      let mask = PruningMask(count: 6) { $0 != 3 && $0 != 5 }
      #expect(throws: Never.self) {
        try QuantizedTensor(quantizing: tensor, mask: mask, by: Quantization(quantization))
      }
      let partly = PruningMask(count: 6) { $0 != 3 }
      let second = try #require(throws: EncodeError.self) {
        try QuantizedTensor(quantizing: tensor, mask: partly, by: Quantization(quantization))
      }
      #expect(second.element == 5)
    }
  }

  @Test("Rounding without library calls is half to even, and half away from zero")
  func rounding() {
    let halves =
      (-9...9).map { Double($0) / 2 } + [
        0.49999999999999994, -0.49999999999999994, 32766.5, 32767.5, 1e6 + 0.5,
      ]
    for x in halves {
      #expect(RoundToInteger.even(x) == x.rounded(.toNearestOrEven))
    }
    for x in halves { #expect(RoundToInteger.away(x) == x.rounded(.toNearestOrAwayFromZero)) }
    for code in -32768...32767 { #expect(RoundToInteger.code(Double(code)) == Int16(code)) }
  }
}
