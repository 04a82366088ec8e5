import PareFormat

extension ModelRunner {
  /// W x + bias for the rows of group `group` of `groups` of the matrix in `slot`, frame by frame, all within the scratch.
  ///
  /// Frames of the matrix's columns are one behind the other from `x` on; results of all its rows are `channelStride` apart from `y` on,
  /// and frames one behind the other. `bias` has a constant for each row, or none. Precondition: there is one frame, or the
  /// `channelStride` is 1.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  func multiply(
    _ planned: @_addressable PlannedOperation, _ slot: Int, group: Int, of groups: Int, reading x: Int, frames: Int,
    writing y: Int,
    channelStride: Int, bias: Range<Int>, _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    let matrix = planned.matrices[slot]
    let (rowCount, columnCount) = (matrix.rowCount, matrix.columnCount)
    let results = frames &* rowCount
    guard results > 0 else { return }
    let count = rowCount / groups
    let first = group &* count
    let rows = first..<first &+ count
    let firstBias = bias.lowerBound &+ first
    let bias = weights.constants.extracting(bias.isEmpty ? bias : firstBias..<firstBias &+ count)
    scratch.withParts(
      reading: x..<x &+ frames &* columnCount, writing: y..<y &+ (results &- 1) &* channelStride &+ 1
    ) { x, y in
      #if !hasFeature(Embedded)
        let input = FrameLayout(frameStride: columnCount)
        let output = FrameLayout(start: first &* channelStride, frameStride: rowCount, channelStride: channelStride)
      #endif
      switch matrix {
      case .none: break
      case .stored(let number, _, _):
        for frame in 0..<frames {
          let start = frame &* columnCount
          weights.tensors[number].multiply(
            RowProduct(
              rows: rows, bytes: weights.bytes, x: x.extracting(start..<start &+ columnCount), bias: bias,
              start: first &* channelStride &+ frame &* rowCount, stride: channelStride), &y, path)
        }
      #if !hasFeature(Embedded)
        case .panels(let panels, let first):
          let factors = weights.floats.extracting(first..<first &+ panels.floatCount)
          panels.multiply(factors, group: group, x, input, frames: frames, bias: bias, into: &y, output, path: path)
        case .sparse(let sparse, let first):
          let nonZeros = weights.words.extracting(first..<first &+ sparse.wordCount)
          sparse.multiply(rows: rows, nonZeros, x, input, frames: frames, bias: bias, into: &y, output)
        case .integers(let integers, let first):
          let rowCodes = (integers.isInPlace ? weights.bytes : weights.codes).extracting(
            integers.start..<integers.start &+ integers.codeCount)
          integers.multiply(
            rows: rows, rowCodes, weights.floats.extracting(first..<first &+ integers.floatCount), x, input,
            frames: frames, bias: bias, into: &y, output, path: path)
      #endif
      }
    }
  }

  /// The same for all rows of a matrix, and channels side by side.
  @inline(__always)
  func multiply(
    _ planned: @_addressable PlannedOperation, _ slot: Int, reading x: Int, frames: Int, writing y: Int,
    bias: Range<Int>,
    _ weights: borrowing ModelWeights, _ scratch: inout MutableSpan<Float>
  ) {
    multiply(
      planned, slot, group: 0, of: 1, reading: x, frames: frames, writing: y, channelStride: 1, bias: bias, weights,
      &scratch)
  }
}
