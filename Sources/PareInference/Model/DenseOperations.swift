import PareFormat

// Products of whole frames: dense layers, recurrent layers, tables.
extension ModelRunner {
  func dense(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue, _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[0]
    let frames = Int(truncatingIfNeeded: input.frameCount)
    let bias = planned.constants(1)
    scratch.withParts(reading: range(input), writing: range(value)) { x, y in
      weights.multiply(
        matrix, group: 0, of: 1, x, frames: frames, bias: bias, into: &y, at: 0, stride: matrix.rowCount, path: path)
    }
  }

  func lstm(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue, _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let units = value.shape.elementCount
    let inputs = input.shape.elementCount
    let hidden = Int(truncatingIfNeeded: value.state)
    let frames = Int(truncatingIfNeeded: input.frameCount)
    if case .none = planned.matrices[1] {
      for frame in 0..<frames {
        joinedLSTM(planned, place(input) &+ frame &* inputs, inputs, units, hidden, weights, &state, &scratch)
        keep(hidden, units, state.span, at: place(value) &+ frame &* units, &scratch)
      }
      return
    }
    recurrent(planned, input, value, weights, &state, &scratch)
  }

  /// Runs a recurrent layer of two kernels: the products of the inputs of some frames at once, then frame by frame the recurrent
  /// product and the step of the gates.
  func recurrent(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let isLSTM = planned.operation.kind == .lstm
    let units = value.shape.elementCount
    let inputs = input.shape.elementCount
    let hidden = Int(truncatingIfNeeded: value.state)
    let frames = Int(truncatingIfNeeded: input.frameCount)
    let sums = (isLSTM ? 4 : 3) &* units
    // Behind the sums of the inputs; a window has room for both.
    let recurrent = windowStart &+ windowFrames &* sums
    let inputBias = planned.inputBias(sums)
    let recurrentBias = planned.recurrentBias(sums)
    var first = 0
    while first < frames {
      let count = min(windowFrames, frames &- first)
      let x = place(input) &+ first &* inputs
      multiply(
        planned, 0, reading: x..<x &+ count &* inputs, frames: count,
        writing: windowStart..<windowStart &+ count &* sums, bias: inputBias, weights, &scratch)
      for frame in 0..<count {
        multiply(
          planned, 1, from: state.span, hidden..<hidden &+ units, writing: recurrent..<recurrent &+ sums,
          bias: recurrentBias, weights, &scratch)
        let inputSums = windowStart &+ frame &* sums
        if isLSTM {
          LSTMGates.step(
            units: units, input: scratch.span, at: inputSums, recurrent: scratch.span, at: recurrent, state: &state,
            cellStart: hidden &+ units, hiddenStart: hidden, path: path)
        } else {
          GRUGates.step(
            units: units, order: planned.operation.attribute(0) == 0 ? .rzn : .zrn, input: scratch.span, at: inputSums,
            recurrent: scratch.span, at: recurrent, state: &state, hiddenStart: hidden, path: path)
        }
        keep(hidden, units, state.span, at: place(value) &+ (first &+ frame) &* units, &scratch)
      }
      first &+= count
    }
  }

  /// A frame of an LSTM with one kernel for both, x and h side by side.
  private func joinedLSTM(
    _ planned: PlannedOperation, _ x: Int, _ inputs: Int, _ units: Int, _ hidden: Int,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let gates = windowStart..<windowStart &+ 4 &* units
    let joined = gates.upperBound..<gates.upperBound &+ inputs &+ units
    scratch.copy(x..<x &+ inputs, to: joined.lowerBound)
    keep(hidden, units, state.span, at: joined.lowerBound &+ inputs, &scratch)
    multiply(planned, 0, reading: joined, frames: 1, writing: gates, bias: planned.constants(2), weights, &scratch)
    add(planned.constants(3), to: gates, weights, &scratch)
    LSTMGates.step(
      units: units, input: scratch.span, at: gates.lowerBound, recurrent: Span(), at: 0, state: &state,
      cellStart: hidden &+ units, hiddenStart: hidden, path: path)
  }

  /// Copies the hidden state to the scratch.
  private func keep(
    _ hidden: Int, _ units: Int, _ state: Span<Float>, at target: Int, _ scratch: inout MutableSpan<Float>
  ) {
    let source = state.extracting(hidden..<hidden &+ units)
    precondition(target >= 0 && target &+ units <= scratch.count)
    // In both, as checked above.
    for unit in 0..<units { unsafe scratch[unchecked: target &+ unit] = source[unchecked: unit] }
  }

  func embedding(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue, _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    guard case .stored(let number, _, _) = planned.matrices[0] else { return }
    let table = weights.tensors[number]
    let size = table.shape.rowElementCount
    let source = range(input)
    for index in 0..<source.count {
      let number = scratch[source.lowerBound &+ index]
      // NaN is in no comparison, and so is 0.
      let last = table.shape.rows - 1
      let row = number >= Float(last) ? last : number >= 0 ? Int(number) : 0
      let target = place(value) &+ index &* size
      let bytes = weights.bytes
      scratch.withParts(reading: 0..<0, writing: target..<target &+ size) { _, part in
        table.decodeRows(row..<row + 1, bytes, into: &part)
      }
    }
  }

  /// Frames times a matrix, all within the scratch.
  private func multiply(
    _ planned: PlannedOperation, _ slot: Int, reading x: Range<Int>, frames: Int, writing y: Range<Int>,
    bias: Range<Int>, _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[slot]
    scratch.withParts(reading: x, writing: y) { x, y in
      weights.multiply(
        matrix, group: 0, of: 1, x, frames: frames, bias: bias, into: &y, at: 0, stride: matrix.rowCount, path: path)
    }
  }

  /// One frame of another buffer times a matrix.
  private func multiply(
    _ planned: PlannedOperation, _ slot: Int, from source: Span<Float>, _ x: Range<Int>, writing y: Range<Int>,
    bias: Range<Int>, _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[slot]
    weights.multiply(
      matrix, group: 0, of: 1, source.extracting(x), frames: 1, bias: bias, into: &scratch, at: y.lowerBound,
      stride: matrix.rowCount, path: path)
  }

  private func add(
    _ constants: Range<Int>, to target: Range<Int>, _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    for index in 0..<constants.count {
      scratch[target.lowerBound &+ index] += weights.constants[constants.lowerBound &+ index]
    }
  }
}

extension PlannedOperation {
  /// The bias of a recurrent layer's input product; the first row of one that holds both.
  public func inputBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound..<bias.lowerBound &+ count : bias
  }

  /// The bias of its recurrent product.
  public func recurrentBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound &+ count..<bias.upperBound : constants(3)
  }
}
