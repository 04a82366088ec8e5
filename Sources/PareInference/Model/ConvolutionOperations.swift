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
    let groups = operation.attribute(2)
    let matrix = planned.matrices[0]
    let channels = input.shape.elementCount
    let perGroup = channels / groups
    let size = planned.extent(0)
    let ring = ring(planned, input, value)
    let window = windowStart..<windowStart &+ matrix.columnCount
    var made = 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      let x = place(input) &+ frame &* channels
      if let ring {
        ring.push(scratch.span, at: x, &state)
        guard ring.comesNow(stride: operation.attribute(0), &state) else { continue }
      }
      let y = place(value) &+ made &* value.shape.elementCount
      for group in 0..<groups {
        let source: Range<Int>
        if let ring {
          gather(
            ring, state.span, size, operation.attribute(1), group &* perGroup..<(group &+ 1) &* perGroup, into: &scratch
          )
          source = window
        } else {
          source = x &+ group &* perGroup..<x &+ (group &+ 1) &* perGroup
        }
        let rows = value.shape.elementCount / groups
        let target = y &+ group &* rows..<y &+ (group &+ 1) &* rows
        scratch.withParts(reading: source, writing: target) { x, y in
          weights.multiply(
            matrix, group: group, of: groups, x, frames: 1, bias: planned.constants(1), into: &y, at: 0, stride: rows)
        }
      }
      made &+= 1
    }
    value.frameCount = Int32(truncatingIfNeeded: made)
  }

  /// Writes the window of the newest frame: element i * size + j is channel i of the frame (size - 1 - j) * dilation before.
  private func gather(
    _ ring: FrameRing, _ state: Span<Float>, _ size: Int, _ dilation: Int, _ channels: Range<Int>,
    into scratch: inout MutableSpan<Float>
  ) {
    let place = ring.place(state)
    for tap in 0..<size {
      let frame = ring.frame((size &- 1 &- tap) &* dilation, place: place)
      var target = windowStart &+ tap
      for channel in channels {
        scratch[target] = state[frame &+ channel]
        target &+= size
      }
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
            matrix, group: 0, of: 1, x, frames: 1, bias: planned.constants(1), into: &y, at: 0, stride: outputs)
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
