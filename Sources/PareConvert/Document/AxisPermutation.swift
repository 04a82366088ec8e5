import PareEncode

/// A reordering of a tensor's axes.
struct AxisPermutation {
  /// The extents of the result, outermost first.
  let shape: [Int]

  /// For each axis of the result, the distance of two neighbours in the original's elements.
  private let strides: [Int]

  /// Axis i of the result is axis `axes[i]` of the original, whose extents are `original`.
  /// Precondition: `axes` is a permutation of the original's axes.
  init(_ axes: [Int], of original: [Int]) {
    precondition(axes.sorted() == Array(original.indices), "\(axes) is no permutation of \(original.count) axes")
    var distances = Array(repeating: 1, count: original.count)
    for axis in original.indices.dropLast().reversed() { distances[axis] = distances[axis + 1] * original[axis + 1] }
    shape = axes.map { original[$0] }
    strides = axes.map { distances[$0] }
  }

  /// The elements in the order of the result.
  func apply(to values: FloatBuffer) -> FloatBuffer {
    let result = FloatBuffer()
    result.reserve(values.count)
    guard values.count > 0 else { return result }
    var index = Array(repeating: 0, count: shape.count)
    var position = 0
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
    permutation.map { AxisPermutation(AxisPermutation.inverse($0), of: stored).apply(to: floats) } ?? floats
  }
}
