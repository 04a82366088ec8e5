public import PareFormat

extension ModelGraph {
  /// The graph of a container's model section; tensors are counted as in its directory. Linear in the section.
  public init(_ section: ModelSection, _ bytes: Span<UInt8>) {
    var inputs: [Input] = []
    section.forEachInput(bytes) { _, input in inputs.append(Input(bytes.text(input.name), input.shape)) }
    self.init(inputs: inputs)
    section.forEachOperation(bytes) { _, operation, _ in
      append(operation)
      return true
    }
    section.forEachOutput(bytes) { _, output in outputs.append(Output(bytes.text(output.name), output.value)) }
    section.forEachFact(bytes) { fact in facts[bytes.text(fact.key)] = bytes.text(fact.text) }
  }

  /// The same graph with tensors counted another way.
  public func renumbered(_ number: (Int) -> Int) -> ModelGraph {
    var graph = ModelGraph(inputs: inputs)
    for operation in operations {
      var changed = operation
      for slot in 0..<5 { if let tensor = operation.tensor(slot) { changed.tensors[slot] = Int32(number(tensor)) } }
      graph.append(changed)
    }
    graph.outputs = outputs
    graph.facts = facts
    return graph
  }
}

extension Span<UInt8> {
  /// The text of a range that is known to be UTF-8.
  fileprivate func text(_ range: Range<Int>) -> String {
    var text: [UInt8] = []
    for offset in range { text.append(self[offset]) }
    return String(decoding: text, as: UTF8.self)
  }
}
