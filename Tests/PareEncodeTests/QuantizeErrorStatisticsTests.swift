import PareFormat
import Testing

@testable import PareEncode

/// Statistics of two arrays; spans of temporaries do not live long enough for the macros of the tests.
private func compared(_ reference: [Float], _ decoded: [Float]) -> ErrorStatistics {
  ErrorStatistics(reference: reference.span, decoded: decoded.span)
}

@Suite("Error statistics")
struct QuantizeErrorStatisticsTests {
  @Test("Maximum, RMS and powers of a few elements")
  func few() {
    let statistics = compared([3, -4, 0], [3, -3.5, 0.25])
    #expect(statistics.count == 3)
    #expect(statistics.maxAbsError == 0.5)
    #expect(statistics.noisePower == 0.3125)
    #expect(statistics.signalPower == 25)
    #expect(statistics.rmsError == Float((0.3125 / 3).squareRoot()))
    #expect(statistics.powerRatio == 80)
    #expect(compared([], []).rmsError == 0)
    #expect(compared([1], [1]).powerRatio == .infinity)
  }

  @Test("The sums do not depend on the pieces they are added in, and are eight in the order stated")
  func pieces() {
    var numbers = Numbers(state: 8)
    let reference = (0..<1003).map { _ in numbers.bell() }
    let decoded = reference.map { ($0 * 32).rounded() / 32 }
    let whole = ErrorStatistics(reference: reference.span, decoded: decoded.span)
    for size in [1, 3, 8, 13, 64, 500] {
      var sums = ErrorSums()
      var start = 0
      while start < reference.count {
        let end = min(start + size, reference.count)
        sums.add(
          reference: reference.span.extracting(start..<end), decoded: decoded.span.extracting(start..<end))
        start = end
      }
      #expect(sums.statistics == whole)
    }
    let byIndex = ErrorStatistics(reference: reference.span) { decoded[$0] }
    #expect(byIndex == whole)
    var lanes = [Double](repeating: 0, count: 8)
    for index in reference.indices {
      let error = Double(reference[index]) - Double(decoded[index])
      lanes[index % 8] += error * error
    }
    #expect(
      whole.noisePower == ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7])))
  }

  @Test(
    "Two NaN and two equal infinities do not differ; one of them alone is an infinite error",
    arguments: [0, 9])
  func notFinite(place: Int) {
    func statistics(_ left: Float, _ right: Float) -> ErrorStatistics {
      var reference = [Float](repeating: 1, count: 20)
      var decoded = reference
      reference[place] = left
      decoded[place] = right
      return ErrorStatistics(reference: reference.span, decoded: decoded.span)
    }
    #expect(statistics(.nan, .nan).maxAbsError == 0)
    #expect(statistics(-.infinity, -.infinity).maxAbsError == 0)
    #expect(statistics(.nan, .nan).noisePower == 0)
    #expect(statistics(.nan, 1).maxAbsError == .infinity)
    #expect(statistics(1, .nan).maxAbsError == .infinity)
    #expect(statistics(1e5, .infinity).maxAbsError == .infinity)
    #expect(statistics(.infinity, -.infinity).maxAbsError == .infinity)
  }

  @Test(
    "A quantized tensor is compared with its source as by decoding each element",
    arguments: ["tensor", "axis", "axis:1", "group:7"])
  func quantized(layoutText: String) throws {
    var numbers = Numbers(state: 15)
    let tensor = makeTensor((0..<3000).map { _ in numbers.bell() }, shape: [60, 50])
    for quantization in ["int6", "int1", "codebook:9"] {
      for scheme in [Scheme.symmetric, .affine] {
        let found = try QuantizedTensor(
          quantizing: tensor, mask: PruningMask(of: tensor, sparsity: 0.3), by: Quantization(quantization),
          layout: ScaleLayout(layoutText), scheme: scheme)
        let expected = ErrorStatistics(reference: tensor.values.span) { found.decodedValue(at: $0) }
        #expect(ErrorStatistics(of: found, source: tensor) == expected)
      }
    }
  }
}
