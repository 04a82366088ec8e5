/// Which scale each element uses, as runs of elements that share one (spec section 7.1).
///
/// Elements form periods, and each period is cut into runs; scales are used in order, and the first follows the last.
struct ScaleRuns {
  /// The elements of a period: the tensor's; those behind an index of the axis; those of a row.
  let period: Int

  /// The elements of a run, the last one of a period aside.
  let runLength: Int

  /// The runs of a period.
  let runsPerPeriod: Int

  /// The number of scales.
  let count: Int

  init(_ kind: GranularityKind, _ value: Int, _ shape: Shape) {
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
    case .group:
      period = shape.rowElementCount
      runLength = value
      runsPerPeriod = (period &+ value &- 1) / value
      count = shape.rows &* runsPerPeriod
    }
  }

  init(_ encoding: Encoding, _ shape: Shape) {
    self.init(encoding.granularityKind, encoding.granularityValue, shape)
  }

  /// The number of the scale that `element` uses, and the end of the run of elements from there on that use it.
  /// Precondition: it is an element of the tensor.
  func run(of element: Int) -> (index: Int, end: Int) {
    let number = element / period
    let column = element &- number &* period
    let run = column / runLength
    let index = (number &* runsPerPeriod &+ run) % count
    return (index, element &- column &+ min((run &+ 1) &* runLength, period))
  }
}
