public import PareFormat

/// Runs a model, some frames at a time: layer by layer, each over all frames (spec section 10.4.3).
///
/// It holds no memory: tables, state and scratch are the caller's. The bits do not depend on how many frames a step has.
public struct ModelRunner: Sendable {
  /// The most frames of the inputs that a step takes.
  public let frameCapacity: Int

  /// The number of inputs; value i is input i.
  public let inputCount: Int

  /// How products and functions are computed; the bits are the same.
  let path: ProductPath

  /// Where in the scratch a convolution's window and a recurrent layer's gates are.
  public let windowStart: Int

  /// The windows that are gathered before they are multiplied: as many as there is room for behind the values, so that a matrix is read
  /// once for all of them.
  public let windowFrames: Int

  /// The frames that a session gathers windows of, of those that it takes at a time.
  public static func windowFrames(_ frameCapacity: Int) -> Int { min(frameCapacity, 16) }

  /// Creates a runner for values that take `valuesCount` floats for one frame. Precondition: `frameCapacity` is above 0.
  public init(frameCapacity: Int, inputCount: Int, valuesCount: Int, path: ProductPath = .fastest) {
    precondition(frameCapacity > 0)
    self.frameCapacity = frameCapacity
    self.inputCount = inputCount
    self.path = path
    windowStart = valuesCount &* frameCapacity
    windowFrames = Self.windowFrames(frameCapacity)
  }

  /// Brings the state to its start. Linear in the state.
  public func reset(
    _ operations: Span<PlannedOperation>, _ values: Span<ModelValue>, _ weights: borrowing ModelWeights,
    state: inout MutableSpan<Float>
  ) {
    state.update(repeating: 0)
    for index in operations.indices {
      let value = operations[index].value
      switch operations[index].operation.kind {
      case .lstm, .gru:
        let start = Int(truncatingIfNeeded: values[value].state)
        let initial = operations[index].constants(4)
        for index in 0..<initial.count { state[start &+ index] = weights.constants[initial.lowerBound &+ index] }
      case .conv1d where operations[index].operation.attribute(3) == 1:
        ring(operations[index], values[operations[index].operation.input(0)], values[value])?
          .setCountdown(reach(operations[index]), &state)
      #if !PARE_SEQUENCE_MODELS
        case .pool1d:
          ring(operations[index], values[operations[index].operation.input(0)], values[value])?
            .setCountdown(operations[index].operation.attribute(1) &- 1, &state)
      #endif
      default: break
      }
    }
  }

  /// Runs one step: `frames` frames of the inputs, which have been written to their places, each input's one behind the other.
  ///
  /// The values' `frameCount` says how many frames each has then. Preconditions: `frames` is at most `frameCapacity`; all tables
  /// were made for this model and capacity.
  public func run(
    frames: Int, _ operations: Span<PlannedOperation>, _ values: inout MutableSpan<ModelValue>,
    _ weights: borrowing ModelWeights, state: inout MutableSpan<Float>, scratch: inout MutableSpan<Float>
  ) {
    precondition(frames >= 0 && frames <= frameCapacity)
    for input in 0..<inputCount { values[input].frameCount = Int32(truncatingIfNeeded: frames) }
    for index in operations.indices { run(operations, index, &values, weights, &state, &scratch) }
  }

  /// Runs one operation.
  func run(
    _ operations: Span<PlannedOperation>, _ index: Int, _ values: inout MutableSpan<ModelValue>,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    // Neither operations nor values are copied: they are some hundred bytes.
    let input = operations[index].operation.input(0)
    let other = operations[index].operation.input(1)
    let value = operations[index].value
    values[value].frameCount = values[input].frameCount
    var frames: Int?
    switch operations[index].operation.kind {
    case .dense: dense(operations[index], values[input], values[value], weights, &scratch)
    case .conv1d: frames = conv1d(operations[index], values[input], values[value], weights, &state, &scratch)
    case .lstm, .gru: recurrent(operations[index], values[input], values[value], weights, &state, &scratch)
    case .add, .multiply: combine(operations[index], values[input], values[other], values[value], &scratch)
    case .concatenate: concatenate(values[input], values[other], values[value], &scratch)
    case .slice: slice(operations[index], values[input], values[value], &scratch)
    case .batchNorm, .prelu, .activation, .flatten, .scaler, .gain:
      elementwise(operations[index], values[input], values[value], weights, &scratch)
    #if PARE_SEQUENCE_MODELS
      // Refused before a model is made ready.
      default: break
    #else
      case .transposedConv1d:
        frames = transposedConv1d(operations[index], values[input], values[value], weights, &state, &scratch)
      case .streamingConv2d: streamingConv2d(operations[index], values[input], values[value], weights, &state, &scratch)
      case .conv2d: conv2d(operations[index], values[input], values[value], weights, &scratch)
      case .pool1d: frames = pool1d(operations[index], values[input], values[value], &state, &scratch)
      case .pool2d: pool2d(operations[index], values[input], values[value], &scratch)
      case .embedding: embedding(operations[index], values[input], values[value], weights, &scratch)
    #endif
    }
    if let frames { values[value].frameCount = Int32(truncatingIfNeeded: frames) }
  }

  /// The floats of the frames that a value has in this step.
  func range(_ value: @_addressable ModelValue) -> Range<Int> {
    let start = place(value)
    return start..<start &+ Int(truncatingIfNeeded: value.frameCount) &* value.shape.elementCount
  }

  /// All floats that a value may take.
  func fullRange(_ value: @_addressable ModelValue) -> Range<Int> {
    let start = place(value)
    return start..<start &+ value.count &* frameCapacity
  }

  /// The first float of a value in the scratch.
  public func place(_ value: @_addressable ModelValue) -> Int { Int(truncatingIfNeeded: value.place) &* frameCapacity }
}

extension MutableSpan<Float> {
  /// Copies floats to another place, which does not overlap.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func copy(_ source: Range<Int>, to target: Int) {
    guard source.lowerBound != target else { return }
    withParts(reading: source, writing: target..<target &+ source.count) { source, target in
      for index in source.indices { target[index] = source[index] }
    }
  }
}
