import PareFormat

// Products of whole frames: dense layers, recurrent layers, tables.
extension ModelRunner {
  func dense(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    multiply(
      planned, 0, reading: place(input), frames: Int(truncatingIfNeeded: input.frameCount), writing: place(value),
      bias: planned.constants(1), weights, &scratch)
  }

  /// Runs a recurrent layer: the products of the inputs of some frames at once, then frame by frame the recurrent product and the step of
  /// the gates. An LSTM of one kernel for both has one product a frame.
  func recurrent(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights, _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let isLSTM = planned.operation.kind == .lstm
    let isJoined = planned.operation.tensor(1) == nil
    let units = value.shape.elementCount
    let inputs = input.shape.elementCount
    let hidden = Int(truncatingIfNeeded: value.state)
    let frames = Int(truncatingIfNeeded: input.frameCount)
    let sums = (isLSTM ? 4 : 3) &* units
    // Behind the sums of the inputs; a window has room for both.
    let recurrent = windowStart &+ windowFrames &* sums
    var first = 0
    while first < frames {
      let count = isJoined ? 1 : min(windowFrames, frames &- first)
      let x = place(input) &+ first &* inputs
      if !isJoined {
        multiply(
          planned, 0, reading: x, frames: count, writing: windowStart, bias: planned.inputBias(sums), weights, &scratch)
      }
      for frame in 0..<count {
        // The hidden state is multiplied where the output will be.
        let output = place(value) &+ (first &+ frame) &* units
        keep(hidden, units, state.span, at: output, &scratch)
        let inputSums = windowStart &+ frame &* sums
        if isJoined {
          scratch.copy(x..<x &+ inputs, to: recurrent)
          scratch.copy(output..<output &+ units, to: recurrent &+ inputs)
          multiply(
            planned, 0, reading: recurrent, frames: 1, writing: inputSums, bias: planned.constants(2), weights, &scratch
          )
          step(
            planned, units, scratch.span, at: inputSums, weights.constants.extracting(planned.constants(3)), at: 0,
            &state,
            hidden)
        } else {
          multiply(
            planned, 1, reading: output, frames: 1, writing: recurrent, bias: planned.recurrentBias(sums), weights,
            &scratch)
          step(planned, units, scratch.span, at: inputSums, scratch.span, at: recurrent, &state, hidden)
        }
        keep(hidden, units, state.span, at: output, &scratch)
      }
      first &+= count
    }
  }

  /// The gates' step from the sums of both products.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func step(
    _ planned: @_addressable PlannedOperation, _ units: Int, _ input: Span<Float>, at inputStart: Int,
    _ recurrent: Span<Float>,
    at recurrentStart: Int, _ state: inout MutableSpan<Float>, _ hidden: Int
  ) {
    if planned.operation.kind == .lstm {
      LSTMGates.step(
        units: units, input: input, at: inputStart, recurrent: recurrent, at: recurrentStart, state: &state,
        cellStart: hidden &+ units, hiddenStart: hidden, path: path)
    } else {
      GRUGates.step(
        units: units, order: planned.operation.attribute(0) == 0 ? .rzn : .zrn, input: input, at: inputStart,
        recurrent: recurrent, at: recurrentStart, state: &state, hiddenStart: hidden, path: path)
    }
  }

  /// Copies the hidden state to the scratch.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  private func keep(
    _ hidden: Int, _ units: Int, _ state: Span<Float>, at target: Int, _ scratch: inout MutableSpan<Float>
  ) {
    let source = state.extracting(hidden..<hidden &+ units)
    precondition(target >= 0 && target &+ units <= scratch.count)
    // In both, as checked above.
    for unit in 0..<units { unsafe scratch[unchecked: target &+ unit] = source[unchecked: unit] }
  }

  func embedding(
    _ planned: @_addressable PlannedOperation, _ input: @_addressable ModelValue, _ value: @_addressable ModelValue,
    _ weights: borrowing ModelWeights,
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
}

extension PlannedOperation {
  /// The bias of a recurrent layer's input product; the first row of one that holds both.
  @_addressableSelf
  public func inputBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound..<bias.lowerBound &+ count : bias
  }

  /// The bias of its recurrent product.
  @_addressableSelf
  public func recurrentBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound &+ count..<bias.upperBound : constants(3)
  }
}
