/// A model as a list of layers (`{"in_shape": ..., "layers": [{"type", "shape", "weights", ...}]}`), as RTNeural reads
/// it and Keras exports it: input index first.
struct LayerList {
  /// What an array is to its layer.
  struct Role {
    var name: String
    /// To output-first: stored axis i is the source's axis `permutation[i]`; nil keeps the axes.
    var permutation: [Int]?
  }

  private var input: [Int?] = []
  private var layers: [Layer] = []

  /// Nil when `root` is no layer list.
  init?(_ root: JSONNode) {
    guard case .array(let elements)? = root.member("layers"), !elements.isEmpty else { return nil }
    input = root.member("in_shape")?.extents ?? []
    for (index, element) in elements.enumerated() {
      guard let layer = Layer(element, index: index) else { return nil }
      layers.append(layer)
    }
  }

  /// The role of each array of each known layer, by the array's index. Throws when a layer's arrays do not have the
  /// extents that its shape, the layer before it, and its other settings ask for.
  func roles(_ arrays: [ParsedArray], path: String) throws(SourceError) -> [Int: Role] {
    var roles: [Int: Role] = [:]
    var previous = input
    for layer in layers {
      let inputs = layer.inputs(behind: previous)
      let expectations = try layer.expectations(inputs: inputs, arrays, path: path)
      for (array, expectation) in zip(layer.weights, expectations) {
        let found = arrays[array]
        guard expectation.accepts(found.shape) else {
          throw SourceError(
            layer.disagreement(expectation, found: found.shape, inputs: inputs), path: path, at: found.position)
        }
        roles[array] = Role(
          name: "layers.\(layer.index).\(layer.type).\(expectation.name)",
          permutation: found.shape.count == expectation.permutation?.count ? expectation.permutation : nil)
      }
      previous = layer.shape
    }
    return roles
  }
}

/// An array that a layer's type asks for.
struct ExpectedArray {
  var name: String
  /// The extents, nil where any will do; several alternatives.
  var shapes: [[Int?]]
  var permutation: [Int]?

  init(_ name: String, _ shapes: [Int?]..., permutation: [Int]? = nil) {
    self.name = name
    self.shapes = shapes
    self.permutation = permutation
  }

  func accepts(_ shape: [Int]) -> Bool {
    shapes.contains { expected in
      expected.count == shape.count && zip(expected, shape).allSatisfy { $0 == nil || $0 == $1 }
    }
  }

  /// The alternatives in words.
  var description: String {
    shapes.map { "[" + $0.map { $0.map(String.init) ?? "any" }.joined(separator: "][") + "]" }
      .joined(separator: " or ")
  }
}

extension JSONNode {
  func member(_ key: String) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The number as an integer; of a list of one number, that one.
  var integer: Int? {
    switch self {
    case .number(let text, _): Int(text)
    case .array(let elements) where elements.count == 1: elements[0].integer
    default: nil
    }
  }

  /// The entries of a shape, nil for one that is open.
  var extents: [Int?] {
    guard case .array(let elements) = self else { return [] }
    return elements.map(\.integer)
  }
}
