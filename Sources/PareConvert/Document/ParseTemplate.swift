/// The document that a container's source section records; its references count in the directory.
///
/// `names` are the directory's. Each tensor must be referenced once, and the text must be what `SourceModel.layout()`
/// could have written; else this throws `SourceError`, with `path` and the place in the text.
public func parseTemplate(
  kind: UInt8, text: [UInt8], names: [String], path: String = "source section"
) throws(SourceError) -> SourceDocument {
  guard let kind = SourceKind(rawValue: kind) else {
    throw SourceError("expected kind 0 (JSON) or 1 (tables), found \(kind)", path: path)
  }
  var parser = JSONParser(SourceBytes(copying: text, path: path))
  parser.templateNames = names
  let document = SourceDocument(try parser.parseDocument())
  guard parser.referenced.count == names.count else {
    let missing = names.indices.first { !parser.referenced.contains($0) } ?? 0
    throw parser.error("expected each tensor once, found no @\(missing)")
  }
  if kind == .tables {
    guard case .array(let elements) = document else {
      throw SourceError("expected a list of files", path: path, line: 1, column: 1)
    }
    for (index, element) in elements.enumerated() {
      guard TableFormat(element) != nil, element.references.count == 1 else {
        throw SourceError("expected a tensor and a separator for file \(index)", path: path, line: 1, column: 1)
      }
    }
  }
  return document
}

extension SourceDocument {
  /// The document of text that was parsed without tensors of its own.
  fileprivate init(_ node: JSONNode) {
    switch node {
    case .object(let members): self = .object(members.map { Member($0.key, SourceDocument($0.value)) })
    case .array(let elements): self = .array(elements.map { SourceDocument($0) })
    case .string(let text): self = .string(text)
    case .number(let text, _): self = .number(text)
    case .bool(let value): self = .bool(value)
    case .null, .numbers: self = .null
    case .reference(let reference): self = .tensor(reference)
    case .joined(let references): self = .joined(references)
    }
  }
}
