import PareFormat
import PareInference
import Testing

/// Compares every way of multiplying a tensor with the reference, to the bit.
func checkProducts(_ tensor: Tensor, _ bytes: Span<UInt8>, seed: UInt64, _ name: String) {
  let reference = ReferenceMatrix(tensor, bytes)
  let matrix = StoredMatrix(tensor)
  #expect(matrix.rowCount == reference.rows && matrix.columnCount == reference.columns)
  var random = SplitMix(state: seed)
  let frames = 1 + random.below(3)
  let rows = reference.rows
  let columns = reference.columns
  // Frames with gaps between them, which must stay as they are.
  let xLayout = FrameLayout(start: random.below(3), frameStride: columns + random.below(4))
  let x = random.floats(xLayout.start + frames * xLayout.frameStride)
  let bias: [Float]? = random.below(2) == 0 ? nil : random.floats(rows)
  var yLayout = FrameLayout(start: random.below(3), frameStride: rows + random.below(4))
  if random.below(3) == 0 { yLayout = FrameLayout(start: 1, frameStride: 1, channelStride: frames) }
  let yCount = yLayout.start + frames * rows + 4 * frames

  func expected(_ rowRange: Range<Int>, countingColumns: Bool) -> [Float] {
    var y = [Float](repeating: 7, count: yCount)
    for frame in 0..<frames {
      let start = xLayout.start + frame * xLayout.frameStride
      let input = Array(x[start..<start + columns])
      for row in rowRange {
        let index =
          yLayout.start + frame * yLayout.frameStride + (row - rowRange.lowerBound) * yLayout.channelStride
        y[index] = reference.output(row, input, bias: bias?[row], countingColumns: countingColumns)
      }
    }
    return y
  }

  let low = rows == 0 ? 0 : random.below(rows + 1)
  let part = low..<(low + (rows == low ? 0 : random.below(rows - low + 1)))
  for rowRange in [0..<rows, part] {
    let rowBias = bias.map { Array($0[rowRange]) } ?? []
    for path in [ProductPath.portable, .fastest] {
      var y = [Float](repeating: 7, count: yCount)
      var output = y.mutableSpan
      matrix.multiply(
        rows: rowRange, bytes, x.span, xLayout, frames: frames, bias: rowBias.span, into: &output, yLayout, path: path)
      #expect(
        bits(y) == bits(expected(rowRange, countingColumns: !reference.isSparse)), "stored \(path) \(rowRange) \(name)")
    }
    if reference.isSparse {
      let sparse = SparseRows(tensor)
      var words = [UInt32](repeating: 0xFFFF_FFFF, count: sparse.wordCount)
      var span = words.mutableSpan
      sparse.build(tensor, bytes, into: &span)
      var y = [Float](repeating: 7, count: yCount)
      var output = y.mutableSpan
      sparse.multiply(
        rows: rowRange, words.span, x.span, xLayout, frames: frames, bias: rowBias.span, into: &output, yLayout)
      #expect(bits(y) == bits(expected(rowRange, countingColumns: false)), "sparse rows \(rowRange) \(name)")
    }
  }

  // Panels, also of groups, each of which takes the same input here.
  for groups in [1, 2, 3] where rows % groups == 0 {
    let panels = Panels(tensor, groups: groups)
    var floats = [Float](repeating: .nan, count: panels.floatCount)
    var span = floats.mutableSpan
    panels.build(tensor, bytes, into: &span)
    for path in [ProductPath.portable, .fastest] {
      for group in 0..<groups {
        let rowRange = group * panels.rowsPerGroup..<(group + 1) * panels.rowsPerGroup
        let rowBias = bias.map { Array($0[rowRange]) } ?? []
        var y = [Float](repeating: 7, count: yCount)
        var output = y.mutableSpan
        panels.multiply(
          floats.span, group: group, x.span, xLayout, frames: frames, bias: rowBias.span, into: &output, yLayout,
          path: path)
        #expect(bits(y) == bits(expected(rowRange, countingColumns: true)), "panels \(groups) \(path) \(name)")
      }
    }
  }

  guard let integers = IntegerMatrix(tensor) else { return }
  for limit in [127, 32767] {
    let input = Array(x[xLayout.start..<xLayout.start + columns])
    var numbers = [Int16](repeating: 1, count: columns)
    var span = numbers.mutableSpan
    let scale = IntegerMatrix.quantize(input.span, at: 0, columns: columns, limit: limit, into: &span)
    let exact = (0..<rows).map { row -> Float in
      let sum = reference.stored[row].reduce(0) { $0 + Int($1.factor) * Int(numbers[$1.column]) }
      let value = Float(sum) * ((reference.scales?[row] ?? 1) * scale)
      return bias.map { value + $0[row] } ?? value
    }
    let integerBias: [Float] = bias ?? []
    for path in [ProductPath.portable, .fastest] {
      var y = [Float](repeating: 7, count: rows)
      var output = y.mutableSpan
      integers.multiply(
        rows: 0..<rows, bytes, numbers.span, scale: scale, bias: integerBias.span, into: &output, at: 0, path: path)
      #expect(bits(y) == bits(exact), "integers \(limit) \(path) \(name)")
    }
  }
}
