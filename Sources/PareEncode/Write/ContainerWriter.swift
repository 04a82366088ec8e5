public import PareFormat

/// How a container is laid out, beside its tensors.
public struct ContainerOptions: Sendable {
  /// Payloads start at multiples of this: 4, 16 or 64 bytes.
  public var alignment: Int

  /// Whether the provenance of lossy tensors is written.
  public var writesProvenance: Bool

  /// How the source looked around its tensors.
  public var layout: SourceLayout

  /// How the tensors make a model; its tensors are counted in the order in which they are given to `ContainerPlan`.
  public var model: ModelGraph?

  /// Creates options.
  public init(
    alignment: Int = 4, writesProvenance: Bool = true, layout: SourceLayout = .plain, model: ModelGraph? = nil
  ) {
    self.alignment = alignment
    self.writesProvenance = writesProvenance
    self.layout = layout
    self.model = model
  }
}

/// How the source looked around its tensors (spec sections 10.2 and 10.3).
public enum SourceLayout: Sendable, Equatable {
  /// A flat list in the directory's order.
  case plain
  /// A flat list; the directory indices in the source's order.
  case order([Int])
  /// Anything else: the kind and the text of a source section.
  case template(kind: UInt8, text: [UInt8])
}

/// A container that has been laid out: all bytes before the payloads, and where each payload goes.
///
/// The bytes depend only on the tensors and the options: the same input gives the same container on every machine.
public struct ContainerPlan: Sendable {
  /// Header and sections.
  public let prefix: [UInt8]

  /// The tensors in the directory's order.
  public let tensors: [EncodedTensor]

  private let header: Header

  /// The size of the container.
  public let byteCount: Int

  /// Lays out a container. Tensors may come in any order.
  ///
  /// Throws `badName` and `duplicateName` for names that the format does not allow, `tooManyTensors`, and `badModel`.
  public init<C: Checksum>(
    _ tensors: [EncodedTensor], options: ContainerOptions, checksum: C.Type
  ) throws(EncodeError) {
    let places = tensors.indices.sorted {
      tensors[$0].name.utf8.lexicographicallyPrecedes(tensors[$1].name.utf8)
    }
    let sorted = places.map { tensors[$0] }
    try Self.requireNames(sorted)
    var order = places
    for (index, place) in places.enumerated() { order[place] = index }
    let model = try options.model?.body(order: order, shapes: sorted.map(\.shape)) ?? []
    let readerMinimum = Self.readerMinimum(sorted)
    var header = Header(alignment: options.alignment, isLarge: false, readerMinimum: readerMinimum)
    var prefix = Self.sections(sorted, options, model, header, checksum)
    var end = Self.end(of: sorted, behind: prefix.count, header)
    if end > header.largestSize || sorted.contains(where: { $0.shape.elementCount > header.largestSize / 4 }) {
      header = Header(alignment: options.alignment, isLarge: true, readerMinimum: readerMinimum)
      prefix = Self.sections(sorted, options, model, header, checksum)
      end = Self.end(of: sorted, behind: prefix.count, header)
    }
    self.prefix = prefix
    self.tensors = sorted
    self.header = header
    byteCount = end
  }

  /// Gives the container's bytes to `sink`, in order, in as few pieces as there are payloads.
  public func write<Failure: Error>(
    to sink: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try sink(prefix.span)
    var end = prefix.count
    for tensor in tensors {
      let padding = [UInt8](repeating: 0, count: align(end, to: tensor.encoding.alignment(in: header)) - end)
      try sink(padding.span)
      switch tensor.payload {
      case .bytes(let bytes, let coded):
        try sink(bytes.span)
        if !coded.isEmpty { try sink(coded.span) }
      case .floats(let floats): try sink(floats.bytes)
      }
      end += padding.count + tensor.payloadByteCount
    }
  }

  private static func end(of tensors: [EncodedTensor], behind sectionsEnd: Int, _ header: Header) -> Int {
    tensors.reduce(sectionsEnd) { align($0, to: $1.encoding.alignment(in: header)) + $1.payloadByteCount }
  }

  /// The least minor version that reads the tensors: coded parts, and groups of rows, came with the second.
  private static func readerMinimum(_ tensors: [EncodedTensor]) -> UInt8 {
    let isSecond = tensors.contains { tensor in
      if case .group = tensor.encoding.affine?.granularity { return true }
      return tensor.encoding.coded != nil
    }
    return isSecond ? 2 : 1
  }

  private static func requireNames(_ tensors: [EncodedTensor]) throws(EncodeError) {
    guard tensors.count <= Container.maximumTensorCount else {
      throw EncodeError(.tooManyTensors, expected: "at most \(Container.maximumTensorCount) tensors in a container")
    }
    for tensor in tensors {
      guard isName(tensor.name) else {
        throw EncodeError(
          .badName, tensor: tensor.name, expected: "a name is 1 to 255 bytes of UTF-8 without control characters")
      }
    }
    for (first, second) in zip(tensors, tensors.dropFirst()) where first.name.utf8.elementsEqual(second.name.utf8) {
      throw EncodeError(.duplicateName, tensor: second.name, expected: "each tensor has a name of its own")
    }
  }

  /// Whether the format allows this name, of a tensor or of a model in a bank.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255
      && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  private static func sections<C: Checksum>(
    _ tensors: [EncodedTensor], _ options: ContainerOptions, _ model: [UInt8], _ header: Header, _ checksum: C.Type
  ) -> [UInt8] {
    var directory: [UInt8] = []
    for tensor in tensors {
      let name = Array(tensor.name.utf8)
      TensorRecord.write(
        name: name.span, shape: tensor.shape, encoding: tensor.encoding, checksum: tensor.checksum, to: &directory)
    }
    var bodies: [(SectionNumber, [UInt8])] = [(.directory, directory)]
    let provenance = options.writesProvenance ? self.provenance(tensors) : []
    if !provenance.isEmpty { bodies.append((.provenance, provenance)) }
    switch options.layout {
    case .plain: break
    case .order(let order):
      var body: [UInt8] = []
      for index in order { body.leb128(index) }
      bodies.append((.order, body))
    case .template(let kind, let text): bodies.append((.source, [kind] + text))
    }
    if !model.isEmpty { bodies.append((.model, model)) }

    var bytes: [UInt8] = []
    header.write(to: &bytes)
    var checked = 0
    for (index, (number, body)) in bodies.enumerated() {
      SectionFrame.writeStart(
        number, isLast: index == bodies.count - 1, byteCount: body.count, to: &bytes)
      bytes.append(contentsOf: body)
      bytes.u32(checksum.update(0, bytes.span, checked..<bytes.count))
      checked = bytes.count
    }
    return bytes
  }

  private static func provenance(_ tensors: [EncodedTensor]) -> [UInt8] {
    var body: [UInt8] = []
    var previous = -1
    for (index, tensor) in tensors.enumerated() {
      guard let errors = tensor.errors else { continue }
      let record = ProvenanceRecord(
        tensor: index, sourceChecksum: tensor.sourceChecksum, maxAbsError: errors.maxAbsError,
        rmsError: errors.rmsError)
      record.write(after: previous, to: &body)
      previous = index
    }
    return body
  }
}

extension EncodedTensor {
  /// The size of the payload.
  public var payloadByteCount: Int {
    switch payload {
    case .bytes(let bytes, let coded): bytes.count + coded.count
    case .floats(let floats): 4 * floats.count
    }
  }
}
