#if !hasFeature(Embedded)
  /// Walks the scales that consecutive elements use, run by run, without a division for each (spec section 7.1).
  struct ScaleWalk {
    /// The number of the scale that the current element uses.
    private(set) var index: Int

    /// How many elements from the current one on use it.
    private(set) var remaining: Int

    /// The elements of a run, the last group of a row aside.
    let runLength: Int

    /// Elements that are left in the row, which ends a group; not counted for the other granularities.
    private var rowRemaining: Int
    private let rowElementCount: Int

    /// The number of scales: behind the last one of an axis follows the first again.
    private let count: Int

    /// Starts at `element`. Precondition: it is an element of the tensor.
    init(_ tensor: Tensor, _ affine: AffineParameters, from element: Int) {
      let shape = tensor.shape
      let runs = tensor.record.scaleRuns
      let run = runs.run(of: element)
      index = run.index
      remaining = run.end &- element
      runLength = runs.runLength
      rowElementCount = shape.rowElementCount
      switch affine.granularity {
      case .tensor:
        rowRemaining = .max
        count = 1
      case .axis:
        rowRemaining = .max
        count = runs.count
      case .group:
        rowRemaining = rowElementCount &- element % rowElementCount
        count = .max
      }
    }

    /// Moves over `elements`. Precondition: they are at most `remaining`.
    @inline(__always)
    mutating func advance(_ elements: Int) {
      remaining &-= elements
      rowRemaining &-= elements
      guard remaining == 0 else { return }
      index &+= 1
      if index == count { index = 0 }
      if rowRemaining == 0 { rowRemaining = rowElementCount }
      remaining = min(runLength, rowRemaining)
    }
  }
#endif
