import PareEncode

/// Writes a source document as JSON with the tensors' numbers in it, spaced as Python's `json.dumps` does.
struct DocumentWriter<Sink: ByteSink> {
  private let tensors: [ExportTensor]
  var output: BufferedSink<Sink>

  init(_ tensors: [ExportTensor], _ sink: Sink) {
    self.tensors = tensors
    output = BufferedSink(sink)
  }

  mutating func write(_ document: SourceDocument, _ values: ModelExporter.Values) throws {
    switch document {
    case .object(let members):
      output.append("{")
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(", ") }
        JSONString.append(member.key, to: &output.bytes)
        output.append(": ")
        try write(member.value, values)
      }
      output.append("}")
    case .array(let elements):
      output.append("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(", ") }
        try write(element, values)
      }
      output.append("]")
    case .string(let text): JSONString.append(text, to: &output.bytes)
    case .number(let text): output.append(text)
    case .bool(let value): output.append(value ? "true" : "false")
    case .null: output.append("null")
    case .tensor(let reference): try write(reference, try values(reference.index))
    case .joined(let references):
      output.append("[")
      var isFirst = true
      for reference in references { try writeFlat(reference, try values(reference.index), &isFirst) }
      output.append("]")
    }
    try output.flushIfFull()
  }

  private mutating func write(_ reference: TensorReference, _ stored: FloatBuffer) throws {
    let shape = tensors[reference.index].shape
    let floats = reference.sourceFloats(stored, stored: shape)
    var next = 0
    try writeLevel(reference.sourceShape(shape)[...], floats, &next, reference.areStrings)
  }

  /// Writes a tensor's numbers as elements of a list that is open.
  private mutating func writeFlat(
    _ reference: TensorReference, _ stored: FloatBuffer, _ isFirst: inout Bool
  ) throws {
    let floats = reference.sourceFloats(stored, stored: tensors[reference.index].shape)
    for index in 0..<floats.count {
      if !isFirst { output.append(", ") }
      isFirst = false
      var next = index
      try writeLevel([], floats, &next, reference.areStrings)
      try output.flushIfFull()
    }
  }

  private mutating func writeLevel(
    _ shape: ArraySlice<Int>, _ floats: FloatBuffer, _ next: inout Int, _ areStrings: Bool
  ) throws {
    guard let extent = shape.first else {
      if areStrings { output.append("\"") }
      FloatText.append(floats.span[next], to: &output.bytes, .json)
      if areStrings { output.append("\"") }
      next += 1
      return
    }
    output.append("[")
    for index in 0..<extent {
      if index > 0 { output.append(", ") }
      try writeLevel(shape.dropFirst(), floats, &next, areStrings)
      try output.flushIfFull()
    }
    output.append("]")
  }
}
