/// Non-zero weights in rising order, equal ones joined, with running counts and sums: what k-means needs to know of them.
///
/// Up to 2^18 weights are sorted exactly. More are gathered in 2^19 bins by sign, exponent and 10 bits of fraction, each of
/// which stands for its weights with their mean: a border between clusters is then off by at most 2^-10 of its value, and
/// memory stays at a few MB.
struct SortedWeights {
  /// Rising.
  let values: [Float]

  /// Element i is the number of weights before value i; one element more than `values`.
  private let counts: [Int]

  /// Element i is the sum of weights between zero and value i. Sums grow away from zero on both sides, so that a cluster
  /// of small weights is not the difference of two sums of large ones.
  private let sums: [Double]

  private static let exactLimit = 1 << 18

  init(_ weights: NonZeroWeights, count: Int) {
    self = count <= Self.exactLimit ? Self.sorted(weights, count: count) : Self.binned(weights)
  }

  /// The number of weights whose value has an index in `range`.
  func count(_ range: Range<Int>) -> Int { counts[range.upperBound] - counts[range.lowerBound] }

  /// The sum of those weights.
  func sum(_ range: Range<Int>) -> Double { sums[range.upperBound] - sums[range.lowerBound] }

  /// The index behind the last value that is at most `limit`.
  func end(atMost limit: Double, from start: Int) -> Int {
    var low = start
    var high = values.count
    while low < high {
      let middle = (low &+ high) / 2
      if Double(values[middle]) <= limit { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  private init(values: [Float], totals: [Double], multiplicities: [Int]) {
    self.values = values
    var counts = [0]
    counts.reserveCapacity(values.count + 1)
    for (index, multiplicity) in multiplicities.enumerated() { counts.append(counts[index] + multiplicity) }
    self.counts = counts
    let zero = values.firstIndex { $0 > 0 } ?? values.count
    var sums = [Double](repeating: 0, count: values.count + 1)
    for index in zero..<values.count { sums[index + 1] = sums[index] + totals[index] }
    for index in (0..<zero).reversed() { sums[index] = sums[index + 1] - totals[index] }
    self.sums = sums
  }

  /// Unsigned integers in the order of the floats.
  @inline(__always)
  private static func key(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }

  private static func value(ofKey key: UInt32) -> Float {
    Float(bitPattern: key & 0x8000_0000 == 0 ? ~key : key & 0x7FFF_FFFF)
  }

  private static func sorted(_ weights: NonZeroWeights, count: Int) -> SortedWeights {
    var keys: [UInt32] = []
    keys.reserveCapacity(count)
    weights.visit { keys.append(key($0)) }
    radixSort(&keys)
    var values: [Float] = []
    var totals: [Double] = []
    var multiplicities: [Int] = []
    var start = 0
    while start < keys.count {
      var end = start &+ 1
      while end < keys.count && keys[end] == keys[start] { end &+= 1 }
      let value = value(ofKey: keys[start])
      values.append(value)
      totals.append(Double(value) * Double(end &- start))
      multiplicities.append(end &- start)
      start = end
    }
    return SortedWeights(values: values, totals: totals, multiplicities: multiplicities)
  }

  /// Sorts by 11 bits at a time, the lowest first; each pass keeps the order of the one before among equals.
  private static func radixSort(_ keys: inout [UInt32]) {
    var other = [UInt32](repeating: 0, count: keys.count)
    for shift: UInt32 in [0, 11, 22] {
      var starts = [Int](repeating: 0, count: 2049)
      for key in keys { starts[Int(truncatingIfNeeded: key &>> shift & 0x7FF) &+ 1] &+= 1 }
      for digit in 1...2048 { starts[digit] &+= starts[digit &- 1] }
      for key in keys {
        let digit = Int(truncatingIfNeeded: key &>> shift & 0x7FF)
        other[starts[digit]] = key
        starts[digit] &+= 1
      }
      swap(&keys, &other)
    }
  }

  private static func binned(_ weights: NonZeroWeights) -> SortedWeights {
    var binCounts = [UInt32](repeating: 0, count: 1 << 19)
    var binSums = [Double](repeating: 0, count: 1 << 19)
    weights.visit { weight in
      let bin = Int(truncatingIfNeeded: key(weight) &>> 13)
      binCounts[bin] &+= 1
      binSums[bin] += Double(weight)
    }
    var values: [Float] = []
    var totals: [Double] = []
    var multiplicities: [Int] = []
    for bin in binCounts.indices where binCounts[bin] > 0 {
      values.append(Float(binSums[bin] / Double(binCounts[bin])))
      totals.append(binSums[bin])
      multiplicities.append(Int(binCounts[bin]))
    }
    return SortedWeights(values: values, totals: totals, multiplicities: multiplicities)
  }
}
