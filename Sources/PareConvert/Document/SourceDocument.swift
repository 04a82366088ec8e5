/// What a source looked like around its tensors: a JSON tree in which a reference stands for each tensor's array.
public enum SourceDocument: Sendable, Equatable {
  /// A member of an object.
  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: SourceDocument

    public init(_ key: String, _ value: SourceDocument) {
      self.key = key
      self.value = value
    }
  }

  /// Members in source order; keys are unique.
  case object([Member])
  case array([SourceDocument])
  case string(String)
  /// The number as the source wrote it.
  case number(String)
  case bool(Bool)
  case null
  case tensor(TensorReference)
  /// A flat array of several tensors' elements, one tensor behind the other, as `.nam` files have one. Not empty.
  case joined([TensorReference])
}

/// A tensor's place in a document, and how its array there relates to the stored tensor.
public struct TensorReference: Sendable, Equatable {
  /// The tensor's index: in `SourceModel.tensors`, or in the directory once read from a template.
  public var index: Int

  /// Stored axis i is the source array's axis `permutation[i]`; nil where the two are the same.
  public var permutation: [Int]?

  /// The stored axes that the source's array has backwards, rising; only along with a permutation.
  public var reversedAxes: [Int]

  /// The normalization that the stored tensor has in it and the source's array has not.
  public var folding: Folding?

  /// Whether the source wrote the numbers as strings.
  public var areStrings: Bool

  public init(
    index: Int, permutation: [Int]? = nil, reversedAxes: [Int] = [], folding: Folding? = nil, areStrings: Bool = false
  ) {
    precondition(permutation != nil || reversedAxes.isEmpty, "reversed axes come with a permutation")
    self.index = index
    self.permutation = permutation
    self.reversedAxes = reversedAxes
    self.folding = folding
    self.areStrings = areStrings
  }

  /// Whether nothing but the index is to be said.
  var isPlain: Bool { permutation == nil && folding == nil && !areStrings }
}

extension SourceDocument {
  /// The references, in document order.
  public var references: [TensorReference] {
    var found: [TensorReference] = []
    collect(into: &found)
    return found
  }

  private func collect(into found: inout [TensorReference]) {
    switch self {
    case .tensor(let reference): found.append(reference)
    case .joined(let references): found += references
    case .object(let members): for member in members { member.value.collect(into: &found) }
    case .array(let elements): for element in elements { element.collect(into: &found) }
    case .string, .number, .bool, .null: break
    }
  }

  /// The value of a member; nil when this is no object or has no such member.
  subscript(_ key: String) -> SourceDocument? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}
