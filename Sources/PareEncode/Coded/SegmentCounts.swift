/// How often each symbol occurs in each segment (or at each position) of a stream.
struct SegmentCounts {
  /// Rows of `width` counts.
  private(set) var counts: [UInt32]
  let width: Int

  /// The number of rows.
  var count: Int { counts.count / width }

  init(count: Int, width: Int) {
    self.width = width
    counts = [UInt32](repeating: 0, count: count * width)
  }

  @inline(__always)
  mutating func add(_ symbol: Int, to row: Int) { counts[row &* width &+ symbol] &+= 1 }

  /// The counts of one row.
  func row(_ index: Int) -> ArraySlice<UInt32> { counts[index * width..<(index + 1) * width] }

  /// The sum of the rows of each class.
  func sums(_ classes: [UInt8], classCount: Int) -> [[Int]] {
    var sums = [[Int]](repeating: [Int](repeating: 0, count: width), count: classCount)
    for index in 0..<count {
      let number = Int(classes[index])
      let start = index &* width
      for symbol in 0..<width { sums[number][symbol] &+= Int(counts[start &+ symbol]) }
    }
    return sums
  }

  /// The sum of all rows.
  var total: [Int] { sums([UInt8](repeating: 0, count: count), classCount: 1)[0] }
}

/// Rows of counts that are alike, gathered in classes: k-means in which the distance is what coding with another class's
/// frequencies would cost.
struct Classes {
  let classCount: Int

  /// The class of each row.
  private(set) var members: [UInt8]

  /// What the symbols cost with ideal tables, and the numbers of the classes, in `CodeLength` units.
  private(set) var cost: Int

  /// The bits that state one class.
  static func width(_ classCount: Int) -> Int { Int.bitWidth - (classCount - 1).leadingZeroBitCount }

  /// Gathers the rows in `classCount` classes; the result may have fewer.
  init(_ counts: SegmentCounts, classCount: Int) {
    let rows = counts.count
    var members = [UInt8](repeating: 0, count: rows)
    // To begin with, rows in the order of their entropies, in parts of the same size.
    let entropies = (0..<rows).map { Self.entropy(counts.row($0)) }
    let order = (0..<rows).sorted { (entropies[$0], $0) < (entropies[$1], $1) }
    for (rank, row) in order.enumerated() { members[row] = UInt8(rank * classCount / rows) }

    let listed = Self.listed(counts)
    for _ in 0..<12 {
      let costs = Self.costs(counts.sums(members, classCount: classCount))
      let moved = Self.assign(listed, costs, &members)
      if moved == 0 { break }
    }
    // Classes without members are left out.
    var numbers = [Int](repeating: -1, count: classCount)
    var used = 0
    for member in members where numbers[Int(member)] < 0 {
      numbers[Int(member)] = used
      used += 1
    }
    self.members = members.map { UInt8(numbers[Int($0)]) }
    self.classCount = used
    cost = counts.sums(self.members, classCount: used).reduce(0) { $0 + Self.length($1) }
    if used > 1 { cost += rows * Self.width(used) << 16 }
  }

  /// The nearest of given costs of symbols for each row.
  static func nearest(_ counts: SegmentCounts, _ costs: [[Int32]]) -> [UInt8] {
    var members = [UInt8](repeating: 0, count: counts.count)
    _ = assign(listed(counts), costs, &members)
    return members
  }

  /// The symbols of each row that occur, and how often.
  private static func listed(_ counts: SegmentCounts) -> [[(symbol: Int32, count: Int32)]] {
    (0..<counts.count).map { row in
      counts.row(row).enumerated().compactMap { $0.element == 0 ? nil : (Int32($0.offset), Int32($0.element)) }
    }
  }

  private static func assign(
    _ rows: [[(symbol: Int32, count: Int32)]], _ costs: [[Int32]], _ members: inout [UInt8]
  ) -> Int {
    var moved = 0
    for (row, symbols) in rows.enumerated() {
      var best = Int(members[row])
      var least = Int.max
      for number in costs.indices {
        var cost = 0
        for (symbol, count) in symbols { cost &+= Int(count) &* Int(costs[number][Int(symbol)]) }
        // Of equals the one that the row is in, then the first.
        if cost < least || (cost == least && number == Int(members[row])) {
          least = cost
          best = number
        }
      }
      if best != Int(members[row]) {
        members[row] = UInt8(best)
        moved += 1
      }
    }
    return moved
  }

  /// What each symbol costs with the frequencies of a class; one that has not occurred counts as a part of an occurrence.
  private static func costs(_ sums: [[Int]]) -> [[Int32]] {
    sums.map { sum in
      let total = CodeLength.log2(sum.reduce(0) { $0 + 16 * $1 + 1 })
      return sum.map { Int32(total - CodeLength.log2(16 * $0 + 1)) }
    }
  }

  /// The length of the symbols with ideal frequencies.
  private static func length(_ sum: [Int]) -> Int {
    let total = sum.reduce(0, +)
    guard total > 0 else { return 0 }
    let all = CodeLength.log2(total)
    return sum.reduce(0) { $0 + ($1 == 0 ? 0 : $1 * (all - CodeLength.log2($1))) }
  }

  /// The mean length of a row's symbols.
  private static func entropy(_ row: ArraySlice<UInt32>) -> Int {
    let sum = row.map { Int($0) }
    let total = sum.reduce(0, +)
    return total == 0 ? 0 : length(sum) / total
  }
}
