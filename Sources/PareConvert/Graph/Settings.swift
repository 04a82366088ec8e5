/// Settings of a source's layers, read from the document around the tensors.
extension SourceDocument {
  /// The members of an object; of anything else none.
  var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The elements of a list; of anything else none.
  var elements: [SourceDocument] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// A string's text.
  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// A number without a fraction; of a list of one number, that one.
  var integer: Int? {
    switch self {
    case .number(let text): Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    case .array(let elements) where elements.count == 1: elements[0].integer
    default: nil
    }
  }

  /// A number as a float.
  var float: Float? {
    if case .number(let text) = self { Double(text).map { Float($0) } } else { nil }
  }

  /// True or false.
  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The tensor that stands here.
  var tensor: Int? {
    if case .tensor(let reference) = self { reference.index } else { nil }
  }

  /// Whether there is nothing: no value, or null.
  var isNull: Bool { self == .null }

  /// The value as JSON text, shortened for a message.
  var brief: String {
    var writer = TemplateWriter(names: [], ranks: [])
    // Settings have no tensors in them; where one is, its kind is all there is to say.
    guard references.isEmpty else { return "an array of numbers" }
    writer.write(self)
    let text = String(decoding: writer.text, as: UTF8.self)
    return text.count > 60 ? text.prefix(57) + "..." : text
  }
}

extension SourceDocument {
  /// The document with each reference replaced.
  func mapReferences(_ change: (TensorReference) -> SourceDocument) -> SourceDocument {
    switch self {
    case .object(let members): .object(members.map { Member($0.key, $0.value.mapReferences(change)) })
    case .array(let elements): .array(elements.map { $0.mapReferences(change) })
    case .tensor(let reference): change(reference)
    default: self
    }
  }

  /// The document with each reference changed, those of joined arrays too.
  func changingReferences(_ change: (inout TensorReference) -> Void) -> SourceDocument {
    func changed(_ reference: TensorReference) -> TensorReference {
      var copy = reference
      change(&copy)
      return copy
    }
    switch self {
    case .joined(let references): return .joined(references.map(changed))
    case .object(let members):
      return .object(members.map { Member($0.key, $0.value.changingReferences(change)) })
    case .array(let elements): return .array(elements.map { $0.changingReferences(change) })
    case .tensor(let reference): return .tensor(changed(reference))
    case .string, .number, .bool, .null: return self
    }
  }
}
