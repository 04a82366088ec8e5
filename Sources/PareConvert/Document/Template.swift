public import PareEncode

extension SourceModel {
  /// What a container records to give the source's layout back. Linear in the document.
  ///
  /// A table set of nothing but default files (`.csv` with commas) is recorded as a flat object.
  public func layout() -> SourceLayout {
    let directory = tensors.indices.sorted {
      tensors[$0].name.utf8.lexicographicallyPrecedes(tensors[$1].name.utf8)
    }
    var ranks = directory
    for (rank, index) in directory.enumerated() { ranks[index] = rank }
    guard let flat = flatOrder else {
      var writer = TemplateWriter(names: tensors.map(\.name), ranks: ranks)
      writer.write(document)
      return .template(kind: kind.rawValue, text: writer.text)
    }
    let order = flat.map { ranks[$0] }
    return order == Array(order.indices) ? .plain : .order(order)
  }

  /// The tensors' indices in document order when the document is a flat object of exactly the tensors, or a table set
  /// of default files.
  private var flatOrder: [Int]? {
    var order: [Int] = []
    switch kind {
    case .json:
      guard case .object(let members) = document else { return nil }
      for member in members {
        guard case .tensor(let reference) = member.value, reference.isPlain,
          tensors[reference.index].name == member.key
        else { return nil }
        order.append(reference.index)
      }
    case .tables:
      let formats = TableFormat.formats(of: document)
      guard formats.allSatisfy(\.isDefault) else { return nil }
      order = formats.map(\.reference.index)
    }
    return order.count == tensors.count ? order : nil
  }
}

/// Writes a document as template text.
struct TemplateWriter {
  private let names: [String]

  /// The directory's index of each tensor.
  private let ranks: [Int]

  private(set) var text: [UInt8] = []

  init(names: [String], ranks: [Int]) {
    self.names = names
    self.ranks = ranks
  }

  mutating func write(_ document: SourceDocument) {
    switch document {
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        if case .tensor(let reference) = member.value, names[reference.index] == member.key {
          write(reference)
        } else {
          JSONString.append(member.key, to: &text)
          text.append(UInt8(ascii: ":"))
          write(member.value)
        }
      }
      text.append(UInt8(ascii: "}"))
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        write(element)
      }
      text.append(UInt8(ascii: "]"))
    case .string(let string): JSONString.append(string, to: &text)
    case .number(let number): text.append(contentsOf: number.utf8)
    case .bool(let value): text.append(contentsOf: (value ? "true" : "false").utf8)
    case .null: text.append(contentsOf: "null".utf8)
    case .tensor(let reference): write(reference)
    case .joined(let references):
      text.append(contentsOf: "@[".utf8)
      for (index, reference) in references.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        writeIndex(reference)
      }
      text.append(UInt8(ascii: "]"))
    }
  }

  private mutating func write(_ reference: TensorReference) {
    text.append(UInt8(ascii: "@"))
    writeIndex(reference)
  }

  /// A reference without its sign.
  private mutating func writeIndex(_ reference: TensorReference) {
    text.append(contentsOf: "\(ranks[reference.index])".utf8)
    if let permutation = reference.permutation {
      let axes = permutation.indices.map { (reference.reversedAxes.contains($0) ? "-" : "") + "\(permutation[$0])" }
      text.append(contentsOf: "(\(axes.joined(separator: ",")))".utf8)
    }
    if let folding = reference.folding?.renumbered({ ranks[$0] }) {
      let optional = [folding.gamma, folding.beta, folding.bias].map { $0.map(String.init) ?? "-" }
      let fields = ["\(folding.mean)", "\(folding.variance)"] + optional + ["\(folding.folded)"]
      text.append(contentsOf: "*(\(fields.joined(separator: ",")),\(folding.epsilon.bitPattern))".utf8)
    }
    if reference.areStrings { text.append(UInt8(ascii: "s")) }
  }
}
