public import PareFormat

/// Encodes tensors: every representation of the requested values is costed, and the smallest is built.
public enum TensorEncoder {
  /// Encodes one tensor.
  ///
  /// Where what was asked for would not take fewer bytes than dense f32, the floats are kept as they are; so they are where only
  /// entropy coding would make it shrink, and not below what that makes of the floats.
  /// A step with a target in decibels rounds by `Rounding.rateDistortion` in the compact profile, to the nearest in the other, whose
  /// sizes do not depend on how often a code occurs. Deterministic; linear in the elements times the number of candidates. Throws what quantizing throws,
  /// `shapeTooLarge`, and `notFinite` where a mask is given for a tensor with a NaN or an infinity.
  /// - Parameters:
  ///   - mask: the elements that pruning keeps; nil keeps all.
  ///   - settings: what was asked for, pruning aside, which `mask` is the result of.
  ///   - options: which encodings are compared.
  ///   - chosen: the step that the plan chose for this tensor, where it is quantized with `modelStep`.
  public static func encode<C: Checksum>(
    _ tensor: FloatTensor, mask: PruningMask?, settings: TensorSettings, options: EncodingOptions = EncodingOptions(),
    chosen: ChosenStep? = nil, checksum: C.Type
  ) throws(EncodeError) -> EncodedTensor {
    let shape = try self.shape(of: tensor)
    if mask != nil { try requireFinite(tensor) }
    let kept = ElementContents.floats(tensor, mask: nil)
    let dropsSome = mask.map { $0.droppedCount > 0 } ?? false
    guard settings.quantization != .unquantized || dropsSome else {
      return build(
        tensor, shape, kept, kept.candidates(shape: shape, options: options), errors: nil, outcome: .kept, checksum)
    }
    let (contents, found) = try lossy(tensor, mask, settings, options.rounding, chosen)
    let errors = found.maxAbsError == 0 ? nil : found
    let candidates = contents.candidates(shape: shape, options: options)
    let asFloats = kept.candidates(shape: shape, options: EncodingOptions()).first {
      $0.content.isSource && $0.encoding.position == .dense
    }
    let shrinksInPlace = candidates.contains { choice in
      choice.encoding.coded == nil && choice.byteCount < asFloats?.byteCount ?? 0
    }
    if !shrinksInPlace {
      let floats = kept.candidates(shape: shape, options: options)
      var byteCount = candidates.first?.byteCount
      if let best = candidates.first, best.encoding.coded != nil {
        // What says how much was lost must not take more than is saved.
        byteCount = best.cost(options) + (errors == nil ? 0 : provenanceByteCount)
      }
      guard let byteCount, byteCount < floats[0].cost(options) else {
        return build(
          tensor, shape, kept, floats, errors: nil, outcome: .wouldNotShrink(byteCount: byteCount), checksum)
      }
    }
    return build(tensor, shape, contents, candidates, errors: errors, outcome: .encoded, checksum)
  }

  /// The most that the provenance of a tensor takes, with the section that it may be the only one in.
  private static let provenanceByteCount = 24

  private static func lossy(
    _ tensor: FloatTensor, _ mask: PruningMask?, _ settings: TensorSettings, _ rounding: Rounding, _ chosen: ChosenStep?
  ) throws(EncodeError) -> (ElementContents, ErrorStatistics) {
    let values = tensor.values
    func narrowed(to element: ElementCoding) throws(EncodeError) -> (ElementContents, ErrorStatistics) {
      let decoded: (Int) -> Float = {
        mask?.keeps($0) != false ? ElementContents.rounded(values.span[$0], to: element) : 0
      }
      for element in 0..<values.count where values.span[element].isFinite && !decoded(element).isFinite {
        throw EncodeError(
          .rangeTooLarge, tensor: tensor.name, element: element, value: values.span[element],
          expected: "a weight rounds to infinity; keep this tensor's floats, or use bf16 for magnitudes above 65504")
      }
      return (
        .narrowed(tensor, mask: mask, to: element), ErrorStatistics(reference: values.span, decoded: decoded)
      )
    }
    switch settings.quantization {
    case .unquantized:
      return (
        .floats(tensor, mask: mask),
        ErrorStatistics(reference: values.span) { mask?.keeps($0) != false ? values.span[$0] : 0 }
      )
    case .half: return try narrowed(to: .f16)
    case .brain: return try narrowed(to: .bf16)
    case .integer, .powerOfTwo, .codebook, .step, .modelStep:
      let quantized = try settings.quantized(tensor, mask: mask, rounding: rounding, chosen: chosen)
      return (.codes(quantized), ErrorStatistics(of: quantized, source: tensor))
    }
  }

  private static func build<C: Checksum>(
    _ tensor: FloatTensor, _ shape: Shape, _ contents: ElementContents, _ candidates: [EncodingChoice],
    errors: ErrorStatistics?, outcome: EncodedTensor.Outcome, _ checksum: C.Type
  ) -> EncodedTensor {
    // Dense f32 is always among the candidates: it keeps every limit.
    let best = candidates[0]
    let isSource = best.content.isSource && best.encoding.position == .dense
    let payload: EncodedTensor.Payload
    let crc: UInt32
    if isSource {
      payload = .floats(tensor.values)
      crc = checksum.update(0, tensor.values.bytes, 0..<4 * tensor.values.count)
    } else {
      let bytes = PayloadBuilder(best, shape: shape, stored: contents.stored).bytes
      let coded = best.coded ?? []
      payload = .bytes(bytes, coded: coded)
      crc = checksum.update(checksum.update(0, bytes.span, 0..<bytes.count), coded.span, 0..<coded.count)
    }
    return EncodedTensor(
      name: tensor.name, shape: shape, encoding: best.encoding, payload: payload, checksum: crc,
      sourceChecksum: errors == nil
        ? 0 : checksum.update(0, tensor.values.bytes, 0..<4 * tensor.values.count),
      errors: errors, nonZeroCount: contents.stored.keptCount, outcome: outcome,
      candidates: candidates.map { .init(encoding: $0.encoding, byteCount: $0.byteCount) })
  }

  /// A NaN or an infinity that is dropped would be an error that no bound and no record could state.
  private static func requireFinite(_ tensor: FloatTensor) throws(EncodeError) {
    let values = tensor.values.span
    for element in values.indices where !values[element].isFinite {
      throw EncodeError(
        .notFinite, tensor: tensor.name, element: element, value: values[element],
        expected: "pruning needs finite weights")
    }
  }

  private static func shape(of tensor: FloatTensor) throws(EncodeError) -> Shape {
    var shape = Shape()
    let largest = Header(isLarge: true).largestSize
    for extent in tensor.shape {
      guard shape.rank < Shape.maximumRank, shape.append(extent, largest: largest) else {
        throw EncodeError(
          .shapeTooLarge, tensor: tensor.name,
          expected: "a tensor has at most \(Shape.maximumRank) axes and less than 2^47 bytes as f32")
      }
    }
    return shape
  }
}
