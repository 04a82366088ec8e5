public import PareFormat

/// Stores the content of a tensor in another profile: the same elements, dense or sparse as before, with the fewest bytes.
public enum TensorRepacker {
  /// Repacks a validated tensor.
  ///
  /// There and back gives the same bytes for what this package has written: the choice depends on the content alone.
  /// Deterministic; linear in the elements times the number of encodings compared.
  /// - Parameters:
  ///   - tensor: the tensor, of the container whose bytes `bytes` are.
  ///   - provenance: what the container says about its source.
  public static func repack<C: Checksum>(
    _ tensor: Tensor, name: String, provenance: ProvenanceRecord?, in bytes: Span<UInt8>, options: EncodingOptions,
    checksum: C.Type
  ) -> EncodedTensor {
    let content = content(of: tensor, bytes)
    let shape = tensor.shape
    var stored: PruningMask?
    if tensor.encoding.nnz != nil {
      var kept = [Bool](repeating: false, count: shape.elementCount)
      tensor.forEachStored(bytes) { element, _ in kept[element] = true }
      stored = PruningMask(count: kept.count) { kept[$0] }
    }
    let candidates = EncodingChoice.all(of: content, shape: shape, stored: stored, options: options)
    // In place there is always one.
    let best = candidates[0]
    let mask = stored ?? PruningMask(count: shape.elementCount) { _ in true }
    let prefix = PayloadBuilder(best, shape: shape, stored: mask).bytes
    let coded = best.coded ?? []
    let crc = checksum.update(checksum.update(0, prefix.span, 0..<prefix.count), coded.span, 0..<coded.count)
    return EncodedTensor(
      name: name, shape: shape, encoding: best.encoding, payload: .bytes(prefix, coded: coded), checksum: crc,
      sourceChecksum: provenance?.sourceChecksum ?? 0, errors: provenance.map(ErrorStatistics.init(recorded:)),
      nonZeroCount: mask.keptCount, outcome: .encoded,
      candidates: candidates.map { .init(encoding: $0.encoding, byteCount: $0.byteCount) })
  }

  private static func content(of tensor: Tensor, _ bytes: Span<UInt8>) -> StoredContent {
    var fields = [UInt32](repeating: 0, count: tensor.shape.elementCount)
    tensor.forEachStored(bytes) { element, field in fields[element] = field }
    var content = StoredContent(element: tensor.encoding.element) { fields[$0] }
    if let affine = tensor.encoding.affine {
      let count = affine.granularity.scaleCount(of: tensor.shape)
      content.scales = (0..<count).map { tensor.scale($0, in: bytes) }
      if affine.hasZeroPoints { content.zeroPoints = (0..<count).map { Int16(tensor.zeroPoint($0, in: bytes)) } }
    }
    if let codebook = tensor.encoding.codebook {
      content.entries = (0..<codebook.entryCount).map { tensor.entry($0, in: bytes) }
    }
    return content
  }
}

extension EncodingChoice {
  /// The encodings of a content that is dense, or sparse where `stored` is given, the cheapest first.
  fileprivate static func all(
    of content: StoredContent, shape: Shape, stored: PruningMask?, options: EncodingOptions
  ) -> [EncodingChoice] {
    var positions: [PositionCoding] = [.dense]
    if let stored {
      let known = stored.candidates(shape: shape)
      // A tensor that stores every element as if it were sparse has no better form.
      let full = SparseParameters(kind: .bitmap, nnz: stored.keptCount, blockRowsLog2: shape.rows > 1 ? 0 : nil)
      positions = known.isEmpty ? [.sparse(full)] : known.map { .sparse($0) }
    }
    var found = positions.compactMap { EncodingChoice(content, $0, shape) }
    if options.profile == .compact, shape.elementCount > 0, stored?.canBeCoded(content) ?? true {
      add(content, shape, stored, options.blockRowsLog2(of: shape), to: &found)
    }
    return found.cheapestFirst(options)
  }
}

extension ErrorStatistics {
  /// What a container records of them; the square of an f32 is exact in f64, and so is its root.
  fileprivate init(recorded record: ProvenanceRecord) {
    self.init(
      count: 1, maxAbsError: record.maxAbsError, noisePower: Double(record.rmsError) * Double(record.rmsError),
      signalPower: 0)
  }
}
