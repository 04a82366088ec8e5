import PareFormat
import Testing

@testable import PareEncode

/// A linear congruential generator: the same numbers on every machine.
struct Numbers {
  var state: UInt64

  mutating func next() -> UInt32 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt32(truncatingIfNeeded: state >> 32)
  }

  /// -1 to 1.
  mutating func uniform() -> Float { Float(Int32(bitPattern: next())) * 0x1p-31 }

  /// Roughly normal, at most 1.
  mutating func bell() -> Float { (uniform() + uniform() + uniform() + uniform()) / 4 }
}

/// Families of weights, named for what they are hard on.
enum WeightFamily: String, CaseIterable {
  case bell, uniform, dyadic, subnormal, deepSubnormal, huge, allMagnitudes, oneSided, tiesAtBothEnds

  func tensor(_ numbers: inout Numbers, shape: [Int]) -> FloatTensor {
    let steps = Float([1, 3, 7, 15, 31, 127, 255, 65535][Int(numbers.next() % 8)])
    let factor = numbers.uniform().magnitude + 0.01
    var values = (0..<shape.reduce(1, *)).map { _ -> Float in
      switch self {
      case .bell: numbers.bell() * 0.3
      case .uniform: numbers.uniform() * 17
      // Many exact ties.
      case .dyadic: Float(Int32(bitPattern: numbers.next()) >> 23) / 64
      case .subnormal: numbers.uniform() * 0x1p-125
      case .deepSubnormal: numbers.uniform() * 0x1p-143
      case .huge: numbers.uniform() * 0x1.8p127
      case .allMagnitudes:
        Float(bitPattern: numbers.next() & 0xFDFF_FFFF)
      case .oneSided: numbers.uniform().magnitude * 0.7
      // In units of the step: -(n + 1/2) to steps - n - 1/2, scaled so that the step is not exact.
      case .tiesAtBothEnds: (numbers.uniform() * 0.4).rounded() * factor
      }
    }
    if self == .tiesAtBothEnds, values.count > 2 {
      let below = (Float(numbers.next() % 65536) * steps / 65536).rounded(.down)
      values[0] = -(below + 0.5) * factor
      values[1] = (steps - below - 0.5) * factor
    }
    for index in values.indices where !values[index].isFinite { values[index] = 1 }
    return FloatTensor(name: rawValue, shape: shape, values: FloatBuffer(values))
  }
}

@Suite("Promised error")
struct QuantizeBoundTests {
  static let layouts = ["tensor", "tensor,f16", "axis", "axis:1,f16", "group:5", "group:5,f32"]

  /// The promise, evaluated in f64: the difference of two f32 so close, half a scale and 2^-23 |w| are exact there.
  static func firstBroken(_ found: QuantizedTensor, _ tensor: FloatTensor, _ mask: PruningMask?) -> String? {
    let values = tensor.values.span
    for element in values.indices {
      let decoded = found.decodedValue(at: element)
      if mask?.keeps(element) == false {
        if decoded.bitPattern != 0 { return "dropped element \(element) is \(decoded)" }
        continue
      }
      guard let bound = found.promisedBound(of: element, weight: values[element]) else { return "no bound" }
      let error = abs(Double(decoded) - Double(values[element]))
      // Not <= alone: a NaN breaks the promise too.
      if !(error <= bound) {
        return
          "\(tensor.name) element \(element): \(values[element]) became \(decoded), off \(error) of \(bound)"
      }
    }
    return nil
  }

  /// Scales and codes that a reader accepts.
  static func firstInvalid(_ found: QuantizedTensor) -> String? {
    let half = 1 << (found.bitWidth - 1)
    if let scale = found.scales.first(where: { !($0 > 0 && $0.isFinite) }) { return "scale \(scale)" }
    if found.scaleType == .f16,
      let scale = found.scales.first(where: {
        HalfPrecision.widenHalf(HalfPrecision.narrowToHalf($0.bitPattern)) != $0.bitPattern
      })
    {
      return "scale \(scale) is no f16"
    }
    if found.isSign { return found.codes.allSatisfy { abs($0) <= 1 } ? nil : "sign code" }
    let range = -half...half - 1
    return (found.codes + found.zeroPoints).allSatisfy { range.contains(Int($0)) }
      ? nil : "code outside its width"
  }

  @Test(
    "Every kept weight is within scale / 2 + 2^-23 |w|, in every width, layout, scheme and convention",
    arguments: WeightFamily.allCases)
  func integers(family: WeightFamily) throws {
    var numbers = Numbers(state: 7)
    for width in 1...16 {
      for layoutText in Self.layouts {
        for (scheme, convention) in [
          (Scheme.symmetric, Convention.standard), (.symmetric, .onnx), (.symmetric, .tflite),
          (.affine, .standard),
          (.affine, .onnx),
        ] where width > 1 || scheme == .affine {
          for isMasked in [false, true] {
            let tensor = family.tensor(&numbers, shape: [5, 23])
            let mask = isMasked ? PruningMask(of: tensor, sparsity: 0.4) : nil
            let found: QuantizedTensor
            do {
              found = try QuantizedTensor(
                quantizing: tensor, mask: mask, by: .integer(bitWidth: width),
                layout: ScaleLayout(layoutText),
                scheme: scheme, convention: convention)
            } catch {
              // Only a range that f32 does not reach from end to end may be refused.
              #expect(error.rule == .rangeTooLarge && scheme == .affine)
              #expect(family == .huge || family == .allMagnitudes)
              continue
            }
            #expect(
              Self.firstBroken(found, tensor, mask) == nil,
              "int\(width) \(layoutText) \(scheme) \(convention)")
            #expect(Self.firstInvalid(found) == nil, "int\(width) \(layoutText) \(scheme) \(convention)")
          }
        }
      }
    }
  }

  @Test("Fixed point keeps the promise", arguments: WeightFamily.allCases)
  func fixedPoint(family: WeightFamily) throws {
    var numbers = Numbers(state: 11)
    for layoutText in Self.layouts {
      let tensor = family.tensor(&numbers, shape: [5, 23])
      let found = try QuantizedTensor(
        quantizing: tensor, by: .powerOfTwo(fractionBits: nil), layout: ScaleLayout(layoutText))
      #expect(Self.firstBroken(found, tensor, nil) == nil)
      #expect(Self.firstInvalid(found) == nil)
      #expect(found.scales.allSatisfy { $0.significand == 1 })
    }
  }

  @Test("The sign of the largest magnitudes of f32 survives symmetric codes")
  func largest() throws {
    let largest = Float.greatestFiniteMagnitude
    for width in 2...16 {
      let found = try QuantizedTensor(
        quantizing: makeTensor([largest, -largest, 1]), by: .integer(bitWidth: width))
      let limit = Int16((1 << (width - 1)) - 1)
      #expect(found.codes == [limit, -limit, 0])
      #expect(found.decodedValue(at: 0).isFinite)
    }
  }

  @Test("Fixed point refuses weights that 8 bits would round to 2^128", arguments: [1, -1] as [Float])
  func largestFixedPoint(sign: Float) throws {
    let error = try #require(throws: EncodeError.self) {
      try QuantizedTensor(
        quantizing: makeTensor([sign * .greatestFiniteMagnitude]), by: .powerOfTwo(fractionBits: nil))
    }
    #expect(error.rule == .rangeTooLarge && error.tensor == "w")
    // 127.5 is a tie and becomes -128 with 2^121, or 64 with 2^122; just below it, 127 remains.
    let tensor = makeTensor([sign * Float(127.5 * 0x1p121).nextDown])
    let found = try QuantizedTensor(quantizing: tensor, by: .powerOfTwo(fractionBits: nil))
    #expect(Self.firstBroken(found, tensor, nil) == nil)
    #expect(found.codes == [sign > 0 ? 127 : -127])
  }

  @Test("The quotient is rounded as if it were exact, next to every tie of 8 bits; by ONNX as an f32")
  func exactQuotient() {
    var numbers = Numbers(state: 19)
    let even = CodeKernel(quotient: .exactEven, range: -128...127)
    let away = CodeKernel(quotient: .exactAway, range: -128...127)
    let onnx = CodeKernel(quotient: .floatEven, range: -128...127)
    var wrong: [(weight: Float, scale: Float)] = []
    for _ in 0..<12 {
      let scale = numbers.uniform().magnitude + 0x1p-20
      for below: Int16 in 0..<126 {
        // Exact in f64: 24 bits times 8.
        let tie = Double(scale) * (Double(below) + 0.5)
        let nearest = Float(tie)
        for weight in [nearest.nextDown, nearest, nearest.nextUp] {
          let isTie = Double(weight) == tie
          let exact = Double(weight) < tie ? below : below + 1
          let evenCode = isTie ? below + below % 2 : exact
          for sign: Int16 in [1, -1] {
            let signed = Float(sign) * weight
            let isRight =
              even.code(signed, scale: scale, zeroPoint: 0) == sign * evenCode
              && away.code(signed, scale: scale, zeroPoint: 0) == sign * exact
              && onnx.code(signed, scale: scale, zeroPoint: 0)
                == Int16((signed / scale).rounded(.toNearestOrEven))
            if !isRight { wrong.append((signed, scale)) }
          }
        }
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test("The smallest f32 is kept exactly by symmetric codes of every width")
  func smallest() throws {
    for width in 2...16 {
      let found = try QuantizedTensor(
        quantizing: makeTensor([.leastNonzeroMagnitude, 0]), by: .integer(bitWidth: width))
      #expect(found.decodedValue(at: 0) == .leastNonzeroMagnitude)
    }
  }
}
