public import PareEncode

/// A tensor as its container's directory states it.
public struct ExportTensor: Sendable {
  /// The name.
  public let name: String

  /// The extents, outermost first.
  public let shape: [Int]

  /// Creates a tensor's description.
  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// What a model is exported to.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// The source's own JSON text, or a flat object.
  case json
  /// A table for each tensor, the source's own where it was one.
  case csv
  /// A version 1 array of little-endian f32 for each tensor.
  case npy
  /// A zip archive of those, stored, with fixed times.
  case npz
  /// Little-endian f32 of all tensors in source order.
  case f32

  /// Whether each tensor makes a file of its own.
  public var isPerTensor: Bool { self == .csv || self == .npy }
}

/// Writes a container's tensors in another format. One tensor's floats are in memory at a time; the same tensors and
/// layout give the same bytes on every machine.
public struct ModelExporter: Sendable {
  /// A file of a format that has one for each tensor, or a member of an archive.
  public struct File: Sendable, Equatable {
    /// The tensor's index in the directory.
    public let tensor: Int

    /// The file's name without folders, different from the other files' even where case does not count; or the member's.
    public let name: String

    /// What is the tensor's name once the extension is taken off.
    let stem: String
  }

  /// Gives the floats of the tensor at a directory index, in its stored axis order.
  public typealias Values = (_ tensor: Int) throws -> FloatBuffer

  let tensors: [ExportTensor]

  /// References count in `tensors`.
  let document: SourceDocument
  let kind: SourceKind

  /// The container's path, for errors.
  let path: String

  /// Why the source's layout is not used: its text is none of these tensors.
  let unusedLayout: SourceError?

  /// Directory indices in source order; a tensor that folding made is not among them.
  public let sourceOrder: [Int]

  /// What was folded into which weight.
  private let foldings: [Int: Folding]

  /// `tensors` are the directory's, in its order. Throws when the source's order does not fit them; a source text that
  /// does not is not used, as the tensors are whole without it.
  public init(_ tensors: [ExportTensor], layout: SourceLayout, path: String = "source section") throws(SourceError) {
    self.tensors = tensors
    self.path = path
    var document = Self.flat(tensors, Array(tensors.indices))
    var kind = SourceKind.json
    var unusedLayout: SourceError?
    switch layout {
    case .plain: break
    case .order(let order):
      guard order.sorted() == Array(tensors.indices) else {
        throw SourceError("expected each tensor once in the source's order", path: path)
      }
      document = Self.flat(tensors, order)
    case .template(let byte, let text):
      // A later kind is not ours to read; the tensors are.
      guard let found = SourceKind(rawValue: byte) else { break }
      do throws(SourceError) {
        document = try Self.document(found, text, tensors, path)
        kind = found
      } catch { unusedLayout = error }
    }
    self.document = document
    self.kind = kind
    self.unusedLayout = unusedLayout
    sourceOrder = document.references.map(\.index)
    foldings = Dictionary(
      document.references.compactMap { reference in reference.folding.map { (reference.index, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// An object of nothing but the tensors.
  private static func flat(_ tensors: [ExportTensor], _ order: [Int]) -> SourceDocument {
    .object(order.map { .init(tensors[$0].name, .tensor(TensorReference(index: $0))) })
  }

  /// The document that a source text states. Throws when it does not fit the tensors.
  private static func document(
    _ kind: SourceKind, _ text: [UInt8], _ tensors: [ExportTensor], _ path: String
  ) throws(SourceError) -> SourceDocument {
    let document = try parseTemplate(kind: kind.rawValue, text: text, names: tensors.map(\.name), path: path)
    for reference in document.references {
      guard let permutation = reference.permutation else { continue }
      guard permutation.count == tensors[reference.index].shape.count else {
        throw SourceError("the axes of @\(reference.index) are not those of the tensor", path: path)
      }
    }
    for reference in document.references {
      guard let folding = reference.folding else { continue }
      let shape = tensors[reference.index].shape
      let rowCount = shape.count < 2 ? 1 : shape[0]
      for index in folding.sourceTensors where tensors[index].shape.reduce(1, *) != rowCount {
        throw SourceError("the normalization of @\(reference.index) does not fit the tensor", path: path)
      }
    }
    if kind == .tables {
      for format in TableFormat.formats(of: document) {
        try TableWriter(format.reference.sourceShape(tensors[format.reference.index].shape), format).check(path)
      }
    }
    return document
  }

  /// The files of a format that has one for each tensor, or the members of an npz archive, in source order; of others
  /// none. A name that can be a tensor's own is, whatever the others are; then one that is taken gets a number.
  public func files(_ format: ExportFormat) -> [File] {
    guard format.isPerTensor || format == .npz else { return [] }
    var taken: Set<TakenName> = []
    var files: [Int: File] = [:]
    for keepsName in [true, false] {
      for index in sourceOrder {
        let own = tensors[index].name
        let stem = format == .npz ? FileName.makeMember(own) : FileName.make(own)
        guard stem.utf8.elementsEqual(own.utf8) == keepsName else { continue }
        let suffix = "." + (format == .csv ? tableFormat(index).usableExtension : "npy")
        var file = File(tensor: index, name: stem + suffix, stem: stem)
        var number = 2
        while !taken.insert(TakenName(file.name, isMember: format == .npz)).inserted {
          file = File(tensor: index, name: "\(stem)_\(number)\(suffix)", stem: "\(stem)_\(number)")
          number += 1
        }
        files[index] = file
      }
    }
    return sourceOrder.compactMap { files[$0] }
  }

  /// Writes the whole model as JSON, npz or f32. Precondition: the format is one of them.
  public func write<Sink: ByteSink>(_ format: ExportFormat, to sink: inout Sink, values stored: Values) throws {
    precondition(!format.isPerTensor, "\(format) has a file for each tensor")
    func values(_ index: Int) throws -> FloatBuffer { try unfolded(index, stored) }
    switch format {
    case .json:
      // What surrounds a table's numbers has no place in JSON.
      let document = kind == .tables ? Self.flat(tensors, sourceOrder) : document
      try requireFewLists(document)
      var writer = DocumentWriter(tensors, sink)
      try writer.write(document, values)
      writer.output.append("\n")
      sink = try writer.output.finish()
    case .npz:
      var writer = ArchiveWriter(sink)
      for file in files(.npz) { try writer.add(file.name, tensors[file.tensor].shape, try values(file.tensor)) }
      sink = try writer.finish()
    default:
      for index in sourceOrder { try write(try values(index), to: &sink) }
    }
  }

  /// Writes one tensor as CSV or npy. Precondition: the format is one of them.
  public func write<Sink: ByteSink>(
    tensor index: Int, as format: ExportFormat, to sink: inout Sink, values stored: Values
  ) throws {
    precondition(format.isPerTensor, "\(format) holds all tensors")
    guard format == .csv else {
      let header = NumpyWriter.header(tensors[index].shape)
      let floats = try unfolded(index, stored)
      try sink.write(header.span)
      try write(floats, to: &sink)
      return
    }
    let table = tableFormat(index)
    let shape = table.reference.sourceShape(tensors[index].shape)
    try requireFewLines(shape, index)
    var output = BufferedSink(sink)
    let floats = table.reference.sourceFloats(try unfolded(index, stored), stored: tensors[index].shape)
    try TableWriter(shape, table).write(floats, to: &output)
    sink = try output.finish()
  }

  /// A tensor's floats, of a weight without the normalization that was folded into it.
  private func unfolded(_ index: Int, _ stored: Values) throws -> FloatBuffer {
    let floats = try stored(index)
    guard let folding = foldings[index] else { return floats }
    let factors = Folding.factors(
      variance: try stored(folding.variance), gamma: try folding.gamma.map(stored), epsilon: folding.epsilon)
    return Folding.unfold(floats, factors)
  }

  private func write<Sink: ByteSink>(_ floats: FloatBuffer, to sink: inout Sink) throws {
    try sink.write(floats.bytes)
  }

  /// The source's own table format, or the default one.
  func tableFormat(_ index: Int) -> TableFormat {
    guard kind == .tables else { return TableFormat(TensorReference(index: index)) }
    return TableFormat.formats(of: document).first { $0.reference.index == index }
      ?? TableFormat(TensorReference(index: index))
  }
}
