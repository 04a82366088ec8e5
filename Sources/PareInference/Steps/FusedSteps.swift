#if canImport(CKernels) && !hasFeature(Embedded)
  public import CKernels

  /// A layer with what follows it on each of its results, as one piece of work: see Steps.h.
  public typealias FusedStep = pare_step

  /// Runs layers one behind the other, each over all frames of a step of a session. The bits are those of the operations one by one.
  enum FusedSteps {
    /// Runs steps.
    ///
    /// Preconditions: all indices of the steps are in the memory that is theirs, as where they were made is checked.
    static func run(
      _ steps: Span<FusedStep>, frames: Int, _ weights: borrowing ModelWeights, state: inout MutableSpan<Float>,
      scratch: inout MutableSpan<Float>, path: ProductPath
    ) {
      guard frames > 0 else { return }
      if path != .portable, runWithVectors(steps, frames, weights, &state, &scratch, path.lanes) { return }
      for index in steps.indices {
        switch steps[index].kind {
        case PARE_STEP_LSTM: lstm(steps[index], frames, weights, &state, &scratch)
        case PARE_STEP_GRU: gru(steps[index], frames, weights, &state, &scratch)
        default: product(steps[index], frames, weights, &state, &scratch)
        }
      }
    }

    private static func runWithVectors(
      _ steps: Span<FusedStep>, _ frames: Int, _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>,
      _ scratch: inout MutableSpan<Float>, _ lanes: Int32
    ) -> Bool {
      let (floats, constants) = (weights.floats, weights.constants)
      // The C function reads and writes what the preconditions are about; the spans stay in place during the closures.
      return unsafe state.withUnsafeMutableBufferPointer { state in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          unsafe floats.withUnsafeBufferPointer { floats in
            unsafe constants.withUnsafeBufferPointer { constants in
              unsafe steps.withUnsafeBufferPointer { steps in
                var memory = unsafe pare_memory(
                  floats: floats.baseAddress, constants: constants.baseAddress, state: state.baseAddress,
                  scratch: scratch.baseAddress)
                return unsafe pare_run_steps(steps.baseAddress, steps.count, frames, &memory, lanes) != 0
              }
            }
          }
        }
      }
    }

    /// The product of a layer for some frames, and what follows it.
    private static func product(
      _ step: borrowing FusedStep, _ frames: Int, _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>,
      _ scratch: inout MutableSpan<Float>
    ) {
      guard step.taps > 1 else {
        StepProduct.run(step, x: Int(step.first.x), first: 0, frames: frames, weights, state.span, &scratch)
        return
      }
      let (taps, dilation) = (Int(step.taps), Int(step.dilation))
      let (window, windowFrames) = (Int(step.window), Int(step.window_frames))
      let ring = FrameRing(
        start: Int(step.ring), frameCount: Int(step.first.columns) / taps, capacity: Int(step.capacity))
      let x = Int(step.first.x)
      var first = 0
      while first < frames {
        let part = first..<min(first &+ windowFrames, frames)
        ring.gather(part, of: x, taps, dilation, state.span, at: window, &scratch, path: .portable)
        StepProduct.run(step, x: window, first: first, frames: part.count, weights, state.span, &scratch)
        first = part.upperBound
      }
      ring.push(scratch.span, at: x, frames: frames, &state)
    }

    private static func lstm(
      _ step: borrowing FusedStep, _ frames: Int, _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>,
      _ scratch: inout MutableSpan<Float>
    ) {
      let (units, hidden, sums) = (Int(step.rows), Int(step.second.x), Int(step.kept))
      var layer = copy step
      layer.rows = 4 &* step.rows
      (layer.y, layer.kept) = (step.kept, -1)
      // The first product is the faster one.
      (layer.first, layer.second) = (step.second, step.first)
      for frame in 0..<frames {
        layer.second.x = step.first.x &+ Int32(truncatingIfNeeded: frame) &* step.first.columns
        StepProduct.run(layer, x: hidden, first: 0, frames: 1, weights, state.span, &scratch)
        LSTMGates.step(
          units: units, input: scratch.span, at: sums, recurrent: Span(), at: 0, state: &state,
          cellStart: hidden &+ units, hiddenStart: hidden, path: .portable)
        keep(state.span, hidden, units, at: Int(step.y) &+ frame &* units, &scratch)
      }
    }

    private static func gru(
      _ step: borrowing FusedStep, _ frames: Int, _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>,
      _ scratch: inout MutableSpan<Float>
    ) {
      let (units, hidden) = (Int(step.rows), Int(step.second.x))
      var input = copy step
      input.rows = 3 &* step.rows
      input.second.columns = -1
      (input.y, input.kept) = (step.kept, -1)
      var recurrent = input
      recurrent.first = step.second
      recurrent.y = input.y &+ input.rows
      for frame in 0..<frames {
        let x = Int(step.first.x) &+ frame &* Int(step.first.columns)
        StepProduct.run(input, x: x, first: 0, frames: 1, weights, state.span, &scratch)
        StepProduct.run(recurrent, x: hidden, first: 0, frames: 1, weights, state.span, &scratch)
        GRUGates.step(
          units: units, order: step.reset == 0 ? .rzn : .zrn, input: scratch.span, at: Int(input.y),
          recurrent: scratch.span, at: Int(recurrent.y), state: &state, hiddenStart: hidden, path: .portable)
        keep(state.span, hidden, units, at: Int(step.y) &+ frame &* units, &scratch)
      }
    }

    private static func keep(
      _ state: Span<Float>, _ hidden: Int, _ units: Int, at target: Int, _ scratch: inout MutableSpan<Float>
    ) {
      for unit in 0..<units { scratch[target &+ unit] = state[hidden &+ unit] }
    }
  }
#endif
