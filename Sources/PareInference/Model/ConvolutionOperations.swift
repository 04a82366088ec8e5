import PareFormat

// Convolutions and pooling over frames and images.
extension ModelRunner {
  /// The frames from the newest of a window to its oldest.
  func reach(_ planned: @_addressable PlannedOperation) -> Int {
    (planned.extent(0) - 1) &* planned.operation.attribute(1)
  }

  /// The frames that an operation keeps; nil where it keeps none.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  func ring(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue
  ) -> FrameRing? {
    let capacity = planned.operation.keptFrameCount(windowSize: planned.extent(0))
    guard capacity > 0 else { return nil }
    return FrameRing(
      start: Int(truncatingIfNeeded: value.state), frameCount: input.shape.elementCount, capacity: capacity)
  }

  /// Gives the number of output frames.
  func conv1d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) -> Int {
    let groups = planned.operation.attribute(2)
    let stride = planned.operation.attribute(0)
    // A window of one frame is the frame.
    let ring = ring(planned, input, value)
    #if !hasFeature(Embedded)
      if groups == 1, stride == 1 { return convolve(planned, ring, input, value, weights, &state, &scratch) }
    #endif
    let channels = input.shape.elementCount
    let perGroup = channels / groups
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      let x = place(input) &+ frame &* channels
      if let ring {
        ring.push(scratch.span, at: x, &state)
        guard ring.comesNow(stride: stride, &state) else { continue }
      }
      for group in 0..<groups {
        let first = group &* perGroup
        ring?.gather(
          first..<first &+ perGroup, planned.extent(0), planned.operation.attribute(1), state.span, at: windowStart,
          &scratch)
        multiply(
          planned, 0, group: group, of: groups, reading: ring == nil ? x &+ first : windowStart, frames: 1,
          writing: place(value) &+ made &* value.shape.elementCount, channelStride: 1, bias: planned.constants(1),
          weights,
          &scratch)
      }
      made &+= 1
    }
    return made
  }

  #if !hasFeature(Embedded)
    /// Convolves frames that all give one, once the window is full: some windows at a time, so that a matrix is read once for all of them.
    private func convolve(
      _ planned: @_addressable PlannedOperation, _ ring: FrameRing?, _ input: @_addressable ModelValue,
      _ value: @_addressable ModelValue,
      _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
    ) -> Int {
      let frames = Int(truncatingIfNeeded: input.frameCount)
      guard let ring else {
        multiply(
          planned, 0, reading: place(input), frames: frames, writing: place(value), bias: planned.constants(1), weights,
          &scratch)
        return frames
      }
      let skipped = min(ring.countdown(state), frames)
      ring.setCountdown(ring.countdown(state) &- skipped, &state)
      var first = skipped
      while first < frames {
        let part = first..<min(first &+ windowFrames, frames)
        ring.gather(
          part, of: place(input), planned.extent(0), planned.operation.attribute(1), state.span, at: windowStart,
          &scratch)
        multiply(
          planned, 0, reading: windowStart, frames: part.count,
          writing: place(value) &+ (first &- skipped) &* value.shape.elementCount, bias: planned.constants(1), weights,
          &scratch)
        first = part.upperBound
      }
      ring.push(scratch.span, at: place(input), frames: frames, &state)
      return frames &- skipped
    }
  #endif

  /// Gives the number of output frames.
  func transposedConv1d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) -> Int {
    let operation = planned.operation
    let channels = input.shape.elementCount
    let size = planned.extent(0)
    let stride = operation.attribute(0)
    let padding = operation.attribute(1)
    let last = operation.lastCompletedFrame(windowSize: size)
    guard let ring = ring(planned, input, value) else { return 0 }
    // The countdown counts up: frames so far, as many as make a difference.
    let enough = ring.capacity + padding / stride + 1
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      ring.push(scratch.span, at: place(input) &+ frame &* channels, &state)
      let before = ring.countdown(state)
      for output in last - stride + 1...last where before * stride + output >= padding {
        gatherTransposed(ring, state.span, size, stride, output, before, into: &scratch)
        multiply(
          planned, 0, reading: windowStart, frames: 1, writing: place(value) &+ made &* value.shape.elementCount,
          bias: planned.constants(1), weights, &scratch)
        made &+= 1
      }
      ring.setCountdown(min(before + 1, enough), &state)
    }
    return made
  }

  /// Writes the window of the output frame that is `output` frames from the first one of the newest input frame, of which `before`
  /// came earlier: element k * size + j is channel k of input frame (output - j) / stride from the newest, or 0.
  private func gatherTransposed(
    _ ring: FrameRing, _ state: Span<Float>, _ size: Int, _ stride: Int, _ output: Int, _ before: Int,
    into scratch: inout MutableSpan<Float>
  ) {
    let place = ring.place(state)
    for tap in 0..<size {
      let distance = tap - output
      let back = distance / stride
      let isThere = distance >= 0 && distance % stride == 0 && back <= before && back < ring.capacity
      let frame = isThere ? ring.frame(back, place: place) : 0
      for channel in 0..<ring.frameCount {
        scratch[windowStart &+ channel &* size &+ tap] = isThere ? state[frame &+ channel] : 0
      }
    }
  }

  /// Gives the number of output frames.
  func pool1d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ state: inout MutableSpan<Float>,
    _ scratch: inout MutableSpan<Float>
  ) -> Int {
    let operation = planned.operation
    let size = operation.attribute(1)
    let channels = input.shape.elementCount
    guard let ring = ring(planned, input, value) else { return 0 }
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      ring.push(scratch.span, at: place(input) &+ frame &* channels, &state)
      guard ring.comesNow(stride: operation.attribute(2), &state) else { continue }
      let newest = ring.place(state.span)
      for channel in 0..<channels {
        var result: Float = operation.attribute(0) == 0 ? -.infinity : 0
        for back in (0..<size).reversed() {
          let x = state[ring.frame(back, place: newest) &+ channel]
          if operation.attribute(0) == 1 { result += x } else if x > result || x.isNaN { result = x }
        }
        if operation.attribute(0) == 1 { result /= Float(size) }
        scratch[place(value) &+ made &* channels &+ channel] = result
      }
      made &+= 1
    }
    return made
  }
}
