public import PareFormat

// Operations on each element, and those that move channels.
extension ModelRunner {
  /// Works in the place of the value; where that is not the input's, the input is copied there.
  func elementwise(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    scratch.copy(range(input), to: place(value))
    let constants = weights.constants
    switch planned.operation.kind {
    case .activation:
      guard let activation = planned.operation.activation else { return }
      // Softmax is one of each frame.
      let whole = range(value)
      let count = activation == .softmax ? value.shape.elementCount : whole.count
      var start = whole.lowerBound
      while start < whole.upperBound {
        activation.apply(&scratch, start..<start &+ count, path: path)
        start &+= count
      }
    case .gain:
      let factors = constants.extracting(planned.constants(0))
      forEachElement(value) { element, channel in scratch[element] *= factors[factors.count == 1 ? 0 : channel] }
    #if !PARE_SEQUENCE_MODELS
      case .batchNorm:
        forEachLayout(value) { layout, frames, _ in
          BatchNormalization.apply(
            mean: constants.extracting(planned.constants(0)), variance: constants.extracting(planned.constants(1)),
            gamma: constants.extracting(planned.constants(2)), beta: constants.extracting(planned.constants(3)),
            epsilon: planned.operation.parameter, &scratch, layout, frames: frames)
        }
      case .prelu:
        forEachLayout(value) { layout, frames, channels in
          Elementwise.prelu(
            constants.extracting(planned.constants(0)), &scratch, layout, frames: frames, channels: channels)
        }
      case .scaler:
        let means = planned.constants(0)
        let scales = planned.constants(1)
        forEachElement(value) { element, channel in
          if !means.isEmpty { scratch[element] -= constants[means.lowerBound &+ channel] }
          if !scales.isEmpty { scratch[element] /= constants[scales.lowerBound &+ channel] }
        }
    #endif
    default: break
    }
  }

  /// Hands out the layout of a value's frames with channels as their innermost axis; an image is as many frames as it has places.
  @inline(__always)
  private func forEachLayout(
    _ value: @_addressable ModelValue, _ body: (FrameLayout, _ frames: Int, _ channels: Int) -> Void
  ) {
    let frames = Int(truncatingIfNeeded: value.frameCount)
    let shape = value.shape
    let isImage = shape.rank == 3
    let area = isImage ? shape[1] &* shape[2] : 1
    let channels = shape.rank == 2 ? shape[1] : shape[0]
    var layout = FrameLayout(start: place(value), frameStride: isImage ? 1 : channels, channelStride: area)
    let count = isImage ? area : shape.rank == 2 ? frames &* shape[0] : frames
    for _ in 0..<(isImage ? frames : 1) {
      body(layout, count, channels)
      layout.start &+= shape.elementCount
    }
  }

  @inline(__always)
  private func forEachElement(_ value: @_addressable ModelValue, _ body: (_ element: Int, _ channel: Int) -> Void) {
    let shape = value.shape
    let channels = shape.rank == 2 ? shape[1] : shape[0]
    let area = shape.rank == 3 ? shape[1] &* shape[2] : 1
    var (channel, position) = (0, 0)
    var element = place(value)
    let end = range(value).upperBound
    while element < end {
      body(element, channel)
      element &+= 1
      position &+= 1
      guard position == area else { continue }
      position = 0
      channel = channel &+ 1 == channels ? 0 : channel &+ 1
    }
  }

  /// The sum or the product of two values. The place of the value is that of an operand or overlaps neither.
  func combine(
    _ planned: @_addressable PlannedOperation, _ first: @_addressable ModelValue, _ second: @_addressable ModelValue,
    _ value: @_addressable ModelValue, _ scratch: inout MutableSpan<Float>
  ) {
    let isSum = planned.operation.kind == .add
    let target = range(value)
    let (a, b) = (place(first), place(second))
    var index = 0
    #if !hasFeature(Embedded)
      while index &+ 8 <= target.count {
        let (x, y) = (scratch.lanes8(at: a &+ index), scratch.lanes8(at: b &+ index))
        scratch.setLanes8(isSum ? x + y : x * y, at: target.lowerBound &+ index)
        index &+= 8
      }
    #endif
    while index < target.count {
      let (x, y) = (scratch[a &+ index], scratch[b &+ index])
      scratch[target.lowerBound &+ index] = isSum ? x + y : x * y
      index &+= 1
    }
  }

  func concatenate(
    _ first: @_addressable ModelValue, _ second: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ scratch: inout MutableSpan<Float>
  ) {
    for frame in 0..<Int(truncatingIfNeeded: value.frameCount) {
      let target = place(value) &+ frame &* value.shape[0]
      let start = place(first) &+ frame &* first.shape[0]
      scratch.copy(start..<start &+ first.shape[0], to: target)
      let other = place(second) &+ frame &* second.shape[0]
      scratch.copy(other..<other &+ second.shape[0], to: target &+ first.shape[0])
    }
  }

  func slice(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ scratch: inout MutableSpan<Float>
  ) {
    let count = value.shape[0]
    for frame in 0..<Int(truncatingIfNeeded: value.frameCount) {
      let start = place(input) &+ frame &* input.shape[0] &+ planned.operation.attribute(0)
      scratch.copy(start..<start &+ count, to: place(value) &+ frame &* count)
    }
  }
}

extension Operation {
  /// The function of an activation.
  public var activation: Activation? {
    guard kind == .activation, let function = ActivationFunction(rawValue: UInt8(truncatingIfNeeded: attributes[0]))
    else { return nil }
    switch function {
    case .tanh: return .tanh
    case .relu: return .relu
    case .sigmoid: return .sigmoid
    case .softmax: return .softmax
    case .elu: return .elu(alpha: parameter)
    case .leakyReLU: return .leakyReLU(alpha: parameter)
    case .hardTanh: return .hardTanh
    case .hardSigmoid: return .hardSigmoidKeras
    case .hardSigmoid6: return .hardSigmoid
    case .hardSwish: return .hardSwish
    case .silu: return .silu
    case .softsign: return .softsign
    case .relu6: return .relu6
    case .gelu: return .geluTanh
    case .geluErf: return .geluErf
    }
  }
}
