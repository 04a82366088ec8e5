import Pare
import PareEncode
import PareFormat

/// What is known about one tensor, and what other encodings of the same content would cost.
struct TensorFacts {
  let name: String
  let record: TensorRecord
  let provenance: ProvenanceRecord?

  /// The elements that do not decode to +0.
  let nnz: Int

  /// The order-0 entropy of the codes in bits a weight; nil for floats.
  let entropy: Double?

  /// The encodings that hold the same values, this one among them: the one that `convert` chooses, then the others by bytes.
  let alternatives: [Alternative]

  /// An encoding and its cost in bytes: its record, the name aside, and its payload.
  struct Alternative {
    let encoding: Encoding
    let byteCount: Int
  }

  var shape: Shape { record.shape }
  var encoding: Encoding { record.encoding }
  var payloadByteCount: Int { record.parts.byteCount }

  init(_ tensor: ModelTensor, _ provenance: ProvenanceRecord?) {
    name = tensor.name
    record = tensor.tensor.record
    self.provenance = provenance
    let values = tensor.floats()
    let stored = PruningMask(count: values.count) { values[$0].bitPattern != 0 }
    nnz = stored.keptCount
    let bytes = tensor.model.bytes
    entropy = tensor.tensor.storedEntropy(in: bytes)
    var alternatives = Self.alternatives(record, stored)
    if record.encoding.coded == nil, record.shape.elementCount <= Self.mostCodedElements {
      let options = EncodingOptions(profile: .compact, alignment: tensor.model.container.header.alignment)
      let repacked = TensorRepacker.repack(
        tensor.tensor, name: name, provenance: nil, in: bytes, options: options, checksum: ZlibChecksum.self)
      alternatives += repacked.candidates.filter { $0.encoding.coded != nil }.map {
        Alternative(encoding: $0.encoding, byteCount: $0.byteCount)
      }
      alternatives.sort { $0.byteCount < $1.byteCount }
      // Entropy coding that saves too little is not chosen.
      let inPlace = alternatives.firstIndex { $0.encoding.coded == nil }
      if let inPlace, alternatives[inPlace].byteCount < alternatives[0].byteCount + options.leastSaving {
        alternatives.insert(alternatives.remove(at: inPlace), at: 0)
      }
    }
    self.alternatives = alternatives
  }

  /// Larger tensors are not entropy coded just to see what that would cost.
  private static let mostCodedElements = 1 << 20

  /// What this encoding costs.
  var cost: Int { Self.cost(shape, encoding) ?? 0 }

  /// One sentence: why this encoding, in numbers.
  var why: String {
    let others = alternatives.filter { $0.encoding != encoding }
    let entropy = entropy.map { "; order-0 entropy \(fixed($0, 2)) bits/w" } ?? ""
    guard let next = others.first else { return "the only encoding of these values" + entropy }
    let words = others.map { "\($0.encoding.position.words) \($0.byteCount)" }.joined(separator: ", ")
    if next.byteCount < cost, alternatives.first?.encoding != encoding {
      return "\(cost) bytes; smaller would be: \(words)" + entropy
    }
    return "\(cost) bytes with its record; \(words)" + entropy
  }

  /// The same elements with every way to state positions.
  private static func alternatives(_ record: TensorRecord, _ stored: PruningMask) -> [Alternative] {
    let shape = record.shape
    var encodings = [record.encoding]
    if let dense = denseElement(record.encoding, hasZeros: stored.droppedCount > 0) {
      if record.encoding.position != .dense { encodings.append(Encoding(element: dense, position: .dense)) }
    }
    let sparse = sparseElement(record.encoding, hasZeros: stored.droppedCount > 0)
    for parameters in stored.candidates(shape: shape) where parameters.kind != record.encoding.sparse?.kind {
      encodings.append(Encoding(element: sparse, position: .sparse(parameters)))
    }
    let found = encodings.compactMap { encoding in
      cost(shape, encoding).map { Alternative(encoding: encoding, byteCount: $0) }
    }
    // `sorted` keeps the order of equal costs, this encoding first.
    return found.sorted { $0.byteCount < $1.byteCount }
  }

  /// The element coding that a dense tensor of these values has, nil when there is none: a sign has no zero, and a
  /// codebook needs an entry for it.
  private static func denseElement(_ encoding: Encoding, hasZeros: Bool) -> ElementCoding? {
    guard encoding.nnz != nil, hasZeros else { return encoding.element }
    if encoding.affine?.isSign == true { return nil }
    guard let codebook = encoding.codebook else { return encoding.element }
    guard codebook.entryCount < 256 else { return nil }
    return .codebook(CodebookParameters(entryCount: codebook.entryCount + 1, entryType: codebook.entryType))
  }

  /// The element coding that a sparse tensor of these values has: a codebook without the entry 0.
  private static func sparseElement(_ encoding: Encoding, hasZeros: Bool) -> ElementCoding {
    guard encoding.nnz == nil, hasZeros, let codebook = encoding.codebook else { return encoding.element }
    return .codebook(
      CodebookParameters(entryCount: max(2, codebook.entryCount - 1), entryType: codebook.entryType))
  }

  /// The bytes of record and payload, nil where the format does not allow the encoding.
  private static func cost(_ shape: Shape, _ encoding: Encoding) -> Int? {
    guard let parts = PayloadParts(shape: shape, encoding: encoding, largest: Header(isLarge: true).largestSize),
      TensorRecord.isAllowed(elementCount: shape.elementCount, payloadByteCount: parts.byteCount)
    else { return nil }
    var counter = ByteCounter()
    let name: [UInt8] = []
    TensorRecord.write(name: name.span, shape: shape, encoding: encoding, checksum: 0, to: &counter)
    return counter.count + parts.byteCount
  }
}

/// Counts bytes instead of writing them.
private struct ByteCounter: ByteSink {
  var count = 0
  mutating func append(_ byte: UInt8) { count += 1 }
}
