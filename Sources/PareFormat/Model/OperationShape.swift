/// The shapes of an operation's tensors, nil for one that is absent.
///
/// Methods that only look are mutating, and who looks gets it inout: the compiler (6.3) reads an element of an inline array that it
/// only borrows from a copy of the whole array, and each copy is on the stack.
public struct TensorShapes {
  private var shapes: InlineArray<5, Shape?> = .init(repeating: nil)

  /// No tensors.
  public init() {}

  /// The shape of the tensor in slot `slot`.
  public subscript(_ slot: Int) -> Shape? {
    mutating get { shapes[slot] }
    set { shapes[slot] = newValue }
  }

  /// The extent of `axis` of the tensor in `slot`; nil where it is absent or of another rank than `rank`.
  mutating func extent(_ slot: Int, _ axis: Int, rank: Int) -> Int? {
    guard let shape = shapes[slot], shape.rank == rank else { return nil }
    return shape[axis]
  }

  /// Whether the tensor in `slot` is absent, or a vector of `count` elements; extents of 1 may stand before it.
  mutating func isVector(_ slot: Int, _ count: Int) -> Bool {
    guard let shape = shapes[slot] else { return true }
    return shape.rank > 0 && shape.elementCount == count && shape[shape.rank - 1] == count
  }

  /// Whether slot 2 holds bias and recurrent bias, a row each.
  public mutating func isBothBiases(_ count: Int) -> Bool {
    shapes[3] == nil && extent(2, 0, rank: 2) == 2 && extent(2, 1, rank: 2) == count
  }

  /// Whether the tensor in `slot` has one element, or is a vector of `count`.
  mutating func isScalarOrVector(_ slot: Int, _ count: Int) -> Bool {
    guard let shape = shapes[slot] else { return true }
    return shape.elementCount == 1 || isVector(slot, count)
  }
}

extension Operation {
  /// The value that the operation makes from its first and last inputs, which are one where it has one, with number `number`; nil where
  /// shapes disagree (spec section 10.4.4).
  public func value(
    _ number: Int, _ first: ModelValue, _ second: ModelValue, _ tensors: inout TensorShapes
  ) -> ModelValue? {
    guard second.clock == first.clock, let shape = shape(first.shape, second.shape, &tensors)?.checked else {
      return nil
    }
    var value = ModelValue(shape: shape, clock: Int(truncatingIfNeeded: first.clock))
    var burst = Int(truncatingIfNeeded: first.burst)
    switch kind {
    case .conv1d:
      let reach = (windowSize(&tensors) - 1).limitedProduct(attribute(1))
      if attribute(0) > 1 || (attribute(3) == 1 && reach > 0) { value.clock = Int32(truncatingIfNeeded: number) }
    case .transposedConv1d:
      if attribute(0) > 1 || attribute(1) > 0 { value.clock = Int32(truncatingIfNeeded: number) }
      burst = burst.limitedProduct(attribute(0))
    case .pool1d:
      if attribute(1) > 1 || attribute(2) > 1 { value.clock = Int32(truncatingIfNeeded: number) }
    default: break
    }
    guard burst <= ModelValue.maximumBurst, shape.elementCount <= FrameShape.maximumElementCount / burst else {
      return nil
    }
    value.burst = Int32(truncatingIfNeeded: burst)
    return value
  }

  /// The shape of a frame; nil where shapes disagree.
  private func shape(_ first: FrameShape, _ second: FrameShape, _ tensors: inout TensorShapes) -> FrameShape? {
    switch kind {
    case .dense:
      guard first.rank == 1, let weight = tensors[0], weight.rank <= 2, weight.rank > 0,
        weight.rowElementCount == first[0], tensors.isVector(1, weight.rows) || isScalar(tensors[1], weight.rows)
      else { return nil }
      return FrameShape(weight.rows)
    case .conv1d:
      guard first.rank == 1, let out = tensors.extent(0, 0, rank: 3), let perGroup = tensors.extent(0, 1, rank: 3),
        windowSize(&tensors) > 0, isGrouped(first[0], out, perGroup, attribute(2)), tensors.isVector(1, out)
      else { return nil }
      return FrameShape(out)
    #if !PARE_SEQUENCE_MODELS
      case .transposedConv1d:
        guard first.rank == 1, let out = tensors.extent(0, 0, rank: 3), tensors.extent(0, 1, rank: 3) == first[0],
          windowSize(&tensors) > 0, tensors.isVector(1, out)
        else { return nil }
        return FrameShape(out)
      case .streamingConv2d:
        guard first.rank == 2, let out = tensors.extent(0, 0, rank: 4), tensors.extent(0, 1, rank: 4) == first[1],
          let size = tensors.extent(0, 3, rank: 4), size > 0, windowSize(&tensors) > 0, tensors.isVector(1, out)
        else { return nil }
        let stride = attribute(0)
        if attribute(2) == 1 { return FrameShape((first[0] + stride - 1) / stride, out) }
        return size <= first[0] ? FrameShape((first[0] - size) / stride + 1, out) : nil
      case .conv2d:
        guard first.rank == 3, let out = tensors.extent(0, 0, rank: 4), let perGroup = tensors.extent(0, 1, rank: 4),
          let height = tensors.extent(0, 2, rank: 4), let width = tensors.extent(0, 3, rank: 4),
          isGrouped(first[0], out, perGroup, attribute(8)), tensors.isVector(1, out),
          let rows = steps(first[1], attribute(4) + attribute(6), height, attribute(2), attribute(0)),
          let columns = steps(first[2], attribute(5) + attribute(7), width, attribute(3), attribute(1))
        else { return nil }
        return FrameShape(out, rows, columns)
    #endif
    case .lstm, .gru: return recurrentShape(first, &tensors)
    #if !PARE_SEQUENCE_MODELS
      case .batchNorm:
        let channels = channelCount(first)
        guard (0..<4).allVectors(&tensors, channels) else { return nil }
        return first
    #endif
    case .prelu, .gain: return tensors.isScalarOrVector(0, channelCount(first)) ? first : nil
    case .activation: return attribute(0) == ActivationFunction.softmax.code && first.rank != 1 ? nil : first
    #if !PARE_SEQUENCE_MODELS
      case .pool2d:
        // Padding is at most half a window: each window has an element of the image.
        guard first.rank == 3, 2 * attribute(5) <= attribute(1), 2 * attribute(6) <= attribute(2),
          let rows = steps(first[1], 2 * attribute(5), attribute(1), 1, attribute(3)),
          let columns = steps(first[2], 2 * attribute(6), attribute(2), 1, attribute(4))
        else { return nil }
        return FrameShape(first[0], rows, columns)
      case .pool1d: return first.rank == 1 ? first : nil
    #endif
    case .flatten: return FrameShape(first.elementCount)
    case .add, .multiply: return first == second ? first : nil
    case .concatenate:
      guard first.rank == 1, second.rank == 1 else { return nil }
      return FrameShape(first[0] + second[0])
    case .slice:
      return first.rank == 1 && attribute(0) + attribute(1) <= first[0] ? FrameShape(attribute(1)) : nil
    #if PARE_SEQUENCE_MODELS
      // Refused before shapes are asked for.
      default: return nil
    #else
      case .embedding:
        guard first.rank == 1, let size = tensors.extent(0, 1, rank: 2), let rows = tensors.extent(0, 0, rank: 2),
          rows > 0,
          size <= FrameShape.maximumElementCount / first[0]
        else { return nil }
        return FrameShape(first[0] * size)
      case .scaler:
        guard first.rank == 1, tensors.isVector(0, first[0]), tensors.isVector(1, first[0]) else { return nil }
        return first
    #endif
    }
  }

  /// A bias of one output may be a scalar.
  private func isScalar(_ shape: Shape?, _ count: Int) -> Bool { count == 1 && shape?.elementCount == 1 }

  private func isGrouped(_ inputs: Int, _ outputs: Int, _ perGroup: Int, _ groups: Int) -> Bool {
    perGroup > 0 && outputs > 0 && inputs / groups == perGroup && inputs % groups == 0 && outputs % groups == 0
  }

  /// The places that a window of `size`, its elements `dilation` apart, has within `count` elements and `padding` more.
  private func steps(_ count: Int, _ padding: Int, _ size: Int, _ dilation: Int, _ stride: Int) -> Int? {
    let reach = (size - 1).limitedProduct(dilation) + 1
    return size > 0 && reach <= count + padding ? (count + padding - reach) / stride + 1 : nil
  }

  private func recurrentShape(_ first: FrameShape, _ tensors: inout TensorShapes) -> FrameShape? {
    let gates = kind == .lstm ? 4 : 3
    guard first.rank == 1, let rows = tensors.extent(0, 0, rank: 2), let columns = tensors.extent(0, 1, rank: 2),
      rows > 0, rows % gates == 0
    else { return nil }
    let units = rows / gates
    if tensors[1] == nil {
      guard columns == first[0] + units else { return nil }
    } else {
      guard columns == first[0], tensors.extent(1, 0, rank: 2) == rows, tensors.extent(1, 1, rank: 2) == units
      else { return nil }
    }
    guard tensors.isVector(2, rows) || tensors.isBothBiases(rows), tensors.isVector(3, rows),
      tensors.isVector(4, kind == .lstm ? 2 * units : units)
    else { return nil }
    return FrameShape(units)
  }

  /// The extent of the channel axis: the only or the last of two, the first of three.
  func channelCount(_ shape: FrameShape) -> Int { shape.rank == 2 ? shape[1] : shape[0] }

  /// The elements of a convolution's window along its frames or, for `streamingConv2d`, along time.
  func windowSize(_ tensors: inout TensorShapes) -> Int {
    switch kind {
    case .conv1d, .transposedConv1d: tensors.extent(0, 2, rank: 3) ?? 0
    case .streamingConv2d: tensors.extent(0, 2, rank: 4) ?? 0
    default: 1
    }
  }
}

extension Int {
  /// The product of two counts that are not negative, or a number above every limit of a model where it is larger: nothing
  /// wraps, not even in 32 bits.
  func limitedProduct(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ModelSection.maximumCount + 1 : Swift.min(product, ModelSection.maximumCount + 1)
  }
}

extension Range<Int> {
  /// Whether the tensors in these slots are absent or vectors of `count` elements.
  fileprivate func allVectors(_ tensors: inout TensorShapes, _ count: Int) -> Bool {
    for slot in self where !tensors.isVector(slot, count) { return false }
    return true
  }
}
