import Pare
import PareFormat

/// What the model section says, with the shapes that follow from it.
struct ModelFacts {
  /// An input or output: its name, empty when it has none, and its value.
  struct Port {
    let name: String
    let value: Int
    let shape: FrameShape
  }

  /// An operation, the value that it makes, and the names of its tensors.
  struct Step {
    let number: Int
    let operation: Operation
    let tensors: [String?]
    let inputShapes: [FrameShape]
    let value: ModelValue
  }

  let stateCount: Int
  let scratchCount: Int
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []
  private(set) var steps: [Step] = []
  private(set) var facts: [(key: String, text: String)] = []

  /// The most frames that come out for a frame that goes in.
  private(set) var largestBurst = 1

  /// Nil where the container is weights alone. Throws where shapes or sizes disagree.
  init?(_ model: Model) throws(CommandError) {
    guard let section = model.container.model else { return nil }
    let values: [ModelValue]
    do { values = try model.values() } catch { throw CommandError(.format(error, path: model.path)) }
    stateCount = section.stateCount
    scratchCount = section.scratchCount
    let bytes = model.bytes
    section.forEachInput(bytes) { number, input in
      inputs.append(Port(name: bytes.text(input.name), value: number, shape: input.shape))
    }
    section.forEachOperation(bytes) { number, operation, _ in
      steps.append(
        Step(
          number: number, operation: operation,
          tensors: operation.kind.tensorNames.indices.map { slot in
            operation.tensor(slot).map { model.name(of: model.records[$0]) }
          },
          inputShapes: (0..<operation.kind.inputCount).map { values[operation.input($0)].shape }, value: values[number])
      )
      return true
    }
    section.forEachOutput(bytes) { _, output in
      largestBurst = max(largestBurst, Int(values[output.value].burst))
      outputs.append(Port(name: bytes.text(output.name), value: output.value, shape: values[output.value].shape))
    }
    section.forEachFact(bytes) { facts.append((bytes.text($0.key), bytes.text($0.text))) }
  }
}

// MARK: - For people

extension ModelFacts {
  /// A line for each operation, the number of the value that it makes first.
  var table: Table {
    var table = Table([
      .init(title: "operation"), .init(title: "reads"), .init(title: "tensors", drop: 2),
      .init(title: "attributes", drop: 1), .init(title: "frames"),
    ])
    for step in steps { table.add(step.cells) }
    return table
  }

  /// Titles and what is said under them.
  var details: [(title: String, text: String)] {
    var lines = [
      (
        "model",
        "\(counted(steps.count, "operation")), state \(4 * stateCount) bytes, scratch \(4 * scratchCount) bytes"
      ),
      ("inputs", inputs.map(\.words).joined(separator: "; ")),
      ("outputs", outputs.map(\.words).joined(separator: "; ")),
    ]
    if !facts.isEmpty {
      lines.append(("facts", facts.map { "\(printable($0.key)): \(printable($0.text))" }.joined(separator: "; ")))
    }
    return lines
  }
}

extension ModelFacts.Port {
  fileprivate var words: String {
    (name.isEmpty ? "" : printable(name) + " ") + "\(shape.text), value \(value)"
  }
}

extension ModelFacts.Step {
  /// `2 conv1d`, `1`, `layer.0.weight, layer.0.bias`, `dilation 2`, `[16] -> [16]`
  fileprivate var cells: [String] {
    let kind = operation.kind
    let reads = (0..<kind.inputCount).map { String(operation.input($0)) }
    let names = zip(kind.tensorNames, tensors).enumerated().compactMap { slot, tensor in
      // Behind one that is absent a name alone could be taken for that.
      tensor.1.map { tensors[..<slot].contains(nil) ? "\(tensor.0) \(printable($0))" : printable($0) }
    }
    var attributes = kind.attributeNames.enumerated().compactMap { index, name -> String? in
      let value = operation.attribute(index)
      guard value != kind.plainValue(ofAttribute: index) else { return nil }
      guard let word = kind.word(ofAttribute: index, value) else { return "\(name) \(value)" }
      return name == "function" || name == "mode" ? word : "\(name) \(word)"
    }
    if operation.hasParameter { attributes.append("\(kind.parameterName) \(operation.parameter)") }
    let frames = inputShapes.map(\.text).joined(separator: ", ") + " -> " + value.shape.text
    return [
      "\(number) \(kind.name)", reads.joined(separator: ", "), names.isEmpty ? "-" : names.joined(separator: ", "),
      attributes.isEmpty ? "-" : attributes.joined(separator: ", "),
      value.burst > 1 ? "\(frames), up to \(value.burst) at a time" : frames,
    ]
  }
}

// MARK: - For programs

extension ModelFacts {
  var json: JSONValue {
    .object([
      ("stateCount", .integer(stateCount)), ("scratchCount", .integer(scratchCount)),
      ("inputs", .array(inputs.map(\.json))), ("operations", .array(steps.map(\.json))),
      ("outputs", .array(outputs.map(\.json))), ("facts", .object(facts.map { ($0.key, .string($0.text)) })),
    ])
  }
}

extension ModelFacts.Port {
  fileprivate var json: JSONValue {
    .object([("name", .string(name)), ("value", .integer(value)), ("shape", shape.json)])
  }
}

extension ModelFacts.Step {
  fileprivate var json: JSONValue {
    let kind = operation.kind
    var attributes = kind.attributeNames.enumerated().map { index, name in
      (name, JSONValue.integer(operation.attribute(index)))
    }
    if operation.hasParameter { attributes.append((kind.parameterName, .float(operation.parameter))) }
    return .object([
      ("kind", .string(kind.name)), ("value", .integer(number)),
      ("inputs", .array((0..<kind.inputCount).map { .integer(operation.input($0)) })),
      ("tensors", .object(zip(kind.tensorNames, tensors).map { ($0, $1.map { .string($0) } ?? .null) })),
      ("attributes", .object(attributes)), ("shape", value.shape.json), ("burst", .integer(Int(value.burst))),
    ])
  }
}

extension FrameShape {
  fileprivate var json: JSONValue { .array(extents.map { .integer($0) }) }
}
