import PareFormat

/// The table of a stream of bit symbols, found for how often each number of one bits occurs (spec section 9.2).
struct BitTableFit {
  /// The frequency of each symbol with 0 to 8 one bits.
  private(set) var frequencies: [Int]
  let precision: Int

  /// What the symbols and the table cost, in `CodeLength` units; the places of the bits within a symbol included.
  private(set) var cost: Int

  /// The number of symbols with 0 to 8 one bits.
  static let sizes = (0...8).map { Int(BitSymbols.sizes[$0]) }

  /// Finds the table for `counts` symbols with 0 to 8 one bits.
  init(_ counts: [Int], precision: Int) {
    self.precision = precision
    let total = max(counts.reduce(0, +), 1)
    let sum = 1 << precision
    var frequencies = [Int](repeating: 0, count: 9)
    for group in 1...8 where counts[group] > 0 {
      let slots = Self.sizes[group] * total
      frequencies[group] = max(1, (counts[group] << precision + slots / 2) / slots)
    }
    // What is left is for the symbol without bits; it needs a slot when it occurs.
    let least = counts[0] > 0 ? 1 : 0
    func rest() -> Int { sum - (1...8).reduce(0) { $0 + Self.sizes[$1] * frequencies[$1] } }
    while rest() < least {
      // Takes from the group that loses least in proportion.
      let group = (1...8).filter { frequencies[$0] > 1 }.max { frequencies[$0] < frequencies[$1] }
      guard let group else { break }
      frequencies[group] -= 1
    }
    frequencies[0] = rest()
    self.frequencies = frequencies
    cost = 0
    cost = Self.cost(frequencies, counts, precision)
    improve(counts)
  }

  /// Changes one frequency at a time as long as something is gained.
  private mutating func improve(_ counts: [Int]) {
    var isBetter = true
    var rounds = 0
    while isBetter, rounds < 8 {
      isBetter = false
      rounds += 1
      for group in 1...8 {
        for step in [-4, -1, 1, 4] {
          var changed = frequencies
          changed[group] += step
          changed[0] -= step * Self.sizes[group]
          guard changed[group] >= (counts[group] > 0 ? 1 : 0), changed[0] >= (counts[0] > 0 ? 1 : 0) else { continue }
          let changedCost = Self.cost(changed, counts, precision)
          if changedCost < cost {
            frequencies = changed
            cost = changedCost
            isBetter = true
          }
        }
      }
    }
  }

  private static func cost(_ frequencies: [Int], _ counts: [Int], _ precision: Int) -> Int {
    var cost = 0
    for group in 0...8 {
      if counts[group] > 0 {
        cost += counts[group] * CodeLength.cost(frequency: frequencies[group], precision: precision)
      }
      if group > 0 { cost += DescriptionWriter.width(frequencies[group], 0) << 16 }
    }
    return cost
  }

  /// What `counts` symbols of each number of one bits cost with this table.
  func cost(of counts: ArraySlice<UInt32>) -> Int {
    var cost = 0
    for (group, count) in counts.enumerated() where count > 0 {
      cost += Int(count) * CodeLength.cost(frequency: frequencies[group], precision: precision)
    }
    return cost
  }

  func write(to description: inout DescriptionWriter) {
    for group in 1...8 { description.expGolomb(frequencies[group], 0) }
  }

  /// The slots of each symbol.
  var slots: [SlotRange] {
    var slots = [SlotRange](repeating: SlotRange(), count: 256)
    var start = 0
    for place in 0..<256 {
      let symbol = Int(BitSymbols.order[place])
      let frequency = frequencies[symbol.nonzeroBitCount]
      slots[symbol] = SlotRange(start: start, frequency: frequency)
      start += frequency
    }
    return slots
  }
}

/// Where a symbol is among the slots of its table.
struct SlotRange {
  var start: UInt32 = 0
  var frequency: UInt32 = 0

  init() {}

  init(start: Int, frequency: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.frequency = UInt32(truncatingIfNeeded: frequency)
  }
}
