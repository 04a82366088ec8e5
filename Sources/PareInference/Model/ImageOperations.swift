import PareFormat

// Convolutions over two axes, and pooling of images.
extension ModelRunner {
  func streamingConv2d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    guard let ring = ring(planned, input, value) else { return }
    let operation = planned.operation
    let stride = operation.attribute(0)
    let outputs = value.shape[1]
    let reach = (value.shape[0] - 1) * stride + planned.extent(1) - input.shape[0]
    let before = operation.attribute(2) == 1 ? max(0, reach) / 2 : 0
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      ring.push(scratch.span, at: place(input) &+ frame &* input.shape.elementCount, &state)
      for feature in 0..<value.shape[0] {
        gather(planned, ring, state.span, input.shape, from: feature * stride - before, into: &scratch)
        let start = place(value) &+ frame &* value.shape.elementCount &+ feature &* outputs
        multiply(
          planned, 0, reading: windowStart, frames: 1, writing: start, bias: planned.constants(1), weights, &scratch)
      }
    }
  }

  /// Writes the window that starts at a feature: element (i * time + a) * size + b is channel i of feature `from` + b, of the frame
  /// (time - 1 - a) * dilation before the newest.
  private func gather(
    _ planned: @_addressable PlannedOperation, _ ring: FrameRing, _ state: Span<Float>, _ shape: FrameShape,
    from first: Int,
    into scratch: inout MutableSpan<Float>
  ) {
    let time = planned.extent(0)
    let size = planned.extent(1)
    let channels = shape[1]
    let place = ring.place(state)
    for tap in 0..<time {
      let frame = ring.frame((time &- 1 &- tap) &* planned.operation.attribute(1), place: place)
      for column in 0..<size {
        let feature = first &+ column
        let isInside = feature >= 0 && feature < shape[0]
        for channel in 0..<channels {
          scratch[windowStart &+ (channel &* time &+ tap) &* size &+ column] =
            isInside ? state[frame &+ feature &* channels &+ channel] : 0
        }
      }
    }
  }

  func conv2d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    var window = ImageWindow(height: planned.extent(0), width: planned.extent(1))
    (window.strideY, window.strideX) = (operation.attribute(0), operation.attribute(1))
    (window.dilationY, window.dilationX) = (operation.attribute(2), operation.attribute(3))
    (window.top, window.left) = (operation.attribute(4), operation.attribute(5))
    (window.bottom, window.right) = (operation.attribute(6), operation.attribute(7))
    let layer = Convolution2D(
      window, input: ImageSize(input.shape), outputChannels: value.shape[0], groups: operation.attribute(8))
    let area = value.shape[1] &* value.shape[2]
    let taps = windowStart..<windowStart &+ layer.windowCount
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      let source = place(input) &+ frame &* input.shape.elementCount
      let target = place(value) &+ frame &* value.shape.elementCount
      for group in 0..<layer.groups {
        for y in 0..<value.shape[1] {
          for x in 0..<value.shape[2] {
            scratch.withParts(reading: source..<source &+ input.shape.elementCount, writing: taps) { image, taps in
              layer.gather(outputY: y, outputX: x, group: group, image, at: 0, into: &taps, at: 0)
            }
            multiply(
              planned, 0, group: group, of: layer.groups, reading: windowStart, frames: 1,
              writing: target &+ y &* value.shape[2] &+ x, channelStride: area, bias: planned.constants(1), weights,
              &scratch)
          }
        }
      }
    }
  }

  func pool2d(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ scratch: inout MutableSpan<Float>
  ) {
    let operation = planned.operation
    var window = ImageWindow(height: operation.attribute(1), width: operation.attribute(2))
    window.strideY = operation.attribute(3)
    window.strideX = operation.attribute(4)
    window.top = operation.attribute(5)
    window.bottom = operation.attribute(5)
    window.left = operation.attribute(6)
    window.right = operation.attribute(6)
    let size = ImageSize(input.shape)
    let frames = Int(truncatingIfNeeded: input.frameCount)
    scratch.withParts(reading: range(input), writing: range(value)) { x, y in
      for frame in 0..<frames {
        let source = frame &* input.shape.elementCount
        let target = frame &* value.shape.elementCount
        if operation.attribute(0) == 0 {
          Pooling.maximum(window, x, at: source, size, into: &y, at: target)
        } else {
          Pooling.average(
            window, countsPadding: operation.attribute(0) == 2, x, at: source, size, into: &y, at: target)
        }
      }
    }
  }
}

extension ImageSize {
  /// The extents of a frame of channels, height and width.
  fileprivate init(_ shape: FrameShape) { self.init(channels: shape[0], height: shape[1], width: shape[2]) }
}
