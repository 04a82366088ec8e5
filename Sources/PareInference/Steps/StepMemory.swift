#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels

  /// What steps read and write: all of it through pointers, since indices are checked where steps are made. A check for each read and write,
  /// with the spans for it, took 7 % of the time of a model.
  @safe
  struct StepMemory {
    let floats: UnsafePointer<Float>
    let constants: UnsafePointer<Float>
    let state: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    /// Where the first 24 elements of a window of three frames are.
    let elements: UnsafeMutablePointer<UnsafePointer<Float>>
    private let stateCount: Int
    private let scratchCount: Int

    /// Nil where there are no weights, or nothing to write to.
    init?(
      floats: UnsafeBufferPointer<Float>, constants: UnsafeBufferPointer<Float>,
      state: UnsafeMutableBufferPointer<Float>, scratch: UnsafeMutableBufferPointer<Float>,
      elements: UnsafeMutableBufferPointer<UnsafePointer<Float>>
    ) {
      guard let first = floats.baseAddress, let start = scratch.baseAddress, let elements = elements.baseAddress
      else { return nil }
      unsafe self.elements = elements
      unsafe self.floats = first
      unsafe self.constants = constants.baseAddress ?? first
      unsafe self.state = state.baseAddress ?? start
      unsafe self.scratch = start
      stateCount = state.count
      scratchCount = scratch.count
    }

    /// What the C functions take.
    var pointers: pare_memory {
      unsafe pare_memory(floats: floats, constants: constants, state: state, scratch: scratch)
    }

    /// The state as a span, which is valid as long as this.
    var stateSpan: MutableSpan<Float> {
      @_lifetime(borrow self) borrowing get { unsafe span(state, stateCount) }
    }

    /// The scratch as a span, which is valid as long as this.
    var scratchSpan: MutableSpan<Float> {
      @_lifetime(borrow self) borrowing get { unsafe span(scratch, scratchCount) }
    }

    /// The same to be read.
    var values: Span<Float> {
      @_lifetime(borrow self) borrowing get {
        let span = unsafe Span(_unsafeStart: scratch, count: scratchCount)
        return unsafe _overrideLifetime(span, borrowing: self)
      }
    }

    @_lifetime(borrow self)
    private borrowing func span(_ start: UnsafeMutablePointer<Float>, _ count: Int) -> MutableSpan<Float> {
      let span = unsafe MutableSpan(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// A place in the scratch.
    @inline(__always)
    func place(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe scratch + index }
  }
#endif
