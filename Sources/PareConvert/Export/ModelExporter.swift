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
  /// A file of a format that has one for each tensor.
  public struct File: Sendable, Equatable {
    /// The tensor's index in the directory.
    public let tensor: Int

    /// A name without folders, different from the other files' even where case does not count.
    public let name: String
  }

  /// Gives the floats of the tensor at a directory index, in its stored axis order.
  public typealias Values = (_ tensor: Int) throws -> FloatBuffer

  let tensors: [ExportTensor]

  /// References count in `tensors`.
  let document: SourceDocument
  let kind: SourceKind

  /// Directory indices in source order.
  public let sourceOrder: [Int]

  /// `tensors` are the directory's, in its order. Throws when `layout` does not fit them.
  public init(_ tensors: [ExportTensor], layout: SourceLayout, path: String = "source section") throws(SourceError) {
    self.tensors = tensors
    func flat(_ order: [Int]) -> SourceDocument {
      .object(order.map { .init(tensors[$0].name, .tensor(TensorReference(index: $0))) })
    }
    switch layout {
    case .plain:
      document = flat(Array(tensors.indices))
      kind = .json
    case .order(let order):
      guard order.sorted() == Array(tensors.indices) else {
        throw SourceError("expected each tensor once in the source's order", path: path)
      }
      document = flat(order)
      kind = .json
    case .template(let byte, let text):
      // A later kind is not ours to read; the tensors are.
      if let kind = SourceKind(rawValue: byte) {
        self.kind = kind
        document = try parseTemplate(kind: byte, text: text, names: tensors.map(\.name), path: path)
      } else {
        kind = .json
        document = flat(Array(tensors.indices))
      }
    }
    let references = document.references
    for reference in references where (reference.permutation ?? []).count != tensors[reference.index].shape.count {
      guard reference.permutation == nil else {
        throw SourceError("the axes of @\(reference.index) are not those of the tensor", path: path)
      }
    }
    sourceOrder = references.map(\.index)
    if kind == .tables {
      for format in TableFormat.formats(of: document) {
        try TableWriter(tensors[format.reference.index].shape, format).check(path)
      }
    }
  }

  /// The files of a format that has one for each tensor, in source order; of others none.
  public func files(_ format: ExportFormat) -> [File] {
    guard format.isPerTensor else { return [] }
    var taken: Set<String> = []
    return sourceOrder.map { index in
      let suffix = "." + (format == .npy ? "npy" : tableFormat(index).usableExtension)
      let stem = FileName.make(tensors[index].name)
      var name = stem + suffix
      var number = 2
      while !taken.insert(name.lowercased()).inserted {
        name = "\(stem)_\(number)\(suffix)"
        number += 1
      }
      return File(tensor: index, name: name)
    }
  }

  /// Writes the whole model as JSON, npz or f32. Precondition: the format is one of them.
  public func write<Sink: ByteSink>(_ format: ExportFormat, to sink: inout Sink, values: Values) throws {
    precondition(!format.isPerTensor, "\(format) has a file for each tensor")
    switch format {
    case .json:
      var writer = DocumentWriter(tensors, sink)
      try writer.write(document, values)
      writer.output.append("\n")
      sink = try writer.output.finish()
    case .npz:
      var writer = ArchiveWriter(sink)
      for index in sourceOrder { try writer.add(tensors[index], try values(index)) }
      sink = try writer.finish()
    default:
      for index in sourceOrder { try write(try values(index), to: &sink) }
    }
  }

  /// Writes one tensor as CSV or npy. Precondition: the format is one of them.
  public func write<Sink: ByteSink>(
    tensor index: Int, as format: ExportFormat, to sink: inout Sink, values: Values
  ) throws {
    precondition(format.isPerTensor, "\(format) holds all tensors")
    let floats = try values(index)
    guard format == .csv else {
      let header = NumpyWriter.header(tensors[index].shape)
      try sink.write(header.span)
      try write(floats, to: &sink)
      return
    }
    var output = BufferedSink(sink)
    try TableWriter(tensors[index].shape, tableFormat(index)).write(floats, to: &output)
    sink = try output.finish()
  }

  private func write<Sink: ByteSink>(_ floats: FloatBuffer, to sink: inout Sink) throws {
    try sink.write(floats.bytes)
  }

  /// The source's own table format, or the default one.
  private func tableFormat(_ index: Int) -> TableFormat {
    guard kind == .tables else { return TableFormat(TensorReference(index: index)) }
    return TableFormat.formats(of: document).first { $0.reference.index == index }
      ?? TableFormat(TensorReference(index: index))
  }
}
