extension Container {
  /// Checks the payload of a tensor, once, and gives access to its values.
  ///
  /// Steps 6 and 7 of the validation order: padding before the payload, checksum, structure. Linear in the
  /// payload; nothing is allocated.
  /// - Parameters:
  ///   - record: a record of this container.
  ///   - bytes: the span that the container was opened with.
  ///   - skippingChecksum: whether the checksum is not computed, so that damage may change values, but nothing more.
  public func tensor<C: Checksum>(
    _ record: TensorRecord, in bytes: Span<UInt8>, checksum: C.Type, skippingChecksum: Bool = false
  ) throws(FormatError) -> Tensor {
    let tensor = Tensor(record)
    try tensor.requireZero(bytes, record.paddingStart..<record.payloadOffset)
    if !skippingChecksum {
      let computed = checksum.update(0, bytes, record.payloadOffset..<record.payloadEnd)
      guard computed == record.checksum else {
        throw FormatError(.payloadChecksum, at: record.payloadOffset, tensor: record.index)
      }
    }
    try tensor.validateStructure(bytes)
    return tensor
  }

  /// The tensor of a record whose payload has been checked before. Precondition: `tensor` returned for this record.
  public func checkedTensor(_ record: TensorRecord) -> Tensor { Tensor(record) }

  /// Checks all tensors in the directory's order; throws the first failure.
  public func validate<C: Checksum>(_ bytes: Span<UInt8>, checksum: C.Type) throws(FormatError) {
    var cursor = records
    while let record = cursor.next(in: bytes) { _ = try tensor(record, in: bytes, checksum: checksum) }
  }
}

extension Tensor {
  /// Step 7: part by part, each with the padding before it.
  fileprivate func validateStructure(_ bytes: Span<UInt8>) throws(FormatError) {
    try validateScales(bytes)
    try requireZero(bytes, from: parts.scales, to: parts.zeroPoints)
    try validateZeroPoints(bytes)
    try requireZero(bytes, from: parts.zeroPoints, to: parts.codebook)
    try validateCodebook(bytes)
    try requireZero(bytes, from: parts.codebook, to: parts.rowTable)
    if let sparse = encoding.sparse { try validateRowTable(sparse, bytes) }
    try requireZero(bytes, from: parts.rowTable, to: parts.values)
    try validateValues(bytes)
    try requireZero(bytes, from: parts.values, to: parts.positions)
    if let sparse = encoding.sparse { try validatePositions(sparse, bytes) }
    try requireZero(bytes, from: parts.positions, to: parts.coded)
    if let coded = encoding.coded { try validateCoded(coded, bytes) }
  }

  private func requireZero(
    _ bytes: Span<UInt8>, from part: Range<Int>, to next: Range<Int>
  ) throws(FormatError) {
    try requireZero(bytes, base + part.upperBound..<base + next.lowerBound)
  }

  /// Throws `paddingNotZero` at the first byte of `range` that is not zero.
  fileprivate func requireZero(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(FormatError) {
    if let offset = bytes.firstNonZero(in: range) { throw error(.paddingNotZero, at: offset) }
  }

  private func validateScales(_ bytes: Span<UInt8>) throws(FormatError) {
    guard let affine = encoding.affine, !PayloadScan(self).scalesAreValid(affine, bytes) else { return }
    let unit = affine.scaleType.byteCount
    for index in 0..<parts.scales.count / unit {
      let value = scale(index, in: bytes)
      guard value.isFinite, value > 0 else {
        throw error(.badScale, at: base + parts.scales.lowerBound + index * unit)
      }
    }
  }

  private func validateZeroPoints(_ bytes: Span<UInt8>) throws(FormatError) {
    // 8 and 16 bits hold no zero point that is out of range.
    guard let affine = encoding.affine, affine.hasZeroPoints, affine.bitWidth & 7 != 0 else { return }
    let unit = affine.zeroPointByteCount
    let highest: Int32 = 1 &<< Int32(truncatingIfNeeded: affine.bitWidth - 1) - 1
    for index in 0..<parts.zeroPoints.count / unit {
      let value = zeroPoint(index, in: bytes)
      guard value <= highest, value >= -highest - 1 else {
        throw error(.badZeroPoint, at: base + parts.zeroPoints.lowerBound + index * unit)
      }
    }
  }

  private func validateCodebook(_ bytes: Span<UInt8>) throws(FormatError) {
    guard let codebook = encoding.codebook else { return }
    var previous = -Float.infinity
    for index in 0..<codebook.entryCount {
      let value = entry(index, in: bytes)
      let isNegativeZero = value == 0 && value.sign == .minus
      // A comparison with NaN is false, so NaN does not pass.
      guard value > previous, value.isFinite, !isNegativeZero, encoding.nnz == nil || value != 0 else {
        throw error(.badCodebook, at: base + parts.codebook.lowerBound + index * codebook.entryType.byteCount)
      }
      previous = value
    }
  }

  private func validateValues(_ bytes: Span<UInt8>) throws(FormatError) {
    guard !encoding.element.isFloat, !parts.values.isEmpty else { return }
    let bitWidth = encoding.element.bitWidth
    let start = base + parts.values.lowerBound
    if encoding.sparse != nil {
      try validateFields(bytes, at: start, count: storedCount, bitWidth: bitWidth)
      return
    }
    // Whole bytes of codes leave nothing to check.
    guard encoding.codebook != nil || bitWidth & 7 != 0 else { return }
    let count = shape.rowElementCount
    let stride = parts.values.count / shape.rows
    for row in 0..<shape.rows {
      try validateFields(bytes, at: start + row * stride, count: count, bitWidth: bitWidth)
    }
  }

  /// Checks one bit string: indices below the number of entries, then the unused bits of the last byte.
  private func validateFields(
    _ bytes: Span<UInt8>, at start: Int, count: Int, bitWidth: Int
  ) throws(FormatError) {
    guard count > 0 else { return }
    if let codebook = encoding.codebook, codebook.entryCount < 1 &<< bitWidth {
      let limit = UInt32(truncatingIfNeeded: codebook.entryCount)
      if FieldLanes(width: bitWidth).reaches(limit, count: count, from: start, in: bytes) {
        try findIndex(atLeast: limit, bytes, at: start, count: count, bitWidth: bitWidth)
      }
    }
    let end = BitOffset(field: count, width: bitWidth, from: start)
    guard end.bit == 0 || bytes[end.byte] &>> UInt8(truncatingIfNeeded: end.bit) == 0 else {
      throw error(.paddingNotZero, at: end.byte)
    }
  }

  /// Throws `codeOutOfRange` at the first index that is `limit` or more.
  private func findIndex(
    atLeast limit: UInt32, _ bytes: Span<UInt8>, at start: Int, count: Int, bitWidth: Int
  ) throws(FormatError) {
    for index in 0..<count {
      let field = BitOffset(field: index, width: bitWidth, from: start)
      guard bytes.bits(at: field, width: bitWidth) < limit else { throw error(.codeOutOfRange, at: field.byte) }
    }
  }

  private func validatePositions(_ sparse: SparseParameters, _ bytes: Span<UInt8>) throws(FormatError) {
    // The exact walk runs only where something is wrong, or nearly.
    if PayloadScan(self).positionsAreValid(sparse, bytes) { return }
    var cursor = PositionCursor(self, sparse)
    while let position = try cursor.next(bytes) {
      guard !isZero(storedBits(position.ordinal, in: bytes), element: position.element, bytes) else {
        throw error(.storedZero, at: position.offset)
      }
    }
  }

  /// Whether the field of a stored element is a zero (spec section 7).
  func isZero(_ bits: UInt32, element: Int, _ bytes: Span<UInt8>) -> Bool {
    switch encoding.element {
    case .f32, .f16, .bf16: return bits == 0
    case .codebook: return false
    case .affine(let affine):
      let code = affine.code(bits)
      guard affine.hasZeroPoints else { return code == 0 }
      return code == zeroPoint(scaleIndex(ofElement: element), in: bytes)
    }
  }

  private func error(_ code: FormatError.Code, at offset: Int) -> FormatError {
    FormatError(code, at: offset, tensor: record.index)
  }
}
