import PareFormat

/// The walk over a model section (spec section 10.4).
extension DumpSections {
  mutating func model(_ bytes: Span<UInt8>) throws(DumpReader.Stop) {
    _ = try reader.leb128(bytes, "stateCount") { "\($0) f32" }
    _ = try reader.leb128(bytes, "scratchCount") { "\($0) f32" }
    let inputCount = try reader.leb128(bytes, "inputCount")
    var inputs: [String] = []
    for index in 0..<inputCount {
      reader.heading("input \(index), value \(index)")
      inputs.append(try text(bytes, "name"))
      let rank = try reader.u8(bytes, "rank")
      guard rank <= 3 else { throw DumpReader.Stop() }
      for axis in 0..<Int(rank) { _ = try reader.leb128(bytes, "extent \(axis)") }
    }
    let operationCount = try reader.leb128(bytes, "operationCount")
    for index in 0..<operationCount { try operation(bytes, index, inputs) }
    let valueCount = inputCount + operationCount
    let outputCount = try reader.leb128(bytes, "outputCount")
    for index in 0..<outputCount {
      reader.heading("output \(index)")
      _ = try text(bytes, "name")
      _ = try reader.leb128(bytes, "back") { Self.valueName(valueCount - $0, inputs) }
    }
    let factCount = try reader.leb128(bytes, "factCount")
    for index in 0..<factCount {
      reader.heading("fact \(index)")
      _ = try text(bytes, "key")
      _ = try text(bytes, "text")
    }
  }

  private mutating func operation(_ bytes: Span<UInt8>, _ index: Int, _ inputs: [String]) throws(DumpReader.Stop) {
    let number = inputs.count + index
    let code = reader.offset < reader.end ? bytes[reader.offset] : 0
    let known = OperationKind(rawValue: code)
    reader.heading("operation \(index)\(known.map { ", \($0.name)" } ?? ""), value \(number)")
    _ = try reader.u8(bytes, "kind") { "\($0), \(known?.name ?? "unknown")" }
    guard let kind = known else { throw DumpReader.Stop() }
    for _ in 0..<kind.inputCount { _ = try reader.leb128(bytes, "back") { Self.valueName(number - $0, inputs) } }
    let records = records
    for name in kind.tensorNames {
      _ = try reader.leb128(bytes, name) { $0 == 0 ? "absent" : Self.tensorName($0 - 1, records) }
    }
    var first = 0
    for (index, name) in kind.attributeNames.enumerated() {
      let value = try reader.leb128(bytes, name) { value in
        kind.word(ofAttribute: index, value).map { "\(value), \($0)" } ?? "\(value)"
      }
      if index == 0 { first = value }
    }
    // Functions 4 and 5 have a parameter.
    if kind == .batchNorm || (kind == .activation && 4...5 ~= first) {
      _ = try reader.u32(bytes, kind.parameterName) { "\(Float(bitPattern: $0))" }
    }
  }

  /// Reads a text behind its byte count.
  private mutating func text(_ bytes: Span<UInt8>, _ name: String) throws(DumpReader.Stop) -> String {
    let byteCount = Int(try reader.u8(bytes, name + "ByteCount"))
    let end = min(reader.offset + byteCount, reader.end)
    let text = bytes.text(reader.offset..<end)
    try reader.take(byteCount, name, text)
    return text
  }

  private static func valueName(_ number: Int, _ inputs: [String]) -> String {
    guard inputs.indices.contains(number), !inputs[number].isEmpty else { return "value \(number)" }
    return "value \(number), \(inputs[number])"
  }
}
