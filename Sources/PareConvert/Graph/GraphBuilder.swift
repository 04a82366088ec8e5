import PareEncode
public import PareFormat

/// Puts a graph together operation by operation, and checks each against the frames that it reads, so that what does
/// not fit is told by the layer's name.
struct GraphBuilder {
  private(set) var graph: ModelGraph
  private let tensors: [FloatTensor]
  private let shapes: [Shape]
  private var values: [ModelValue]

  /// Tensors that no operation reads and that the source has for good reason: a number that is an operation's
  /// parameter, a layer whose result is thrown away.
  var accounted: Set<Int> = []

  /// Starts a graph of one input without a name.
  init(_ tensors: [FloatTensor], input: FrameShape) {
    self.tensors = tensors
    shapes = tensors.map { Shape($0.shape) }
    graph = ModelGraph(inputs: [.init("", input)])
    values = [ModelValue(shape: input)]
  }

  /// The shape of a value's frames.
  func frame(_ value: Int) -> FrameShape { values[value].shape }

  /// The shape of a tensor.
  func shape(_ tensor: Int) -> [Int] { tensors[tensor].shape }

  /// The only element of a tensor. Precondition: it has one.
  func scalar(_ tensor: Int) -> Float {
    let values = tensors[tensor].values
    return values.span[0]
  }

  /// Adds an operation and gives the number of its value; `layer` is what the source calls it.
  ///
  /// `tensors` are indices of the source's tensors, nil for one that is absent.
  mutating func append(
    _ kind: OperationKind, _ inputs: [Int], tensors: [Int?] = [], attributes: [Int] = [], parameter: Float = 0,
    layer: String
  ) throws(GraphRefusal) -> Int {
    for (index, attribute) in attributes.enumerated() where !kind.range(ofAttribute: index).contains(attribute) {
      let range = kind.range(ofAttribute: index)
      throw GraphRefusal(
        "\(layer): expected settings of \(range.lowerBound) to \(range.upperBound), found \(attribute)")
    }
    guard parameter.isFinite, parameter.sign == .plus else {
      throw GraphRefusal("\(layer): expected a setting of at least 0, found \(parameter)")
    }
    guard graph.operations.count < ModelSection.maximumOperationCount else {
      throw GraphRefusal("expected at most \(ModelSection.maximumOperationCount) operations, found more")
    }
    graph.append(kind, inputs, tensors: tensors, attributes: attributes, parameter: parameter)
    var slots = TensorShapes()
    for (slot, tensor) in tensors.enumerated() { if let tensor { slots[slot] = shapes[tensor] } }
    let operation = graph.operations[graph.operations.count - 1]
    guard let value = operation.value(values.count, values[inputs[0]], values[inputs[inputs.count - 1]], &slots)
    else { throw misfit(inputs, tensors.compactMap(\.self), layer) }
    values.append(value)
    return values.count - 1
  }

  /// Adds an activation and gives the number of its value.
  mutating func append(
    _ function: ActivationFunction, _ input: Int, alpha: Float = 0, layer: String
  ) throws(GraphRefusal) -> Int {
    try append(.activation, [input], attributes: [Int(function.rawValue)], parameter: alpha, layer: layer)
  }

  /// Which tensors and frames do not fit each other.
  private func misfit(_ inputs: [Int], _ used: [Int], _ layer: String) -> GraphRefusal {
    let frames = inputs.map { frame($0).text }.joined(separator: " and ")
    guard !used.isEmpty else { return GraphRefusal("\(layer): it does not fit frames of \(frames)") }
    let names = used.map { index in
      let name = tensors[index].name
      let last = name.split(separator: ".").last.map(String.init) ?? name
      return "\(Int(last) == nil ? last : name) \(tensors[index].shape)"
    }
    return GraphRefusal(
      "\(layer): \(names.joined(separator: ", ")) \(used.count == 1 ? "does" : "do") not fit frames of \(frames)",
      tensor: used[0])
  }

  /// The graph with its output, once every tensor is used and the sizes are within the format's limits.
  mutating func finish(output: Int, facts: GraphFacts) throws(GraphRefusal) -> ModelGraph {
    let used = graph.usedTensors
    if let left = tensors.indices.first(where: { !used.contains($0) && !accounted.contains($0) }) {
      throw GraphRefusal("no layer uses the tensor \(tensors[left].name) of shape \(tensors[left].shape)", tensor: left)
    }
    graph.outputs = [.init("", output)]
    graph.facts = facts.texts
    do { _ = try graph.body(order: Array(tensors.indices), shapes: shapes) } catch {
      throw GraphRefusal("expected a model whose state and scratch are at most 2^26 values each")
    }
    return graph
  }
}

extension Shape {
  /// The shape of a tensor's extents. Of one without elements whose other extents are too large for any container it is
  /// the scalar's: it can't be written.
  init(_ extents: [Int]) {
    self.init()
    for extent in extents where !append(extent, largest: Int.max) {
      self.init()
      return
    }
  }
}

extension FrameShape {
  /// The shape of one to three extents; nil where an extent or their product is out of range.
  public init?(extents: [Int]) {
    let limit = FrameShape.maximumElementCount
    guard (1...3).contains(extents.count), extents.allSatisfy({ (1...limit).contains($0) }) else { return nil }
    // Three factors of at most 2^24 need more than an Int has.
    var count = 1
    for extent in extents {
      guard extent <= limit / count else { return nil }
      count *= extent
    }
    switch extents.count {
    case 1: self.init(extents[0])
    case 2: self.init(extents[0], extents[1])
    default: self.init(extents[0], extents[1], extents[2])
    }
  }

  /// The extents, as `[23, 1]`.
  var text: String { "\((0..<rank).map { self[$0] })" }
}
