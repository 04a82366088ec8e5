import PareFormat

/// The table of a stream of symbols, found for how often each occurs (spec section 9.2).
///
/// Knots are added where they gain most, and their levels moved, as long as the symbols and the table together get shorter.
/// Costs are integers, so the same counts give the same table everywhere.
struct SymbolTableFit {
  private(set) var knots: Knots

  /// What the symbols and the table cost, in `CodeLength` units.
  private(set) var cost: Int

  /// The most knots of a smooth table.
  private static let mostKnots = 40

  /// Finds the table for `histogram`, the occurrences of each symbol. Precondition: there is one.
  init(_ histogram: [Int], symbols: StreamSymbols, precision: Int) {
    var candidates = [SymbolTableFit(histogram, half: nil, symbols, precision)]
    if let half = symbols.half { candidates.append(SymbolTableFit(histogram, half: half, symbols, precision)) }
    self = candidates[0]
    for other in candidates.dropFirst() where other.cost < cost { self = other }
  }

  private init(_ histogram: [Int], half: Int?, _ symbols: StreamSymbols, _ precision: Int) {
    // Occurrences by x: mirrored, of both symbols.
    let counts: [Int]
    if let half {
      counts = (0...half).map { x in
        x == 0 ? histogram[half] : (x < half ? histogram[half + x] : 0) + histogram[half - x]
      }
    } else {
      counts = histogram
    }
    let multiplicity: (Int) -> Int = { x in half.map { x == 0 || x == $0 ? 1 : 2 } ?? 1 }
    let line = TargetLine(counts, multiplicity: multiplicity, precision: precision)
    var scratch = [UInt16](repeating: 0, count: 257)
    func table(_ knots: [Knots.Knot]) -> Knots {
      Knots(
        mirroredHalf: half, isOfCodes: symbols.half != nil, count: symbols.count, precision: precision, knots: knots)
    }

    knots = table(line.ends)
    cost = knots.cost(histogram, &scratch)
    tune(histogram, &scratch, steps: [16, 4, 1])
    // Smooth: one knot more at a time, as long as something is gained, or nearly.
    var best = self
    var misses = 0
    while knots.knots.count < Self.mostKnots, misses < 3, let added = bestInsertion(line, histogram, &scratch) {
      self = added
      tune(histogram, &scratch, steps: [4, 1])
      if cost < best.cost {
        best = self
        misses = 0
      } else {
        misses += 1
      }
    }
    self = best
    prune(histogram, &scratch)
    tune(histogram, &scratch, steps: [2, 1])
    // Rough: every symbol that occurs is a knot.
    var explicit = self
    explicit.knots.knots = line.explicit
    explicit.cost = explicit.knots.cost(histogram, &scratch)
    if line.explicit.count <= 32 { explicit.tune(histogram, &scratch, steps: [1]) }
    if explicit.cost < cost { self = explicit }
  }

  /// The table with the one more knot that gains most.
  private func bestInsertion(
    _ line: TargetLine, _ histogram: [Int], _ scratch: inout [UInt16]
  ) -> SymbolTableFit? {
    var best: SymbolTableFit?
    for index in knots.knots.indices.dropFirst() where !knots.knots[index].isBehindHole {
      let start = knots.knots[index - 1]
      let end = knots.knots[index]
      guard end.x - start.x > 1 else { continue }
      // The middle, and a place nearer to each end.
      let gap = end.x - start.x
      for x in Set([start.x + (gap + 1) / 2, start.x + max(1, gap / 5), end.x - max(1, gap / 5)]).sorted() {
        var changed = self
        changed.knots.knots.insert(Knots.Knot(x: x, level: line.level(around: x, within: start.x...end.x)), at: index)
        changed.cost = changed.knots.cost(histogram, &scratch)
        changed.tune(histogram, &scratch, steps: [4], only: index)
        if best.map({ changed.cost < $0.cost }) ?? true { best = changed }
      }
    }
    return best
  }

  /// Leaves out knots that do not earn their bits.
  private mutating func prune(_ histogram: [Int], _ scratch: inout [UInt16]) {
    var index = 1
    while index < knots.knots.count - 1 {
      // A hole ends at two knots, which stay.
      if !knots.knots[index].isBehindHole, !knots.knots[index + 1].isBehindHole {
        var changed = self
        changed.knots.knots.remove(at: index)
        changed.cost = changed.knots.cost(histogram, &scratch)
        if changed.cost < cost {
          self = changed
          continue
        }
      }
      index += 1
    }
  }

  /// Moves levels, one at a time, as long as something is gained.
  private mutating func tune(
    _ histogram: [Int], _ scratch: inout [UInt16], steps: [Int], only: Int? = nil
  ) {
    for step in steps {
      var isBetter = true
      var rounds = 0
      while isBetter, rounds < 6 {
        isBetter = false
        rounds += 1
        for index in only.map({ $0...$0 }) ?? 0...knots.knots.count - 1 {
          for change in [step, -step] {
            var changed = knots
            changed.knots[index].level += change
            guard (0...Levels.highest).contains(changed.knots[index].level) else { continue }
            let changedCost = changed.cost(histogram, &scratch)
            if changedCost < cost {
              knots = changed
              cost = changedCost
              isBetter = true
            }
          }
        }
      }
    }
  }
}

/// The levels that a polyline is to follow, from counts by x.
private struct TargetLine {
  private let counts: [Int]
  private let multiplicity: (Int) -> Int
  private let first: Int
  private let last: Int
  private let highest: Int

  /// Slots for each occurrence: 2^precision / total.
  private let precision: Int
  private let total: Int

  init(_ counts: [Int], multiplicity: @escaping (Int) -> Int, precision: Int) {
    self.counts = counts
    self.multiplicity = multiplicity
    self.precision = precision
    total = max(1, counts.reduce(0, +))
    first = counts.firstIndex { $0 > 0 } ?? 0
    last = counts.lastIndex { $0 > 0 } ?? 0
    var highest = 0
    for x in first...last {
      highest = max(highest, Self.level(counts[x], of: multiplicity(x), total: total, precision: precision))
    }
    self.highest = highest
  }

  /// An eighth of log2 of the slots that `count` occurrences of `symbols` symbols want beyond the one they have anyway, on a
  /// scale whose zero is far below one slot.
  private static func level(_ count: Int, of symbols: Int, total: Int, precision: Int) -> Int {
    // In 1/1024 of a slot.
    let slots = count << (precision + 10) / (total * symbols) - 1024
    return CodeLength.log2(max(slots, 32)) >> 13
  }

  /// The level on the scale of a table, whose highest is 127.
  private func scaled(_ level: Int) -> Int { min(Levels.highest, max(0, Levels.highest - highest + level)) }

  /// The level that the counts around `x` call for.
  func level(around x: Int, within range: ClosedRange<Int>) -> Int {
    let reach = max(0, min(x - range.lowerBound, range.upperBound - x) / 2)
    var count = 0
    var symbols = 0
    for near in x - reach...x + reach {
      count += counts[near]
      symbols += multiplicity(near)
    }
    return scaled(Self.level(count, of: symbols, total: total, precision: precision))
  }

  /// Knots at the first and last symbol that occur, and at both sides of each hole worth having.
  var ends: [Knots.Knot] {
    var found = [Knots.Knot(x: first, level: level(around: first, within: first...first))]
    var previous = first
    for x in first + 1..<max(first + 1, last) where counts[x] > 0 {
      if isHole(previous, x) { add(previous, x, to: &found) }
      previous = x
    }
    if last > first {
      if last - previous > 1, isHole(previous, last) {
        add(previous, last, to: &found)
      } else {
        found.append(Knots.Knot(x: last, level: level(around: last, within: last...last)))
      }
    }
    return found
  }

  private func add(_ start: Int, _ end: Int, to knots: inout [Knots.Knot]) {
    if knots[knots.count - 1].x < start {
      knots.append(Knots.Knot(x: start, level: level(around: start, within: start...start)))
    }
    knots.append(Knots.Knot(x: end, level: level(around: end, within: end...end), isBehindHole: true))
  }

  /// Whether the symbols between two that occur would take so many slots, going by their neighbours, that a hole is cheaper.
  private func isHole(_ start: Int, _ end: Int) -> Bool {
    guard end - start > 1 else { return false }
    // Each slot in vain costs all symbols some 1.44 bits of their share; a hole costs some 20 bits.
    let expected = (counts[start] + counts[end]) * (end - start - 1) / 2
    return expected > 14
  }

  /// A knot for each symbol that occurs, holes between those that are not neighbours.
  var explicit: [Knots.Knot] {
    var found: [Knots.Knot] = []
    for x in first...last where counts[x] > 0 {
      found.append(
        Knots.Knot(
          x: x, level: level(around: x, within: x...x), isBehindHole: found.last.map { x - $0.x > 1 } ?? false))
    }
    return found
  }
}
