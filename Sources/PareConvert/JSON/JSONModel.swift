import PareEncode

/// Turns a parsed JSON tree into named tensors and a document.
struct JSONModel {
  private let path: String
  private var arrays: [ParsedArray]
  private var tensors: [FloatTensor] = []
  private var origins: [SourceOrigin] = []

  /// The paths of tensors that a known wrapper starts, by tensor: the name to use when it is no duplicate.
  private var wrapped: [Int: String] = [:]

  /// Reads the JSON text in `source`. A bare array is named `stem`.
  static func read(_ source: SourceBytes, stem: String) throws(SourceError) -> SourceModel {
    var parser = JSONParser(source)
    var root = try parser.parseDocument()
    let leftOut = TrainingState.remove(from: &root)
    var model = JSONModel(path: source.path, arrays: parser.arrays)
    parser.arrays = []
    let document: SourceDocument
    if let layers = LayerList(root) {
      document = try model.document(of: layers, root)
    } else if case .numbers = root {
      document = try model.document(of: root, name: stem, takesScalars: false)
    } else {
      document = try model.document(of: root, name: "", takesScalars: ScalarTensors.areTaken(ofRoot: root))
    }
    guard !model.tensors.isEmpty else {
      throw SourceError(
        "this JSON text has no arrays of numbers; expected named arrays, as in {\"weight\": [[0.5, -1.0]]}",
        path: source.path)
    }
    model.stripWrappers()
    var notes: [String] = []
    if !leftOut.isEmpty {
      let keys = leftOut.joined(separator: ", ")
      notes.append(Note.about(source.path, "left out: \(keys); that is the state of training, not weights"))
    }
    return try SourceModel(
      tensors: model.tensors, document: document, origins: model.origins, kind: .json, notes: notes
    ).checked()
  }

  private init(path: String, arrays: [ParsedArray]) {
    self.path = path
    self.arrays = arrays
  }

  /// The document of a value whose key path is `name`; `takesScalars` says that it is of a state_dict (`ScalarTensors`).
  private mutating func document(
    of node: JSONNode, name: String, takesScalars: Bool
  ) throws(SourceError) -> SourceDocument {
    switch node {
    case .object(let members):
      let isRoot = name.isEmpty
      var result: [SourceDocument.Member] = []
      result.reserveCapacity(members.count)
      for member in members {
        let first = tensors.count
        let value: SourceDocument
        let memberName = isRoot ? member.key : name + "." + member.key
        if case .number(let text, let position) = member.value,
          (takesScalars && ScalarTensors.isFloat(text)) || JSONKeys.scalarTensors.contains(member.key)
        {
          value = try scalar(text, position, name: memberName)
        } else {
          let isWrapper = isRoot && JSONKeys.wrappers.contains(member.key)
          let isState = isWrapper ? ScalarTensors.areTaken(ofWrapper: member.value, in: node) : takesScalars
          value = try document(
            of: member.value, name: memberName,
            takesScalars: isState && !JSONKeys.settingsObjects.contains(member.key))
          if isWrapper, case .object = member.value {
            for index in first..<tensors.count {
              wrapped[index] = String(Substring(tensors[index].name.utf8.dropFirst(member.key.utf8.count + 1)))
            }
          }
        }
        result.append(.init(member.key, value))
      }
      return .object(result)
    case .array(let elements):
      var result: [SourceDocument] = []
      result.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() {
        result.append(
          try document(of: element, name: name.isEmpty ? String(index) : "\(name).\(index)", takesScalars: takesScalars)
        )
      }
      return .array(result)
    case .numbers(let index): return .tensor(add(index, name: name, permutation: nil))
    case .string(let text): return .string(text)
    case .number(let text, _): return .number(text)
    case .bool(let value): return .bool(value)
    case .null: return .null
    case .reference(let reference): return .tensor(reference)
    case .joined(let references): return .joined(references)
    }
  }

  /// A number that is a tensor of rank 0.
  private mutating func scalar(
    _ text: String, _ position: SourcePosition, name: String
  ) throws(SourceError) -> SourceDocument {
    let source = SourceBytes(copying: Array(text.utf8), path: path)
    guard case .value(let value, _) = NumberText.read(source, at: 0, limit: source.count, .json) else {
      throw SourceError(
        "expected a number that a 32-bit float holds (at most 3.4028235e38), found \(text)", path: path, at: position)
    }
    tensors.append(FloatTensor(name: name, shape: [], values: FloatBuffer(CollectionOfOne(value))))
    origins.append(SourceOrigin(path: path, line: position.line, column: position.column))
    return .tensor(TensorReference(index: tensors.count - 1))
  }

  /// Makes a tensor of a parsed array, its axes permuted.
  private mutating func add(_ index: Int, name: String, permutation: [Int]?) -> TensorReference {
    let array = arrays[index]
    // The array's floats are moved, not shared, so that a transposed copy replaces them at once.
    arrays[index].values = FloatBuffer()
    let isIdentity = permutation.map { $0 == Array($0.indices) } ?? true
    let permutation = isIdentity ? nil : permutation
    if let permutation {
      tensors.append(
        FloatTensor(
          name: name, shape: permutation.map { array.shape[$0] },
          values: AxisPermutation(permutation, of: array.shape).apply(to: array.values)))
    } else {
      tensors.append(FloatTensor(name: name, shape: array.shape, values: array.values))
    }
    origins.append(SourceOrigin(path: path, line: array.position.line, column: array.position.column))
    return TensorReference(index: tensors.count - 1, permutation: permutation, areStrings: array.areStrings)
  }

  /// Drops a wrapper's key from its tensors' names unless a name would occur twice.
  private mutating func stripWrappers() {
    guard !wrapped.isEmpty else { return }
    let names = tensors.indices.map { wrapped[$0] ?? tensors[$0].name }
    guard Set(names.map { Array($0.utf8) }).count == names.count, !names.contains("") else { return }
    for index in tensors.indices {
      tensors[index] = FloatTensor(name: names[index], shape: tensors[index].shape, values: tensors[index].values)
    }
  }

  /// The document of a layer list: as any other, but the layers' arrays have the names and axes of their type.
  private mutating func document(of layers: LayerList, _ root: JSONNode) throws(SourceError) -> SourceDocument {
    let roles = try layers.roles(arrays, path: path)
    guard case .object(let members) = root else { preconditionFailure("a layer list is an object") }
    var result: [SourceDocument.Member] = []
    for member in members {
      guard member.key == "layers", case .array(let elements) = member.value else {
        result.append(.init(member.key, try document(of: member.value, name: member.key, takesScalars: false)))
        continue
      }
      var list: [SourceDocument] = []
      for (index, element) in elements.enumerated() {
        list.append(try document(ofLayer: element, name: "layers.\(index)", roles))
      }
      result.append(.init(member.key, .array(list)))
    }
    return .object(result)
  }

  private mutating func document(
    ofLayer layer: JSONNode, name: String, _ roles: [Int: LayerList.Role]
  ) throws(SourceError) -> SourceDocument {
    guard case .object(let members) = layer else { return try document(of: layer, name: name, takesScalars: false) }
    var result: [SourceDocument.Member] = []
    for member in members {
      guard member.key == "weights", case .array(let elements) = member.value else {
        result.append(
          .init(member.key, try document(of: member.value, name: name + "." + member.key, takesScalars: false)))
        continue
      }
      var list: [SourceDocument] = []
      for (index, element) in elements.enumerated() {
        if case .numbers(let array) = element, let role = roles[array] {
          list.append(.tensor(add(array, name: role.name, permutation: role.permutation)))
        } else {
          list.append(try document(of: element, name: "\(name).weights.\(index)", takesScalars: false))
        }
      }
      result.append(.init(member.key, .array(list)))
    }
    return .object(result)
  }
}
