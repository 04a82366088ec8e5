#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels

  /// The portable form of a step's products. Steps are large, and read where they are: a copy for each costs as much as a small product.
  enum StepProduct {
    /// Computes `frames` frames of a step from frame `first` on, whose inputs start at `x` in the scratch: two panels at once, or two frames of
    /// the last panel.
    @inline(never)
    static func run(
      _ step: borrowing FusedStep, x: Int, first: Int, frames: Int, _ memory: borrowing StepMemory
    ) {
      let rows = Int(step.rows)
      let columns = Int(step.first.columns)
      var factors = unsafe memory.floats + Int(step.first.factors)
      let start = unsafe UnsafePointer(memory.place(x))
      var row = 0
      while row &+ 8 < rows {
        var input = unsafe start
        for frame in first..<first &+ frames {
          let sums = unsafe PanelSums.twoPanels(factors, columns, input)
          StepResult.finish(step, sums, (row, frame), (row &+ 8, frame), memory)
          unsafe input += columns
        }
        row &+= 16
        unsafe factors += 16 &* columns
      }
      guard row < rows else { return }
      var input = unsafe start
      var frame = first
      while frame &+ 2 <= first &+ frames {
        let sums = unsafe PanelSums.twoFrames(factors, columns, input, distance: columns)
        StepResult.finish(step, sums, (row, frame), (row, frame &+ 1), memory)
        unsafe input += 2 &* columns
        frame &+= 2
      }
      if frame < first &+ frames {
        let sums = unsafe PanelSums.onePanel(factors, columns, input)
        StepResult.finish(step, sums, (row, frame), memory)
      }
    }

    /// The same of windows of three frames, of which those of frame `first` are at `memory.elements`.
    @inline(never)
    static func run(_ step: borrowing FusedStep, first: Int, frames: Int, _ memory: borrowing StepMemory) {
      let rows = Int(step.rows)
      let columns = Int(step.first.columns)
      let channels = columns / 3
      let elements = unsafe UnsafePointer(memory.elements)
      var factors = unsafe memory.floats + Int(step.first.factors)
      var row = 0
      while row &+ 8 < rows {
        for frame in 0..<frames {
          let sums = unsafe WindowSums.twoPanels(factors, columns, elements, frame &* channels)
          StepResult.finish(step, sums, (row, first &+ frame), (row &+ 8, first &+ frame), memory)
        }
        row &+= 16
        unsafe factors += 16 &* columns
      }
      guard row < rows else { return }
      var frame = 0
      while frame &+ 2 <= frames {
        let sums = unsafe WindowSums.twoFrames(factors, columns, elements, frame &* channels)
        StepResult.finish(step, sums, (row, first &+ frame), (row, first &+ frame &+ 1), memory)
        frame &+= 2
      }
      if frame < frames {
        let sums = unsafe WindowSums.onePanel(factors, columns, elements, frame &* channels)
        StepResult.finish(step, sums, (row, first &+ frame), memory)
      }
    }
  }
#endif
