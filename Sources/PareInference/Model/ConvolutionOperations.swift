import PareFormat

// Convolutions and pooling over frames and images.
extension ModelRunner {
  /// The frames from the newest of a window to its oldest.
  func reach(_ planned: PlannedOperation) -> Int { (planned.extent(0) - 1) &* planned.operation.attribute(1) }

  /// The frames that an operation keeps; nil where it keeps none.
  func ring(_ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue) -> FrameRing? {
    let capacity = planned.operation.keptFrameCount(windowSize: planned.extent(0))
    guard capacity > 0 else { return nil }
    return FrameRing(
      start: Int(truncatingIfNeeded: value.state), frameCount: input.shape.elementCount, capacity: capacity)
  }

  func conv1d(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: inout ModelValue, _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    let frames = Int(truncatingIfNeeded: input.frameCount)
    let groups = operation.attribute(2)
    guard let ring = ring(planned, input, value) else {
      // A window of one frame is the frame.
      let (channels, outputs) = (input.shape.elementCount, value.shape.elementCount)
      let perGroup = channels / groups
      for frame in 0..<(groups == 1 ? 1 : frames) {
        for group in 0..<groups {
          let start = place(input) &+ frame &* channels &+ group &* perGroup
          let count = groups == 1 ? frames : 1
          multiply(
            planned, group, reading: start..<start &+ count &* perGroup, frames: count,
            at: place(value) &+ frame &* outputs, weights, &scratch)
        }
      }
      return
    }
    if groups == 1 && operation.attribute(0) == 1 {
      let skipped = min(ring.countdown(state), frames)
      ring.setCountdown(ring.countdown(state) &- skipped, &state)
      convolve(planned, ring, place(input), skipped..<frames, at: place(value), weights, &state, &scratch)
      value.frameCount = Int32(truncatingIfNeeded: frames &- skipped)
    } else {
      convolveOneByOne(planned, ring, input, &value, weights, &state, &scratch)
    }
  }

  /// Convolves frames of a step that all give one: some windows at a time, so that a matrix is read once for all of them.
  private func convolve(
    _ planned: PlannedOperation, _ ring: FrameRing, _ input: Int, _ frames: Range<Int>, at target: Int,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[0]
    let (rowCount, columnCount) = (matrix.rowCount, matrix.columnCount)
    let (size, dilation) = (planned.extent(0), planned.operation.attribute(1))
    var first = frames.lowerBound
    while first < frames.upperBound {
      let part = first..<min(first &+ windowFrames, frames.upperBound)
      ring.gather(part, of: input, size, dilation, state.span, at: windowStart, &scratch)
      multiply(
        planned, 0, reading: windowStart..<windowStart &+ part.count &* columnCount, frames: part.count,
        at: target &+ (first &- frames.lowerBound) &* rowCount, weights, &scratch)
      first = part.upperBound
    }
    ring.push(scratch.span, at: input, frames: frames.upperBound, &state)
  }

  /// Convolves frames of which not all give one, or groups of channels.
  private func convolveOneByOne(
    _ planned: PlannedOperation, _ ring: FrameRing, _ input: ModelValue, _ value: inout ModelValue,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    let (channels, outputs) = (input.shape.elementCount, value.shape.elementCount)
    let groups = operation.attribute(2)
    let perGroup = channels / groups
    let window = windowStart..<windowStart &+ planned.matrices[0].columnCount
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      ring.push(scratch.span, at: place(input) &+ frame &* channels, &state)
      guard ring.comesNow(stride: operation.attribute(0), &state) else { continue }
      for group in 0..<groups {
        ring.gather(
          group &* perGroup..<(group &+ 1) &* perGroup, planned.extent(0), operation.attribute(1), state.span,
          at: windowStart, &scratch)
        multiply(
          planned, group, reading: window, frames: 1, at: place(value) &+ made &* outputs, weights, &scratch)
      }
      made &+= 1
    }
    value.frameCount = Int32(truncatingIfNeeded: made)
  }

  /// Multiplies windows of one group.
  private func multiply(
    _ planned: PlannedOperation, _ group: Int, reading windows: Range<Int>, frames: Int, at target: Int,
    _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    guard frames > 0 else { return }
    let matrix = planned.matrices[0]
    let groups = planned.operation.attribute(2)
    let bias = planned.constants(1)
    scratch.withParts(reading: windows, writing: target..<target &+ frames &* matrix.rowCount) { x, y in
      weights.multiply(
        matrix, group: group, of: groups, x, frames: frames, bias: bias, into: &y,
        at: group &* (matrix.rowCount / groups), stride: matrix.rowCount, path: path)
    }
  }

  func transposedConv1d(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: inout ModelValue, _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    let matrix = planned.matrices[0]
    let channels = input.shape.elementCount
    let size = planned.extent(0)
    let stride = operation.attribute(0)
    let padding = operation.attribute(1)
    let last = operation.lastCompletedFrame(windowSize: size)
    let outputs = value.shape.elementCount
    guard let ring = ring(planned, input, value) else { return }
    // The countdown counts up: frames so far, as many as make a difference.
    let enough = ring.capacity + padding / stride + 1
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      ring.push(scratch.span, at: place(input) &+ frame &* channels, &state)
      let before = ring.countdown(state)
      for output in last - stride + 1...last where before * stride + output >= padding {
        gatherTransposed(ring, state.span, size, stride, output, before, into: &scratch)
        let target = place(value) &+ made &* outputs..<place(value) &+ (made &+ 1) &* outputs
        scratch.withParts(reading: windowStart..<windowStart &+ matrix.columnCount, writing: target) { x, y in
          weights.multiply(
            matrix, group: 0, of: 1, x, frames: 1, bias: planned.constants(1), into: &y, at: 0, stride: outputs,
            path: path)
        }
        made &+= 1
      }
      ring.setCountdown(min(before + 1, enough), &state)
    }
    value.frameCount = Int32(truncatingIfNeeded: made)
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

  func pool1d(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: inout ModelValue, _ state: inout MutableSpan<Float>,
    _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    let size = operation.attribute(1)
    let channels = input.shape.elementCount
    guard let ring = ring(planned, input, value) else { return }
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
    value.frameCount = Int32(truncatingIfNeeded: made)
  }
}
