#if canImport(CKernels) && !hasFeature(Embedded)
  public import PareFormat

  /// Work of a model that follows each other: operations one by one, or fused steps.
  public struct ModelWork: Sendable, Equatable {
    /// Whether `first` and `end` are numbers of steps; else they are numbers of operations.
    public let isFused: Bool

    /// The first, and the one behind the last.
    public let first: Int
    public let end: Int

    public init(isFused: Bool, first: Int, end: Int) {
      self.isFused = isFused
      self.first = first
      self.end = end
    }
  }

  extension ModelRunner {
    /// Runs one step as `run` does, some operations as fused steps.
    ///
    /// `steadyValues` are the values of fused steps that others read, whose frames are as many as the inputs'. Preconditions: those of `run`;
    /// the work is all operations, in order; steps were made for this model, capacity and window.
    public func run(
      frames: Int, work: Span<ModelWork>, steps: Span<FusedStep>, steadyValues: Span<Int>,
      _ operations: Span<PlannedOperation>, _ values: inout MutableSpan<ModelValue>, _ weights: borrowing ModelWeights,
      state: inout MutableSpan<Float>, scratch: inout MutableSpan<Float>
    ) {
      precondition(frames >= 0 && frames <= frameCapacity)
      for input in 0..<inputCount { values[input].frameCount = Int32(truncatingIfNeeded: frames) }
      for index in steadyValues.indices {
        values[steadyValues[index]].frameCount = Int32(truncatingIfNeeded: frames)
      }
      for index in work.indices {
        let part = work[index]
        if part.isFused {
          FusedSteps.run(
            steps.extracting(part.first..<part.end), frames: frames, weights, state: &state, scratch: &scratch,
            path: path)
        } else {
          for operation in part.first..<part.end { run(operations, operation, &values, weights, &state, &scratch) }
        }
      }
    }
  }
#endif
