import PareFormat

/// How one stream is coded: precision, tables, and which segments and positions use which (spec section 9.1).
struct StreamModel {
  let precision: Int
  private(set) var tables: [Table]

  /// The class of each segment, and how many there are.
  private(set) var segmentClasses: [UInt8]
  private(set) var classCount: Int

  /// The class of each position of a row, and how many there are.
  private(set) var positionClasses: [UInt8] = []
  private(set) var positionClassCount = 1

  /// A table of either kind.
  enum Table {
    case bits(BitTableFit)
    case symbols(SymbolTableFit)

    var cost: Int {
      switch self {
      case .bits(let fit): fit.cost
      case .symbols(let fit): fit.cost
      }
    }

    /// The slots of each symbol.
    var slots: [SlotRange] {
      switch self {
      case .bits(let fit): return fit.slots
      case .symbols(let fit):
        var start = 0
        return fit.knots.frequencies.map { frequency in
          defer { start += frequency }
          return SlotRange(start: start, frequency: frequency)
        }
      }
    }

    /// What each symbol costs; for bit symbols each number of one bits.
    func costs(_ precision: Int) -> [Int32] {
      switch self {
      case .bits(let fit): fit.frequencies.map { Int32(CodeLength.cost(frequency: $0, precision: precision)) }
      case .symbols(let fit):
        fit.knots.frequencies.map { Int32(CodeLength.cost(frequency: $0, precision: precision)) }
      }
    }
  }

  /// The symbols and the description together, in `CodeLength` units.
  var cost: Int {
    var cost = tables.reduce(0) { $0 + $1.cost }
    cost += DescriptionWriter.width(classCount - 1, 0) << 16
    if classCount > 1 { cost += segmentClasses.count * Classes.width(classCount) << 16 }
    if positionClassCount > 1 { cost += positionClasses.count * Classes.width(positionClassCount) << 16 }
    return cost
  }

  /// One table for all.
  init(_ counts: SegmentCounts, _ symbols: StreamSymbols, precision: Int) {
    self.precision = precision
    segmentClasses = [UInt8](repeating: 0, count: counts.count)
    classCount = 1
    tables = [Self.fit(counts.total, symbols, precision)]
  }

  /// A table for each class of segments.
  private init(_ counts: SegmentCounts, _ symbols: StreamSymbols, precision: Int, _ classes: Classes) {
    self.precision = precision
    classCount = classes.classCount
    segmentClasses = classes.members
    tables = counts.sums(segmentClasses, classCount: classCount).map { Self.fit($0, symbols, precision) }
    guard classCount > 1 else { return }
    // The tables differ from the ideal ones that the classes were made for.
    let precision = precision
    segmentClasses = Classes.nearest(counts, tables.map { $0.costs(precision) })
    let sums = counts.sums(segmentClasses, classCount: classCount)
    let used = sums.indices.filter { number in sums[number].contains { $0 > 0 } }
    let numbers = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($0.element, UInt8($0.offset)) })
    // A segment without symbols may be of any class.
    segmentClasses = segmentClasses.map { numbers[Int($0)] ?? 0 }
    classCount = max(1, used.count)
    tables =
      used.isEmpty ? [Self.fit(sums[0], symbols, precision)] : used.map { Self.fit(sums[$0], symbols, precision) }
  }

  private static func fit(_ histogram: [Int], _ symbols: StreamSymbols, _ precision: Int) -> Table {
    if symbols.isBits { return .bits(BitTableFit(histogram, precision: precision)) }
    guard histogram.contains(where: { $0 > 0 }) else {
      var one = histogram
      one[0] = 1
      return .symbols(SymbolTableFit(one, symbols: symbols, precision: precision))
    }
    return .symbols(SymbolTableFit(histogram, symbols: symbols, precision: precision))
  }

  /// The best of no, two, four and more classes of segments.
  static func best(_ counts: SegmentCounts, _ symbols: StreamSymbols, precision: Int) -> StreamModel {
    var best = StreamModel(counts, symbols, precision: precision)
    // A table takes some five bytes for bits, twelve for other symbols.
    let tableCost = (symbols.isBits ? 40 : 96) << 16
    var bestClasses: Classes?
    var least = Int.max
    var classCount = 2
    while classCount <= 32, classCount * 2 <= counts.count {
      let classes = Classes(counts, classCount: classCount)
      let cost = classes.cost + classes.classCount * tableCost
      if cost >= least { break }
      least = cost
      bestClasses = classes
      classCount *= 2
    }
    if let bestClasses {
      let model = StreamModel(counts, symbols, precision: precision, bestClasses)
      if model.cost < best.cost { best = model }
    }
    return best
  }

  /// This model of a mask with classes of positions as well, where they earn their bits. `count` adds up the mask's symbols
  /// by `group(segment, position)`.
  func withPositionClasses(
    _ byPosition: SegmentCounts, count: (_ groups: Int, _ group: (_ segment: Int, _ position: Int) -> Int) -> [[Int]]
  ) -> StreamModel {
    var best = self
    // Tables that change from symbol to symbol decode at a quarter of the speed.
    var limit = cost / 1000 * 995
    for wanted in [2, 4, 8] where wanted * 2 <= byPosition.count && wanted * classCount <= 64 {
      let classes = Classes(byPosition, classCount: wanted)
      guard classes.classCount > 1 else { continue }
      var model = self
      model.positionClasses = classes.members
      model.positionClassCount = classes.classCount
      let sums = count(classCount * classes.classCount) { segment, position in
        Int(segmentClasses[segment]) * classes.classCount + Int(classes.members[position])
      }
      model.tables = sums.map { .bits(BitTableFit($0, precision: precision)) }
      if model.cost < limit {
        best = model
        limit = model.cost
      }
    }
    return best
  }

  func write(_ symbols: StreamSymbols, laneCount: Int, to description: inout DescriptionWriter) {
    description.bits(laneCount == 1 ? 1 : laneCount == 4 ? 2 : 3, 2)
    description.bits(precision - 8, 3)
    description.expGolomb(classCount - 1, 0)
    if symbols == .mask { description.expGolomb(positionClassCount - 1, 0) }
    for table in tables {
      switch table {
      case .bits(let fit): fit.write(to: &description)
      case .symbols(let fit): fit.knots.write(to: &description)
      }
    }
    if classCount > 1 {
      for member in segmentClasses { description.bits(Int(member), Classes.width(classCount)) }
    }
    if positionClassCount > 1 {
      for member in positionClasses { description.bits(Int(member), Classes.width(positionClassCount)) }
    }
  }
}
