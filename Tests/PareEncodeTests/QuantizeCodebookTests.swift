import PareFormat
import Testing

@testable import PareEncode

@Suite("Codebooks")
struct QuantizeCodebookTests {
  private func quantized(_ values: [Float], _ count: Int, mask: PruningMask? = nil) throws -> QuantizedTensor {
    try QuantizedTensor(quantizing: makeTensor(values), mask: mask, by: .codebook(entryCount: count))
  }

  private func decoded(_ found: QuantizedTensor) -> [Float] {
    found.codes.indices.map { found.decodedValue(at: $0) }
  }

  @Test("Up to N distinct values are kept exactly, 0 counted as one")
  func lossless() throws {
    let values: [Float] = [3, -1, 3, 0.5, -1, 7]
    let exact = try quantized(values, 4)
    #expect(exact.codebook == [-1, 0.5, 3, 7])
    #expect(decoded(exact) == values)
    #expect(exact.zeroIndex == nil && exact.nonZeroCount == 6 && exact.bitWidth == 2)

    let zeros: [Float] = [3, -1, 3, 0, -1, -0.0]
    let withZero = try quantized(zeros, 3)
    #expect(withZero.codebook == [-1, 0, 3])
    #expect(decoded(withZero).map(\.bitPattern) == zeros.map { ($0 + 0).bitPattern })
    #expect(withZero.zeroIndex == 1 && withZero.nonZeroCount == 4)
    #expect(withZero.sparseCodebook == [-1, 3])
    #expect([0, 2].map { withZero.sparseIndex($0) } == [0, 1])
  }

  @Test("A codebook has at least two entries, rising, none of the further ones 0")
  func padding() throws {
    #expect(try quantized([2, 2], 16).codebook == [2, Float(2).nextUp])
    #expect(try quantized([0, 0], 16).codebook == [0, .leastNonzeroMagnitude])
    #expect(
      try quantized([0, 0], 16).sparseCodebook == [.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude])
    #expect(try quantized([0, 5], 16).sparseCodebook == [5, Float(5).nextUp])
    let largest = Float.greatestFiniteMagnitude
    #expect(try quantized([largest], 16).codebook == [largest.nextDown, largest])
    let least = Float.leastNonzeroMagnitude
    #expect(try quantized([-least], 16).codebook == [-2 * least, -least])
  }

  @Test("k-means by hand: linear start, means, ties to the lower entry")
  func byHand() throws {
    // Start at 1 and 10; 5.5 is a tie and goes down: means 2.875 and 9; then 5.5 is nearer to 2.875.
    let found = try quantized([1, 2, 3, 5.5, 8, 10, 9], 2)
    #expect(found.codebook == [2.875, 9])
    #expect(found.codes == [0, 0, 0, 0, 1, 1, 1])
  }

  @Test("k-means by hand with a zero: weights nearest to 0 belong to it, and it does not move")
  func byHandWithZero() throws {
    // Start at 0, 0.125, 8; the mean of 0.125, 1, 1.25 leaves 0.125 nearer to 0.
    let found = try quantized([0, 0.125, 1, 1.25, 8], 3)
    #expect(found.codebook == [0, 1.125, 8])
    #expect(found.codes == [0, 0, 1, 1, 2])
    #expect(found.nonZeroCount == 3)
  }

  @Test("Up to 2^18 weights are sorted exactly, with their counts and sums")
  func sorted() {
    var numbers = Numbers(state: 6)
    let values = (0..<3000).map { _ in (numbers.bell() * 512).rounded() / 512 }
    let nonZeros = NonZeroWeights(tensor: makeTensor(values), mask: nil)
    let sorted = SortedWeights(nonZeros, count: nonZeros.count)
    #expect(sorted.values == Set(values).subtracting([0]).sorted())
    for index in sorted.values.indices {
      let count = values.count { $0 == sorted.values[index] }
      #expect(sorted.count(index..<index + 1) == count)
      // Multiples of 2^-9 add without rounding.
      #expect(sorted.sum(index..<index + 1) == Double(count) * Double(sorted.values[index]))
    }
  }

  @Test("A cluster that runs empty is replaced by splitting the widest one")
  func emptyCluster() throws {
    // Start at 0.5, 50.25, 100; the middle one is empty, and {0.5, 1, 2} is split at its mean.
    let found = try quantized([0.5, 1, 2, 100], 3)
    #expect(found.codebook == [0.75, 2, 100])
    // Of two equally wide ones the lower is split.
    #expect(try quantized([1, 3, 97, 99], 3).codebook == [1, 3, 98])
  }

  @Test("Where an element is zero, 0 is one of the N entries, and stays where it is")
  func zeroEntry() throws {
    var numbers = Numbers(state: 21)
    let values = (0..<2000).map { _ in numbers.bell() }
    for count in [2, 3, 16, 256] {
      let tensor = makeTensor(values)
      let mask = PruningMask(of: tensor, sparsity: 0.5)
      let found = try QuantizedTensor(quantizing: tensor, mask: mask, by: .codebook(entryCount: count))
      #expect(found.codebook.count <= count && found.codebook.contains(0))
      for element in 0..<2000 where !mask.keeps(element) {
        #expect(Int(found.codes[element]) == found.zeroIndex)
      }
      // Dense and sparse give the same values.
      let sparse = found.sparseCodebook
      #expect(!sparse.contains(0))
      for code in found.codes where Int(code) != found.zeroIndex {
        #expect(sparse[Int(found.sparseIndex(code))] == found.codebook[Int(code)])
      }
      // Without zeros all N may be used, and 0 need not be one.
      let dense = try quantized(values, count)
      #expect(dense.codebook.count == count)
    }
  }

  @Test(
    "Each weight has the nearest entry, the lower one for a tie; entries are finite, rise, and are never -0")
  func nearest() throws {
    var numbers = Numbers(state: 4)
    for family in WeightFamily.allCases {
      for count in [2, 5, 16, 100, 256] {
        let tensor = family.tensor(&numbers, shape: [1000])
        let found = try QuantizedTensor(quantizing: tensor, by: .codebook(entryCount: count))
        let entries = found.codebook
        #expect((2...max(2, count)).contains(entries.count))
        #expect(entries.allSatisfy { $0.isFinite && !($0 == 0 && $0.sign == .minus) })
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0 < $1 })
        let values = tensor.values.span
        for element in values.indices {
          let distances = entries.map { abs(Double($0) - Double(values[element])) }
          let own = distances[Int(found.codes[element])]
          // Distances in f64 are rounded: 2^-52 of the largest number involved.
          let slack = (Double(values[element].magnitude) + own) * 0x1p-51
          #expect(distances.allSatisfy { own <= $0 + slack })
        }
      }
    }
    let tie = try quantized([1, 3, 1, 3, 2], 2)
    #expect(tie.codes[4] == 0)
  }

  @Test(
    "The same weights give the same codebook; the exact and the gathered sums of a large tensor agree closely"
  )
  func deterministic() throws {
    var numbers = Numbers(state: 77)
    let values = (0..<300_000).map { _ in numbers.bell() + 1 }
    let tensor = makeTensor(values)
    let gathered = try QuantizedTensor(quantizing: tensor, by: .codebook(entryCount: 16))
    #expect(
      try QuantizedTensor(quantizing: tensor, by: .codebook(entryCount: 16)).codebook == gathered.codebook)
    // 262 144 of them are sorted exactly.
    let exact = try quantized(Array(values.prefix(1 << 18)), 16)
    let ratios = [
      ErrorStatistics(of: gathered, source: tensor).noisePower / 300_000,
      ErrorStatistics(of: exact, source: makeTensor(Array(values.prefix(1 << 18)))).noisePower / 262_144,
    ]
    // The two samples alone differ by about 1 / sqrt 262 144.
    #expect(abs(ratios[0] / ratios[1] - 1) < 0.02)
  }

  @Test("At the end each entry is the mean of its weights")
  func means() throws {
    var numbers = Numbers(state: 31)
    let values = (0..<5000).map { _ in numbers.uniform() }
    let found = try quantized(values, 8)
    for (index, entry) in found.codebook.enumerated() {
      let own = values.indices.filter { Int(found.codes[$0]) == index }
      let mean = own.reduce(0.0) { $0 + Double(values[$1]) } / Double(own.count)
      // Rounding to f32 may hand one weight at a border to the neighbour: 2 / count of the distance of the entries.
      #expect(abs(mean - Double(entry)) <= 0.5 / Double(own.count) + 0x1p-24)
    }
  }
}
