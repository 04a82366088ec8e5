import Pare
import PareFormat

extension Inspection {
  /// The answer for people.
  func text(width: Int, shortensNames: Bool) -> String {
    let header = model.container.header
    var text = wrapped(
      "\(printable(displayPath(model.path))): Pare container, format \(FormatVersion.major).\(header.minor), "
        + "\(counted(model.container.byteCount, "byte")), \(counted(tensors.count, "tensor")), "
        + "alignment \(header.alignment)" + (header.isLarge ? ", large" : ""), width: width, indent: 2)
    text += "\n"
    if !tensors.isEmpty { text += table.text(width: width, shortensNames: shortensNames) + "\n" }
    if let graph, !graph.steps.isEmpty { text += graph.table.text(width: width, shortensNames: shortensNames) + "\n" }
    let details = sections.map { "\($0.name) \($0.byteCount)" }.joined(separator: ", ")
    let overhead = model.container.byteCount - payloadByteCount
    var lines = [
      ("sections", "\(details) bytes; header, sections and padding \(overhead)"),
      ("source", sourceWords(room: width - 10)),
    ]
    if elementCount > 0 {
      let bits = bitsPerWeight(payloadByteCount: model.container.byteCount, elementCount: elementCount) ?? 0
      lines.append(
        (
          "total",
          "\(counted(elementCount, "weight")), \(nnz) non-zero (\(percent(Double(nnz) / Double(elementCount)))), "
            + "\(fixed(bits, 2)) bits a weight; "
            + comparedSize(model.container.byteCount, withFloats: 4 * elementCount)
        ))
    }
    if let graph { lines += graph.details }
    for (title, line) in lines { text += titled(title, line, column: 10, width: width) }
    return text
  }

  private var table: Table {
    var table = Table([
      .init(title: "tensor"), .init(title: "shape", drop: 3), .init(title: "encoding", drop: 1),
      .init(title: "nnz %", isRight: true, drop: 4), .init(title: "bits/w", isRight: true, drop: 5),
      .init(title: "max err", isRight: true, drop: 2), .init(title: "rms err", isRight: true, drop: 6),
      .init(title: "bytes", isRight: true),
    ])
    for tensor in tensors {
      let bits = bitsPerWeight(payloadByteCount: tensor.payloadByteCount, elementCount: tensor.shape.elementCount)
      table.add(
        [
          printable(tensor.name), shapeText(tensor.shape.extents), tensor.encoding.words,
          density(nnz: tensor.nnz, elementCount: tensor.shape.elementCount).map(percentDigits) ?? "-",
          bits.map { fixed($0, 2) } ?? "-",
          tensor.provenance.map { significant(Double($0.maxAbsError)) } ?? "-",
          tensor.provenance.map { significant(Double($0.rmsError)) } ?? "-", "\(tensor.payloadByteCount)",
        ], notes: [tensor.why])
    }
    return table
  }

  /// The source section in short.
  private func sourceWords(room: Int) -> String {
    guard let body = model.container.source else {
      return model.container.order == nil
        ? "a flat list, in the directory's order" : "a flat list, in an order of its own"
    }
    let bytes = model.bytes
    let kind = SectionWords.sourceKind(bytes[body.lowerBound])
    guard bytes[body.lowerBound] <= 1 else { return "kind \(kind)" }
    let text = bytes.text(body.lowerBound + 1..<body.upperBound)
    // JSON without blanks is one word: it is cut, not wrapped.
    let words = "\(kind.dropFirst(3)): "
    return words + clipped(printable(text), to: max(room - columns(of: words), 10))
  }
}
