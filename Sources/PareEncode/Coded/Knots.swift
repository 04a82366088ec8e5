import PareFormat

/// The polyline of a table (spec section 9.2), and what follows from it.
struct Knots {
  struct Knot: Equatable {
    var x: Int
    var level: Int
    /// Whether a hole lies between this knot and the one before.
    var isBehindHole = false
  }

  /// The half of an alphabet of codes whose table is mirrored; nil for one that is not.
  let mirroredHalf: Int?

  /// Whether a bit says if the table is mirrored.
  let isOfCodes: Bool

  /// The number of symbols.
  let count: Int
  let precision: Int
  var knots: [Knot]

  /// The symbol at the middle of a mirrored table, 0 of one that is not.
  private var middle: Int { mirroredHalf ?? 0 }

  /// The weights by x; 0 is absent.
  private func weights(into weights: inout [UInt16]) {
    for x in weights.indices { weights[x] = 0 }
    for (index, knot) in knots.enumerated() {
      if index > 0, !knot.isBehindHole {
        let start = knots[index - 1]
        for x in start.x + 1..<knot.x {
          weights[x] = Levels.weight(Levels.level(at: x, start.x, start.level, knot.x, knot.level))
        }
      }
      weights[knot.x] = Levels.weight(16 * knot.level)
    }
  }

  /// The frequency of each symbol.
  var frequencies: [Int] {
    var weights = [UInt16](repeating: 0, count: 257)
    self.weights(into: &weights)
    var found = [Int](repeating: 0, count: count)
    Levels.share(precision: precision, among: count) {
      weights[abs($0 - middle)]
    } body: { symbol, frequency in
      found[symbol] = Int(frequency)
    }
    return found
  }

  /// What the symbols and the table cost, in `CodeLength` units; `weights` is scratch of 257 elements.
  func cost(_ histogram: [Int], _ weights: inout [UInt16]) -> Int {
    self.weights(into: &weights)
    var cost = bitCount << 16
    let middle = middle
    Levels.share(precision: precision, among: count) {
      weights[abs($0 &- middle)]
    } body: { symbol, frequency in
      let occurrences = histogram[symbol]
      if occurrences > 0 {
        cost &+= occurrences &* CodeLength.cost(frequency: Int(truncatingIfNeeded: frequency), precision: precision)
      }
    }
    return cost
  }

  /// The bits of the table.
  var bitCount: Int {
    var bits = (isOfCodes ? 1 : 0) + DescriptionWriter.width(knots.count - 1, 1)
    for (index, knot) in knots.enumerated() {
      if index == 0 {
        bits += DescriptionWriter.width(knot.x, 2) + 7
      } else {
        bits += DescriptionWriter.width(knot.x - knots[index - 1].x - 1, 1)
        if knot.isBehindHole { bits += DescriptionWriter.width(0, 2) }
        bits += DescriptionWriter.width(Self.change(from: knots[index - 1], to: knot), 2)
      }
    }
    return bits
  }

  func write(to description: inout DescriptionWriter) {
    if isOfCodes { description.bits(mirroredHalf == nil ? 0 : 1, 1) }
    description.expGolomb(knots.count - 1, 1)
    for (index, knot) in knots.enumerated() {
      if index == 0 {
        description.expGolomb(knot.x, 2)
        description.bits(knot.level, 7)
      } else {
        description.expGolomb(knot.x - knots[index - 1].x - 1, 1)
        if knot.isBehindHole { description.expGolomb(0, 2) }
        description.expGolomb(Self.change(from: knots[index - 1], to: knot), 2)
      }
    }
  }

  private static func change(from previous: Knot, to knot: Knot) -> Int {
    let change = knot.level - previous.level
    return 1 + (change < 0 ? -2 * change - 1 : 2 * change)
  }
}
