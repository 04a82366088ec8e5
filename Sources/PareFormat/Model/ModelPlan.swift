/// Checks a model as a whole and says where everything is kept (spec sections 10.4.4 and 10.4.5).
public enum ModelPlan {
  /// Fills the table of values and checks that all shapes agree and that the sizes that the section states are those needed.
  ///
  /// Throws `badShape` at the operation or output whose shapes or clocks disagree, `badModelSize` at the size that is wrong.
  /// Linear in the operations times the tensors, since records are walked; quadratic in the operations at worst; nothing is
  /// allocated.
  /// Preconditions: `values` has `section.valueCount` elements; section and container belong to `bytes`.
  public static func make(
    _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>, values: inout MutableSpan<ModelValue>
  ) throws(FormatError) {
    try make(section, bytes, values: &values) { container.record(at: $0, in: bytes)?.shape }
  }

  /// The same for a caller that finds records faster than by walking: `shape` gives the shape of the tensor with a directory index.
  public static func make(
    _ section: ModelSection, _ bytes: Span<UInt8>, values: inout MutableSpan<ModelValue>, shape: (Int) -> Shape?
  ) throws(FormatError) {
    let needs = try measure(section, bytes, &values, shape)
    guard needs.state == section.stateCount else {
      throw FormatError(.badModelSize, at: section.stateOffset, found: section.stateCount, limit: needs.state)
    }
    let scratch = try place(section, bytes, &values, needs.window)
    guard scratch == section.scratchCount else {
      throw FormatError(.badModelSize, at: section.scratchOffset, found: section.scratchCount, limit: scratch)
    }
  }

  /// Fills the table of values and gives the f32 of state and scratch needed, whatever the section states. `shape` gives the shape of the
  /// tensor with a directory index. Throws as `make` does.
  /// Preconditions: `values` has `section.valueCount` elements; section belongs to `bytes`.
  public static func sizes(
    _ section: ModelSection, _ bytes: Span<UInt8>, values: inout MutableSpan<ModelValue>, shape: (Int) -> Shape?
  ) throws(FormatError) -> (state: Int, scratch: Int) {
    let needs = try measure(section, bytes, &values, shape)
    return (needs.state, try place(section, bytes, &values, needs.window))
  }

  /// Fills the table of values, all but their places. Gives the f32 of state and of the largest window.
  private static func measure(
    _ section: ModelSection, _ bytes: Span<UInt8>, _ values: inout MutableSpan<ModelValue>, _ shape: (Int) -> Shape?
  ) throws(FormatError) -> (state: Int, window: Int) {
    precondition(values.count == section.valueCount)
    section.forEachInput(bytes) { number, input in values[number] = ModelValue(shape: input.shape) }
    var failure: FormatError?
    var stateCount = 0
    var windowCount = 0
    var clock: Int32 = 0
    section.forEachOperation(bytes) { number, operation, offset in
      let fields = operation.kind.fields
      var tensors = TensorShapes()
      for slot in 0..<fields.tensorCount { tensors[slot] = operation.tensor(slot).flatMap(shape) }
      let first = values[operation.input(0)]
      let second = values[operation.input(fields.inputCount &- 1)]
      guard var value = operation.value(number, first, second, &tensors) else {
        failure = FormatError(.badShape, at: offset)
        return false
      }
      let state = operation.stateCount(first.shape, &tensors)
      guard state <= ModelSection.maximumCount - stateCount else {
        failure = FormatError(.badModelSize, at: offset)
        return false
      }
      value.state = Int32(truncatingIfNeeded: stateCount)
      values[number] = value
      stateCount &+= state
      windowCount = max(windowCount, operation.windowCount(first.shape, value.shape, &tensors))
      for index in 0..<fields.inputCount {
        values[operation.input(index)].lastReader = Int32(truncatingIfNeeded: number)
      }
      return true
    }
    if let failure { throw failure }
    section.forEachOutput(bytes) { index, output in
      values[output.value].lastReader = Int32.max
      if index == 0 { clock = values[output.value].clock }
      if failure == nil, values[output.value].clock != clock { failure = FormatError(.badShape, at: output.offset) }
    }
    if let failure { throw failure }
    return (stateCount, windowCount)
  }

  /// Places all values in order; gives the f32 that they and the largest window take. Throws `badModelSize` where they pass
  /// the limit.
  private static func place(
    _ section: ModelSection, _ bytes: Span<UInt8>, _ values: inout MutableSpan<ModelValue>, _ window: Int
  ) throws(FormatError) -> Int {
    var end = 0
    var first: Int32 = -1
    // No sum of places overflows, as it ends at the limit.
    for number in 0..<section.inputCount where end <= ModelSection.maximumCount {
      end = max(end, place(number, over: -1, &values, &first))
    }
    section.forEachOperation(bytes) { number, operation, _ in
      end = max(end, place(number, over: operation.worksInPlace ? operation.input(0) : -1, &values, &first))
      return end <= ModelSection.maximumCount
    }
    guard end <= ModelSection.maximumCount, window <= ModelSection.maximumCount - end else {
      throw FormatError(
        .badModelSize, at: section.scratchOffset, found: section.scratchCount, limit: ModelSection.maximumCount)
    }
    return end + window
  }

  /// Finds a place for one value: that of value `input`, -1 where its operation does not work in place, if that reads it last; else the
  /// first gap between the values that are still to be read. Gives the end of the place.
  ///
  /// Values that are still to be read are a list in the order of their places, which starts with `list`. Linear in its length.
  @inline(never)
  private static func place(
    _ number: Int, over input: Int, _ values: inout MutableSpan<ModelValue>, _ list: inout Int32
  ) -> Int {
    let count = values[number].count
    var start = 0
    var previous = -1
    if input >= 0, values[input].lastReader == number {
      previous = input
      start = Int(truncatingIfNeeded: values[previous].place)
    } else {
      var other = Int(truncatingIfNeeded: list)
      while other >= 0 {
        let next = values[other].next
        if values[other].lastReader < number {
          // Nothing reads it any more: it leaves the list.
          if previous < 0 { list = next } else { values[previous].next = next }
        } else {
          let from = Int(truncatingIfNeeded: values[other].place)
          if from >= start + count { break }
          start = max(start, from + values[other].count)
          previous = other
        }
        other = Int(truncatingIfNeeded: next)
      }
    }
    values[number].place = Int32(truncatingIfNeeded: start)
    values[number].next = previous < 0 ? list : values[previous].next
    if previous < 0 {
      list = Int32(truncatingIfNeeded: number)
    } else {
      values[previous].next = Int32(truncatingIfNeeded: number)
    }
    return start + count
  }
}

extension Operation {
  /// Whether the value may take the place of the first input: each element depends on the elements at its own place alone.
  var worksInPlace: Bool {
    switch kind {
    case .batchNorm, .prelu, .activation, .flatten, .add, .multiply, .scaler, .gain: true
    default: false
    }
  }

  /// The frames that an operation keeps of its input, 0 where it keeps none (spec section 10.4.5). `windowSize` is the extent of its
  /// weight along time.
  public func keptFrameCount(windowSize: Int) -> Int {
    switch kind {
    case .conv1d:
      let reach = (windowSize - 1).limitedProduct(attribute(1))
      return reach == 0 && attribute(0) == 1 ? 0 : reach + 1
    case .transposedConv1d:
      return (windowSize - 2 - lastCompletedFrame(windowSize: windowSize) + attribute(0)) / attribute(0) + 1
    case .streamingConv2d: return (windowSize - 1).limitedProduct(attribute(1)) + 1
    case .pool1d: return attribute(1)
    default: return 0
    }
  }

  /// The last output frame of a transposed convolution that input frame l, from 0 on, completes is number l * stride + this.
  public func lastCompletedFrame(windowSize: Int) -> Int { min(windowSize - 1 - attribute(1), attribute(0) - 1) }

  /// The f32 of state (spec section 10.4.5): the frames that a window still reaches, and counters; or what a recurrent layer carries on.
  func stateCount(_ input: FrameShape, _ tensors: inout TensorShapes) -> Int {
    switch kind {
    case .conv1d, .transposedConv1d, .pool1d:
      let frames = keptFrameCount(windowSize: windowSize(&tensors))
      return frames == 0 ? 0 : frames.limitedProduct(input.elementCount) + 2
    case .streamingConv2d:
      return keptFrameCount(windowSize: windowSize(&tensors)).limitedProduct(input.elementCount) + 1
    case .lstm: return 2 * (tensors[0]?.rows ?? 0) / 4
    case .gru: return (tensors[0]?.rows ?? 0) / 3
    default: return 0
    }
  }

  /// The f32 of scratch beside the values: a convolution's window, a recurrent layer's gates.
  func windowCount(_ input: FrameShape, _ output: FrameShape, _ tensors: inout TensorShapes) -> Int {
    switch kind {
    case .conv1d, .transposedConv1d, .streamingConv2d, .conv2d: return tensors[0]?.rowElementCount ?? 0
    case .lstm:
      let gates = tensors[0]?.rows ?? 0
      return tensors[1] == nil ? gates + (tensors[0]?.rowElementCount ?? 0) : 2 * gates
    case .gru: return 2 * (tensors[0]?.rows ?? 0)
    default: return 0
    }
  }
}
