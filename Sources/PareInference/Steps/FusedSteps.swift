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
      guard frames > 0, !steps.isEmpty else { return }
      let (floats, constants) = (weights.floats, weights.constants)
      // All that is read and written is what the preconditions are about; the spans stay in place during the closures.
      unsafe state.withUnsafeMutableBufferPointer { state in
        unsafe scratch.withUnsafeMutableBufferPointer { scratch in
          unsafe floats.withUnsafeBufferPointer { floats in
            unsafe constants.withUnsafeBufferPointer { constants in
              unsafe steps.withUnsafeBufferPointer { steps in
                unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: 24) { elements in
                  let all = unsafe StepMemory(
                    floats: floats, constants: constants, state: state, scratch: scratch, elements: elements)
                  guard let memory = all else { return }
                  if path != .portable, unsafe runWithVectors(steps, frames, memory, path.lanes) { return }
                  for index in steps.indices { unsafe run(steps[index], frames, memory) }
                }
              }
            }
          }
        }
      }
    }

    private static func runWithVectors(
      _ steps: UnsafeBufferPointer<FusedStep>, _ frames: Int, _ memory: borrowing StepMemory, _ lanes: Int32
    ) -> Bool {
      var memory = unsafe memory.pointers
      return unsafe pare_run_steps(steps.baseAddress, steps.count, frames, &memory, lanes) != 0
    }

    private static func run(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      switch step.kind {
      case PARE_STEP_LSTM: lstm(step, frames, memory)
      case PARE_STEP_GRU: gru(step, frames, memory)
      default: product(step, frames, memory)
      }
    }

    /// The product of a layer for some frames, and what follows it.
    private static func product(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      // Products of all frames first, then the function of all: one by one, a function waits for its own results. What is added must not lie
      // where products are written.
      let (function, kept, added) = (step.function, step.kept, step.added)
      if frames < 4 || function == PARE_IDENTITY || kept < 0 && added >= 0 {
        products(step, frames, memory)
        return
      }
      var first = copy step
      if kept >= 0 { first.y = kept }
      (first.kept, first.added, first.function) = (-1, -1, PARE_IDENTITY)
      products(first, frames, memory)
      let count = frames &* Int(step.rows)
      let results = unsafe memory.place(Int(first.y))
      unsafe StepResult.apply(function, results, count)
      if added >= 0 {
        unsafe StepResult.add(results, memory.place(Int(added)), count, into: memory.place(Int(step.y)))
      }
    }

    private static func products(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      if step.taps == 1 {
        StepProduct.run(step, x: Int(step.first.x), first: 0, frames: frames, memory)
      } else if frames >= 8, step.taps == 3, step.first.columns > 0, step.first.columns % 24 == 0 {
        taps(step, frames, memory)
      } else {
        windows(step, frames, memory)
      }
    }

    /// Products of windows, some of which are gathered at a time.
    @inline(never)
    private static func windows(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      let (taps, dilation) = (Int(step.taps), Int(step.dilation))
      let (window, windowFrames) = (Int(step.window), Int(step.window_frames))
      let channels = taps == 3 ? step.first.columns / 3 : step.first.columns / step.taps
      let ring = FrameRing(start: Int(step.ring), frameCount: Int(channels), capacity: Int(step.capacity))
      let x = Int(step.first.x)
      var state = memory.stateSpan
      var scratch = memory.scratchSpan
      var first = 0
      while first < frames {
        let part = first..<min(first &+ windowFrames, frames)
        ring.gather(part, of: x, taps, dilation, state.span, at: window, &scratch)
        StepProduct.run(step, x: window, first: first, frames: part.count, memory)
        first = part.upperBound
      }
      ring.push(scratch.span, at: x, frames: frames, &state)
    }

    /// Products of windows of three frames, whose elements are read where they are: as many frames at a time as those of each tap stand one
    /// behind the other.
    @inline(never)
    private static func taps(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      let channels = Int(step.first.columns / 3)
      let (dilation, x) = (Int(step.dilation), Int(step.first.x))
      let ring = FrameRing(start: Int(step.ring), frameCount: channels, capacity: Int(step.capacity))
      var state = memory.stateSpan
      let newest = ring.place(state.span)
      var first = 0
      while first < frames {
        var count = frames &- first
        for tap in 0..<3 {
          let number = first &- (2 &- tap) &* dilation
          var place: UnsafePointer<Float>
          if number < 0 {
            // Up to the end of the ring, or to the first frame of the step.
            var slot = newest &+ 1 &+ number
            if slot < 0 { slot &+= ring.capacity }
            count = min(count, 0 &- number, ring.capacity &- slot)
            unsafe place = UnsafePointer(memory.state + (ring.start &+ slot &* channels))
          } else {
            unsafe place = UnsafePointer(memory.place(x &+ number &* channels))
          }
          var column = tap
          while column < 24 {
            unsafe memory.elements[column] = place
            unsafe place += 1
            column &+= 3
          }
        }
        StepProduct.run(step, first: first, frames: count, memory)
        first &+= count
      }
      ring.push(memory.values, at: x, frames: frames, &state)
    }

    private static func lstm(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      let (units, hidden, sums, y) = (Int(step.rows), Int(step.second.x), Int(step.kept), Int(step.y))
      var layer = copy step
      layer.rows = 4 &* step.rows
      (layer.y, layer.kept) = (step.kept, -1)
      // The first product is the faster one. It reads the hidden state where the frame before has left it as its result.
      (layer.first, layer.second) = (step.second, step.first)
      var state = memory.stateSpan
      var scratch = memory.scratchSpan
      keep(state.span, hidden, units, at: y, &scratch)
      for frame in 0..<frames {
        layer.second.x = step.first.x &+ Int32(truncatingIfNeeded: frame) &* step.first.columns
        StepProduct.run(layer, x: y &+ max(0, frame &- 1) &* units, first: 0, frames: 1, memory)
        LSTMGates.step(
          units: units, input: scratch.span, at: sums, recurrent: Span(), at: 0, state: &state,
          cellStart: hidden &+ units, hiddenStart: hidden, path: .portable)
        keep(state.span, hidden, units, at: y &+ frame &* units, &scratch)
      }
    }

    private static func gru(_ step: borrowing FusedStep, _ frames: Int, _ memory: borrowing StepMemory) {
      let (units, hidden, y) = (Int(step.rows), Int(step.second.x), Int(step.y))
      var input = copy step
      input.rows = 3 &* step.rows
      input.second.columns = -1
      (input.y, input.kept) = (step.kept, -1)
      var recurrent = input
      recurrent.first = step.second
      recurrent.y = input.y &+ input.rows
      var state = memory.stateSpan
      var scratch = memory.scratchSpan
      keep(state.span, hidden, units, at: y, &scratch)
      for frame in 0..<frames {
        let x = Int(step.first.x) &+ frame &* Int(step.first.columns)
        StepProduct.run(input, x: x, first: 0, frames: 1, memory)
        StepProduct.run(recurrent, x: y &+ max(0, frame &- 1) &* units, first: 0, frames: 1, memory)
        GRUGates.step(
          units: units, order: step.reset == 0 ? .rzn : .zrn, input: scratch.span, at: Int(input.y),
          recurrent: scratch.span, at: Int(recurrent.y), state: &state, hiddenStart: hidden, path: .portable)
        keep(state.span, hidden, units, at: y &+ frame &* units, &scratch)
      }
    }

    /// Writes the hidden state of units to `target`.
    private static func keep(
      _ state: Span<Float>, _ hidden: Int, _ units: Int, at target: Int, _ scratch: inout MutableSpan<Float>
    ) {
      for unit in 0..<units { scratch[target &+ unit] = state[hidden &+ unit] }
    }
  }
#endif
