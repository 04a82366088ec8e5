import PareEncode

/// A reordering of a tensor's axes.
struct AxisPermutation {
  /// The extents of the result, outermost first.
  let shape: [Int]

  /// For each axis of the result, the distance of two neighbours in the original's elements.
  private let strides: [Int]

  /// The original's element that the result begins with.
  private let start: Int

  /// Axis i of the result is axis `axes[i]` of the original, whose extents are `original`; the axes `reversed` of the
  /// result run backwards. Precondition: `axes` is a permutation of the original's axes.
  init(_ axes: [Int], reversed: [Int] = [], of original: [Int]) {
    precondition(axes.sorted() == Array(original.indices), "\(axes) is no permutation of \(original.count) axes")
    var distances = Array(repeating: 1, count: original.count)
    for axis in original.indices.dropLast().reversed() { distances[axis] = distances[axis + 1] * original[axis + 1] }
    let shape = axes.map { original[$0] }
    let strides = axes.map { distances[$0] }
    self.shape = shape
    self.strides = strides.indices.map { reversed.contains($0) ? -strides[$0] : strides[$0] }
    start = reversed.reduce(0) { $0 + (shape[$1] - 1) * strides[$1] }
  }

  /// The elements in the order of the result.
  func apply(to values: FloatBuffer) -> FloatBuffer {
    let result = FloatBuffer()
    result.reserve(values.count)
    guard values.count > 0 else { return result }
    var index = Array(repeating: 0, count: shape.count)
    var position = start
    let source = values.span
    for _ in 0..<values.count {
      result.append(source[position])
      for axis in shape.indices.reversed() {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }

  /// The permutation that undoes `axes`.
  static func inverse(_ axes: [Int]) -> [Int] {
    var result = axes
    for (index, axis) in axes.enumerated() { result[axis] = index }
    return result
  }
}

extension TensorReference {
  /// The extents of the source's array, of those of the stored tensor.
  func sourceShape(_ stored: [Int]) -> [Int] {
    permutation.map { AxisPermutation(AxisPermutation.inverse($0), of: stored).shape } ?? stored
  }

  /// The elements in the order of the source's array.
  func sourceFloats(_ floats: FloatBuffer, stored: [Int]) -> FloatBuffer {
    guard let permutation else { return floats }
    let reversed = reversedAxes.map { permutation[$0] }
    return AxisPermutation(AxisPermutation.inverse(permutation), reversed: reversed, of: stored).apply(to: floats)
  }
}
