import PareFormat

// Convolutions and pooling over frames and images.
extension ModelRunner {
  /// The frames from the newest of a window to its oldest.
  func reach(_ planned: PlannedOperation) -> Int { (planned.extent(0) - 1) &* planned.operation.attribute(1) }

  /// The frames that an operation keeps; nil where it keeps none. In a session of n frames a step there is room for n.
  func ring(_ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue) -> FrameRing? {
    let start = Int(truncatingIfNeeded: value.state)
    let count = input.shape.elementCount
    let operation = planned.operation
    switch operation.kind {
    case .conv1d:
      let reach = reach(planned)
      return reach == 0 && operation.attribute(0) == 1
        ? nil : FrameRing(start: start, frameCount: count, capacity: reach + 1)
    case .transposedConv1d:
      let size = planned.extent(0)
      let stride = operation.attribute(0)
      let capacity = (size - 2 - lastOutput(size, operation) + stride) / stride + 1
      return FrameRing(start: start, frameCount: count, capacity: capacity)
    case .streamingConv2d:
      return FrameRing(start: start, frameCount: count, capacity: reach(planned) + 1)
    case .pool1d: return FrameRing(start: start, frameCount: count, capacity: operation.attribute(1))
    default: return nil
    }
  }

  func conv1d(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: inout ModelValue, _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    let channels = input.shape.elementCount
    let outputs = value.shape.elementCount
    let frames = Int(truncatingIfNeeded: input.frameCount)
    let groups = operation.attribute(2)
    let perGroup = channels / groups
    let windowCount = planned.matrices[0].columnCount
    let ring = ring(planned, input, value)
    // Windows of one group that wait to be multiplied together.
    let waiting = groups == 1 ? windowFrames : 1
    var made = 0
    var gathered = 0
    for frame in 0..<frames {
      let x = place(input) &+ frame &* channels
      guard let ring else {
        // A window of one frame is the frame.
        for group in 0..<groups {
          let part = x &+ group &* perGroup..<x &+ (group &+ 1) &* perGroup
          multiply(planned, group, reading: part, frames: 1, at: place(value) &+ frame &* outputs, weights, &scratch)
        }
        made &+= 1
        continue
      }
      ring.push(scratch.span, at: x, &state)
      if ring.comesNow(stride: operation.attribute(0), &state) {
        for group in 0..<groups {
          let part = group &* perGroup..<(group &+ 1) &* perGroup
          ring.gather(
            part, planned.extent(0), operation.attribute(1), state.span, at: windowStart &+ gathered &* windowCount,
            &scratch)
          if groups > 1 {
            multiply(
              planned, group, reading: windowStart..<windowStart &+ windowCount, frames: 1,
              at: place(value) &+ made &* outputs, weights, &scratch)
          }
        }
        if groups == 1 { gathered &+= 1 } else { made &+= 1 }
      }
      guard gathered == waiting || frame == frames &- 1 else { continue }
      let windows = windowStart..<windowStart &+ gathered &* windowCount
      multiply(planned, 0, reading: windows, frames: gathered, at: place(value) &+ made &* outputs, weights, &scratch)
      made &+= gathered
      gathered = 0
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

  /// The last output frame that input frame l completes is number l * stride + this, l from 0.
  private func lastOutput(_ size: Int, _ operation: Operation) -> Int {
    min(size - 1 - operation.attribute(1), operation.attribute(0) - 1)
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
    let last = lastOutput(size, operation)
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
