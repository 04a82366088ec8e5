import PareFormat
import Testing

@testable import PareInference

@Suite("Rows of u8 gaps: the machine's vectors and the normative order")
struct GapProductTests {
  /// A row as the format has it, with runs of zeros above and below 255, and its columns.
  private func row(_ count: Int, _ random: inout SplitMix) -> (gaps: [UInt8], columns: [Int], width: Int) {
    var gaps: [UInt8] = []
    var columns: [Int] = []
    var next = 0
    let longest = [1, 4, 60, 300, 900][random.below(5)]
    for _ in 0..<count {
      let zeros = random.below(30) == 0 ? 254 + random.below(4) : random.below(longest)
      gaps += [UInt8](repeating: 255, count: zeros / 255) + [UInt8(zeros % 255)]
      columns.append(next + zeros)
      next += zeros + 1
    }
    return (gaps, columns, next + random.below(3))
  }

  @Test("Every count from 0 to 40, with skips anywhere and a zero point", arguments: 0...40)
  func sums(count: Int) {
    var random = SplitMix(state: UInt64(count))
    for _ in 0..<50 {
      let (gaps, columns, width) = row(count, &random)
      let codes = (0..<count).map { _ in UInt8(random.below(256)) }
      let x = random.floats(width)
      let zeroPoint = Int32(random.below(3) == 0 ? random.below(256) - 128 : 0)
      var sums: [Float] = [0, 0, 0, 0]
      for (ordinal, column) in columns.enumerated() {
        let product = Float(Int32(Int8(bitPattern: codes[ordinal])) - zeroPoint) * x[column]
        sums[ordinal % 4] = sums[ordinal % 4] + product
      }
      let expected = (sums[0] + sums[1]) + (sums[2] + sums[3])
      let portable = Tensor.gapSum(gaps.span, codes.span, zeroPoint: zeroPoint, x.span)
      #expect(portable.bitPattern == expected.bitPattern)
      if let found = VectorProducts.gaps(gaps.span, codes.span, zeroPoint: zeroPoint, x.span) {
        #expect(found.bitPattern == expected.bitPattern)
      }
    }
  }

  @Test("Gaps that lead out of the row, or end too early, are not followed")
  func damaged() {
    let codes = [UInt8](repeating: 1, count: 16)
    let x = [Float](repeating: 1, count: 20)
    for gaps in [
      [UInt8](repeating: 1, count: 16), [UInt8](repeating: 0, count: 15), [UInt8](repeating: 255, count: 16),
      [UInt8](repeating: 0, count: 15) + [200], [],
    ] {
      #expect(VectorProducts.gaps(gaps.span, codes.span, zeroPoint: 0, x.span) == nil)
    }
  }
}
