public import PareEncode

/// A float model as its source states it: named tensors, and what the source looked like around them.
public struct SourceModel: Sendable {
  /// The tensors in source order. Layers of a layer list are transposed to output-first.
  public var tensors: [FloatTensor]

  /// The source around its tensors; references count in `tensors`. For tables, see `TableFormat`.
  public var document: SourceDocument

  /// For each tensor, the place of its array.
  public var origins: [SourceOrigin]

  /// What `document` describes.
  public var kind: SourceKind

  /// How the tensors make a model, where the source or the caller says it; its tensors count in `tensors`.
  public var graph: ModelGraph?

  /// Why a source that says what its layers are has no graph: a sentence with the place.
  public var graphNote: String?

  /// What was passed over, a sentence each.
  public var notes: [String] = []
}

/// What a source document describes; the raw value is the kind byte of a container's source section.
public enum SourceKind: UInt8, Sendable {
  /// A JSON text.
  case json = 0
  /// A list of objects, one for each file of a table set.
  case tables = 1
}

/// Where a tensor came from.
public struct SourceOrigin: Sendable, Equatable {
  /// The path as the caller gave it (for an archive: of the archive).
  public var path: String

  /// The line from 1, nil in a binary file.
  public var line: Int?

  /// The byte within the line from 1, nil in a binary file.
  public var column: Int?

  /// Creates an origin.
  public init(path: String, line: Int? = nil, column: Int? = nil) {
    self.path = path
    self.line = line
    self.column = column
  }

  /// An error about the tensor.
  public func error(_ message: String) -> SourceError {
    SourceError(message, path: path, line: line, column: column)
  }
}

extension SourceModel {
  /// A model whose document is a flat object of exactly its tensors.
  static func flat(_ tensors: [FloatTensor], origins: [SourceOrigin]) -> SourceModel {
    SourceModel(
      tensors: tensors,
      document: .object(
        tensors.enumerated().map { .init($0.element.name, .tensor(TensorReference(index: $0.offset))) }),
      origins: origins, kind: .json)
  }

  /// The limit on names that a container sets, checked here where the place in the source is known.
  static func check(name: String, _ origin: SourceOrigin) throws(SourceError) {
    guard !name.isEmpty else { throw origin.error("expected a tensor name, found an empty one") }
    guard name.utf8.count <= 255 else {
      throw origin.error("expected a tensor name of at most 255 bytes, found one of \(name.utf8.count)")
    }
    guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      let escaped = name.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
      throw origin.error("expected a tensor name without control characters, found \"\(escaped)\"")
    }
  }

  /// The limits on a model as a whole.
  func checked() throws(SourceError) -> SourceModel {
    guard tensors.count <= 65_535 else {
      throw origins[65_535].error("expected at most 65535 tensors, found \(tensors.count)")
    }
    // By their bytes: as strings, names that Unicode calls equivalent would be one.
    var seen: Set<[UInt8]> = []
    for (tensor, origin) in zip(tensors, origins) {
      try Self.check(name: tensor.name, origin)
      guard seen.insert(Array(tensor.name.utf8)).inserted else {
        throw origin.error("expected each tensor name once, found '\(tensor.name)' again")
      }
    }
    return self
  }
}
