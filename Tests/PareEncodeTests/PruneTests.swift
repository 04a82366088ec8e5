import Testing

@testable import PareEncode

@Suite("Pruning")
struct PruneTests {
  private func kept(_ mask: PruningMask) -> [Int] { (0..<mask.count).filter(mask.keeps) }

  @Test("Threshold drops |w| <= t in f32, the boundary included; a NaN and an infinity stay")
  func threshold() throws {
    let tenth = Float(0.1)
    let tensor = makeTensor([
      tenth, -tenth, tenth.nextUp, -tenth.nextUp, 0, -0.0, .nan, -.infinity, tenth.nextDown,
    ])
    guard case .threshold(let limit) = try Pruning("threshold=0.1") else {
      throw EncodeError(.badOption, expected: "")
    }
    #expect(kept(PruningMask(of: tensor, threshold: limit)) == [2, 3, 6, 7])
    // With 0 only zeros go.
    #expect(kept(PruningMask(of: tensor, threshold: 0)) == [0, 1, 2, 3, 6, 7, 8])
  }

  @Test(
    "Sparsity drops the share of n, rounded half to even",
    arguments: [
      (0.5, 5, 2), (0.3, 5, 2), (0.1, 5, 0), (0.7, 5, 4), (0.8, 10, 8), (0, 7, 0), (1, 7, 7), (0.999, 7, 7),
    ])
  func sparsityCount(share: Double, count: Int, dropped: Int) {
    let tensor = makeTensor((0..<count).map { Float($0 + 1) })
    let mask = PruningMask(of: tensor, sparsity: share)
    #expect(mask.droppedCount == dropped)
    // The smallest ones.
    #expect(kept(mask) == Array(dropped..<count))
  }

  @Test("Sparsity drops zeros first, then the smallest; among equals the lower index; NaN last")
  func sparsityOrder() {
    let tensor = makeTensor([.nan, 2, -2, 0, 1, -0.0, 2, .infinity])
    let order = [3, 5, 4, 1, 2, 6, 7, 0]
    for dropped in 0...8 {
      let mask = PruningMask(of: tensor, sparsity: Double(dropped) / 8)
      #expect(kept(mask) == order[dropped...].sorted())
    }
  }

  @Test("Selection agrees with sorting, for every count, also where magnitudes share their high bits")
  func selection() {
    var numbers = Numbers(state: 3)
    // 300 values of which many are equal and many differ in the low 16 bits only.
    let values = (0..<300).map { _ in
      Float(bitPattern: 0x3F80_0000 | numbers.next() & 0x8001_0003 | (numbers.next() & 1) << 9)
    }
    let tensor = makeTensor(values)
    let order = values.indices.sorted {
      (values[$0].magnitude.bitPattern, $0) < (values[$1].magnitude.bitPattern, $1)
    }
    for dropped in 0...300 {
      let mask = PruningMask(of: tensor, sparsity: Double(dropped) / 300)
      #expect(kept(mask) == order[dropped...].sorted())
    }
  }

  @Test(
    "Model sparsity counts over all tensors; among equals the earlier tensor goes first, then the lower index"
  )
  func modelSparsity() {
    let tensors = [makeTensor([5, 1, 2]), makeTensor([]), makeTensor([1, 2, 9, -1, 7])]
    // Magnitudes in order: 1 1 1 2 2 5 7 9.
    let expected: [[[Int]]] = [
      [[0, 1, 2], [], [0, 1, 2, 3, 4]], [[0, 2], [], [0, 1, 2, 3, 4]], [[0, 2], [], [1, 2, 3, 4]],
      [[0, 2], [], [1, 2, 4]], [[0], [], [1, 2, 4]], [[0], [], [2, 4]], [[], [], [2, 4]], [[], [], [2]],
      [[], [], []],
    ]
    for dropped in 0...8 {
      #expect(PruningMask.masks(of: tensors, sparsity: Double(dropped) / 8).map(kept) == expected[dropped])
    }
  }

  @Test(
    "N:M keeps the N largest of each M of the last axis, of equals the lower index, and up to N of a short rest"
  )
  func pattern() {
    let tensor = makeTensor([1, -3, 2, 3, 5, -0.5, 7, 7, 7, 7, 7, 0], shape: [2, 6])
    #expect(kept(PruningMask(of: tensor, keeping: 2, of: 4)) == [1, 3, 4, 5, 6, 7, 10, 11])
    #expect(kept(PruningMask(of: tensor, keeping: 1, of: 4)) == [1, 4, 6, 10])
    #expect(kept(PruningMask(of: tensor, keeping: 1, of: 64)) == [4, 6])
    #expect(kept(PruningMask(of: tensor, keeping: 4, of: 4)) == Array(0..<12))
    // NaN is the largest; rank 0 is one element.
    #expect(kept(PruningMask(of: makeTensor([.infinity, .nan]), keeping: 1, of: 2)) == [1])
    #expect(kept(PruningMask(of: makeTensor([3], shape: []), keeping: 1, of: 2)) == [0])
    #expect(kept(PruningMask(of: makeTensor([], shape: [3, 0]), keeping: 1, of: 2)) == [])
  }

  @Test("N:M agrees with sorting each run", arguments: [(1, 2), (2, 4), (5, 16), (40, 64), (3, 7)])
  func patternAgreesWithSorting(n: Int, m: Int) {
    var numbers = Numbers(state: 5)
    let values = (0..<3 * 150).map { _ in Float(Int32(bitPattern: numbers.next()) >> 27) }
    let mask = PruningMask(of: makeTensor(values, shape: [3, 150]), keeping: n, of: m)
    var expected: [Int] = []
    for row in 0..<3 {
      for start in stride(from: 0, to: 150, by: m) {
        let run = Array(row * 150 + start..<row * 150 + min(start + m, 150))
        expected += run.sorted { (-abs(values[$0]), $0) < (-abs(values[$1]), $1) }.prefix(n)
      }
    }
    #expect(kept(mask) == expected.sorted())
  }

  @Test(
    "A mask's kept elements are iterated in order, over any range, and counted",
    arguments: [0, 1, 63, 64, 65, 300])
  func iteration(count: Int) {
    var numbers = Numbers(state: UInt64(count))
    let isKept = (0..<count).map { _ in numbers.next() % 3 == 0 }
    let mask = PruningMask(count: count) { isKept[$0] }
    #expect(mask.keptCount == isKept.count { $0 })
    #expect(Array(mask.kept) == isKept.indices.filter { isKept[$0] })
    for start in stride(from: 0, through: count, by: 7) {
      for end in stride(from: start, through: count, by: 13) {
        #expect(
          Array(mask.kept(from: start, count: end - start)) == (start..<end).filter { isKept[$0] })
      }
    }
    // Bits behind the last element are 0.
    #expect(mask.words.reduce(0) { $0 + $1.nonzeroBitCount } == mask.keptCount)
  }
}
