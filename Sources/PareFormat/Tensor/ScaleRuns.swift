/// Which scale each element uses, as runs of elements that share one (spec section 7.1).
///
/// Elements form periods, and each period is cut into runs; scales are used in order, and the first follows the last.
struct ScaleRuns: Sendable, Equatable {
  /// The elements of a period: the tensor's; those behind an index of the axis; those of a row.
  let period: Int

  /// The elements of a run, the last one of a period aside.
  let runLength: Int

  /// The runs of a period.
  let runsPerPeriod: Int

  /// The number of scales.
  let count: Int

  /// No runs.
  init() {
    period = 0
    runLength = 0
    runsPerPeriod = 0
    count = 0
  }

  // Divisions are unsigned: those of numbers that may be negative check for one more mistake.

  init(_ kind: GranularityKind, _ value: Int, _ shape: @_addressable Shape) {
    switch kind {
    case .tensor:
      period = shape.elementCount
      runLength = period
      runsPerPeriod = 1
      count = 1
    case .axis:
      period = shape.innerCount(behind: value)
      runLength = period
      runsPerPeriod = 1
      count = shape[value]
    default:
      period = shape.rowElementCount
      runLength = value
      runsPerPeriod = Int(bitPattern: UInt(bitPattern: period &+ value &- 1) / UInt(bitPattern: value))
      count = shape.rows &* runsPerPeriod
    }
  }

  init(_ encoding: @_addressable Encoding, _ shape: @_addressable Shape) {
    self.init(encoding.granularityKind, encoding.granularityValue, shape)
  }

  /// The number of the scale that `element` uses, and the end of the run of elements from there on that use it.
  /// Precondition: it is an element of the tensor.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  func run(of element: Int) -> (index: Int, end: Int) {
    let number = Int(bitPattern: UInt(bitPattern: element) / UInt(bitPattern: period))
    let column = element &- number &* period
    let run = Int(bitPattern: UInt(bitPattern: column) / UInt(bitPattern: runLength))
    let index = Int(bitPattern: UInt(bitPattern: number &* runsPerPeriod &+ run) % UInt(bitPattern: count))
    return (index, element &- column &+ min((run &+ 1) &* runLength, period))
  }
}
