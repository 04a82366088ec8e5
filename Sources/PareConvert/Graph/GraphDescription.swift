import PareEncode
import PareFormat

extension SourceModel {
  /// The graph in a line: `7 operations, input [1], output [1]; state 0 bytes`. Nil without a graph.
  ///
  /// To be asked for while the tensors are still here.
  public var graphSummary: String? {
    guard let graph, let plan = graph.plan(tensors) else { return nil }
    let count = graph.operations.count
    let inputs = graph.inputs.map(\.shape.text).joined(separator: ", ")
    let outputs = graph.outputs.map { plan.frames[$0.value].text }.joined(separator: ", ")
    return
      "\(count) \(count == 1 ? "operation" : "operations"), \(graph.inputs.count == 1 ? "input" : "inputs") \(inputs)"
      + ", \(graph.outputs.count == 1 ? "output" : "outputs") \(outputs); state \(4 * plan.stateCount) bytes"
  }

  /// The graph as lines of text, for tests: a value, its shape, the operation, what it reads, its tensors, its
  /// attributes; then outputs and facts.
  var graphLines: [String] {
    guard let graph, let plan = graph.plan(tensors) else { return [] }
    var lines = graph.inputs.indices.map { "\($0) \(plan.frames[$0].text) input" }
    for (index, operation) in graph.operations.enumerated() {
      let number = graph.inputs.count + index
      lines.append("\(number) \(plan.frames[number].text) " + operation.text(names: tensors.map(\.name)))
    }
    lines += graph.outputs.map { "output \($0.value)" }
    return lines + graph.facts.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
  }
}

extension ModelGraph {
  /// The shape of each value's frames, and the f32 of state; nil where the graph does not hold together.
  func plan(_ tensors: [FloatTensor]) -> (frames: [FrameShape], stateCount: Int)? {
    let shapes = tensors.map { Shape($0.shape) }
    do {
      let body = try body(order: Array(tensors.indices), shapes: shapes)
      let section = try ModelSection(body: body.span, tensorCount: tensors.count)
      var values = [ModelValue](repeating: ModelValue(shape: FrameShape(1)), count: section.valueCount)
      var span = values.mutableSpan
      _ = try ModelPlan.sizes(section, body.span, values: &span) { shapes[$0] }
      return (values.map(\.shape), section.stateCount)
    } catch { return nil }
  }
}

extension PareFormat.Operation {
  /// The operation in a line: `conv1d 3 w b | 1 2 1 0`; a tensor that is absent before one that is there is `-`.
  fileprivate func text(names: [String]) -> String {
    var words = ["\(kind)"]
    let function = kind == .activation ? ActivationFunction(rawValue: UInt8(attribute(0))) : nil
    if let function { words = ["\(function)"] }
    for index in 0..<2 where inputs[index] >= 0 { words.append("\(input(index))") }
    if let last = (0..<5).last(where: { tensor($0) != nil }) {
      for slot in 0...last { words.append(tensor(slot).map { names[$0] } ?? "-") }
    }
    if kind.attributeCount > 0, function == nil {
      words.append("|")
      for index in 0..<kind.attributeCount { words.append("\(attribute(index))") }
    }
    if hasParameter { words += ["|", "\(parameter)"] }
    return words.joined(separator: " ")
  }
}
