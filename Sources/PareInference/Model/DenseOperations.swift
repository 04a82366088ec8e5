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
    let gates = windowStart..<windowStart &+ 4 &* units
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      let x = place(input) &+ frame &* inputs..<place(input) &+ (frame &+ 1) &* inputs
      var sums = Gates(start: gates.lowerBound, count: 4 &* units)
      if case .none = planned.matrices[1] {
        // One kernel for both: x and h side by side.
        let joined = gates.upperBound..<gates.upperBound &+ inputs &+ units
        scratch.copy(x, to: joined.lowerBound)
        for unit in 0..<units { scratch[joined.lowerBound &+ inputs &+ unit] = state[hidden &+ unit] }
        multiply(planned, 0, reading: joined, writing: gates, bias: planned.constants(2), weights, &scratch)
        add(planned.constants(3), to: gates, weights, &scratch)
      } else {
        let recurrent = gates.upperBound..<gates.upperBound &+ 4 &* units
        multiply(planned, 0, reading: x, writing: gates, bias: planned.inputBias(4 &* units), weights, &scratch)
        multiply(
          planned, 1, from: state.span, hidden..<hidden &+ units, writing: recurrent,
          bias: planned.recurrentBias(4 &* units), weights, &scratch)
        sums.recurrentStart = recurrent.lowerBound
      }
      step(lstm: sums, units, hidden, &state, &scratch)
      let target = place(value) &+ frame &* units
      for unit in 0..<units { scratch[target &+ unit] = state[hidden &+ unit] }
    }
  }

  /// Where the sums of the gates are; without `recurrentStart` they are complete.
  private struct Gates {
    let start: Int
    let count: Int
    var recurrentStart: Int?
  }

  private func step(
    lstm gates: Gates, _ units: Int, _ hidden: Int, _ state: inout MutableSpan<Float>,
    _ scratch: inout MutableSpan<Float>
  ) {
    let sums = scratch.span
    LSTMGates.step(
      units: units, input: sums, at: gates.start, recurrent: gates.recurrentStart == nil ? Span() : sums,
      at: gates.recurrentStart ?? 0, state: &state, cellStart: hidden &+ units, hiddenStart: hidden, path: path)
  }

  func gru(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue, _ weights: borrowing ModelWeights,
    _ state: inout MutableSpan<Float>, _ scratch: inout MutableSpan<Float>
  ) {
    let units = value.shape.elementCount
    let inputs = input.shape.elementCount
    let hidden = Int(truncatingIfNeeded: value.state)
    let gates = windowStart..<windowStart &+ 3 &* units
    let recurrent = gates.upperBound..<gates.upperBound &+ 3 &* units
    let order: GRUGateOrder = planned.operation.attribute(0) == 0 ? .rzn : .zrn
    for frame in 0..<Int(truncatingIfNeeded: input.frameCount) {
      let x = place(input) &+ frame &* inputs..<place(input) &+ (frame &+ 1) &* inputs
      multiply(planned, 0, reading: x, writing: gates, bias: planned.inputBias(3 &* units), weights, &scratch)
      multiply(
        planned, 1, from: state.span, hidden..<hidden &+ units, writing: recurrent,
        bias: planned.recurrentBias(3 &* units), weights, &scratch)
      step(gru: gates.lowerBound, recurrent.lowerBound, order, units, hidden, &state, scratch.span)
      let target = place(value) &+ frame &* units
      for unit in 0..<units { scratch[target &+ unit] = state[hidden &+ unit] }
    }
  }

  private func step(
    gru input: Int, _ recurrent: Int, _ order: GRUGateOrder, _ units: Int, _ hidden: Int,
    _ state: inout MutableSpan<Float>, _ sums: Span<Float>
  ) {
    GRUGates.step(
      units: units, order: order, input: sums, at: input, recurrent: sums, at: recurrent, state: &state,
      hiddenStart: hidden, path: path)
  }

  func embedding(
    _ planned: PlannedOperation, _ input: ModelValue, _ value: ModelValue, _ weights: borrowing ModelWeights,
    _ scratch: inout MutableSpan<Float>
  ) {
    guard case .stored(let table) = planned.matrices[0] else { return }
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

  /// One frame times a matrix, both within the scratch.
  private func multiply(
    _ planned: PlannedOperation, _ slot: Int, reading x: Range<Int>, writing y: Range<Int>, bias: Range<Int>,
    _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[slot]
    scratch.withParts(reading: x, writing: y) { x, y in
      weights.multiply(
        matrix, group: 0, of: 1, x, frames: 1, bias: bias, into: &y, at: 0, stride: matrix.rowCount, path: path)
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
  func inputBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound..<bias.lowerBound &+ count : bias
  }

  /// The bias of its recurrent product.
  func recurrentBias(_ count: Int) -> Range<Int> {
    let bias = constants(2)
    return bias.count > count ? bias.lowerBound &+ count..<bias.upperBound : constants(3)
  }
}
