public import PareFormat

/// A model as a converter states it: operations over values, whose tensors are counted as the converter counts them (spec section 10.4).
public struct ModelGraph: Sendable {
  /// An input: its name, which may be empty, and the shape of a frame.
  public struct Input: Sendable {
    public var name: String
    public var shape: FrameShape

    public init(_ name: String, _ shape: FrameShape) {
      self.name = name
      self.shape = shape
    }
  }

  /// An output: its name, which may be empty, and the number of the value.
  public struct Output: Sendable {
    public var name: String
    public var value: Int

    public init(_ name: String, _ value: Int) {
      self.name = name
      self.value = value
    }
  }

  /// The inputs; value i is input i.
  public private(set) var inputs: [Input]

  /// The operations in order; operation i makes value `inputs.count` + i.
  public private(set) var operations: [Operation] = []

  /// The outputs.
  public var outputs: [Output] = []

  /// Facts by key, as `sampleRate`.
  public var facts: [String: String] = [:]

  /// Creates a graph without operations.
  public init(inputs: [Input]) { self.inputs = inputs }

  /// The number of the next value.
  public var valueCount: Int { inputs.count + operations.count }

  /// Adds an operation and gives the number of its value.
  ///
  /// `tensors` are indices in the converter's list of tensors, nil for one that is absent; what is left out at the end is absent too.
  @discardableResult
  public mutating func append(
    _ kind: OperationKind, _ inputs: [Int], tensors: [Int?] = [], attributes: [Int] = [], parameter: Float = 0
  ) -> Int {
    var operation = Operation(
      kind, inputs: [Int32(inputs[0]), Int32(inputs.count > 1 ? inputs[1] : -1)], parameter: parameter)
    for (slot, tensor) in tensors.enumerated() { operation.tensors[slot] = Int32(tensor ?? -1) }
    for (index, value) in attributes.enumerated() { operation.attributes[index] = Int32(value) }
    operations.append(operation)
    return valueCount - 1
  }

  /// The graph without the operation that makes value `number`: what reads it reads what that operation reads, whose own
  /// operation has `bias` for its second tensor.
  public func folding(_ number: Int, bias: Int) -> ModelGraph {
    let removed = number - inputs.count
    let source = operations[removed].input(0)
    func value(_ old: Int) -> Int { old == number ? source : old > number ? old - 1 : old }
    var graph = ModelGraph(inputs: inputs)
    for (index, operation) in operations.enumerated() where index != removed {
      var changed = operation
      for input in 0..<operation.kind.inputCount { changed.inputs[input] = Int32(value(operation.input(input))) }
      if inputs.count + index == source { changed.tensors[1] = Int32(bias) }
      graph.append(changed)
    }
    graph.outputs = outputs.map { Output($0.name, value($0.value)) }
    graph.facts = facts
    return graph
  }

  /// Adds an operation as it is.
  mutating func append(_ operation: Operation) { operations.append(operation) }

  /// Adds an activation and gives the number of its value.
  @discardableResult
  public mutating func append(_ function: ActivationFunction, _ input: Int, alpha: Float = 0) -> Int {
    append(.activation, [input], attributes: [Int(function.rawValue)], parameter: alpha)
  }

  /// The indices of the tensors that operations use.
  public var usedTensors: Set<Int> {
    var used: Set<Int> = []
    for operation in operations {
      for slot in 0..<5 { if let tensor = operation.tensor(slot) { used.insert(tensor) } }
    }
    return used
  }

  /// The body of the section. `order[i]` is the directory index of the converter's tensor i, `shapes` are by directory index.
  ///
  /// Throws `badModel` where shapes disagree or a limit is passed.
  public func body(order: [Int], shapes: [Shape]) throws(EncodeError) -> [UInt8] {
    let first = bytes(order, state: 0, scratch: 0)
    do {
      let section = try ModelSection(body: first.span, tensorCount: shapes.count)
      var values = [ModelValue](repeating: ModelValue(shape: FrameShape(1)), count: section.valueCount)
      var span = values.mutableSpan
      let sizes = try ModelPlan.sizes(section, first.span, values: &span) { shapes[$0] }
      return bytes(order, state: sizes.state, scratch: sizes.scratch)
    } catch {
      throw EncodeError(.badModel, expected: "the graph of the model does not hold together: \(error)")
    }
  }

  private func bytes(_ order: [Int], state: Int, scratch: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.leb128(state)
    bytes.leb128(scratch)
    bytes.leb128(inputs.count)
    for input in inputs { ModelInput.write(name: Array(input.name.utf8).span, shape: input.shape, to: &bytes) }
    bytes.leb128(operations.count)
    for (index, operation) in operations.enumerated() {
      var stored = operation
      for slot in 0..<5 { if let tensor = operation.tensor(slot) { stored.tensors[slot] = Int32(order[tensor]) } }
      stored.write(number: inputs.count + index, to: &bytes)
    }
    bytes.leb128(outputs.count)
    for output in outputs {
      ModelOutput.write(
        name: Array(output.name.utf8).span, value: output.value, valueCount: valueCount, to: &bytes)
    }
    bytes.leb128(facts.count)
    for (key, text) in facts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      ModelFact.write(key: Array(key.utf8).span, text: Array(text.utf8).span, to: &bytes)
    }
    return bytes
  }
}
