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
    try tensor.validateParts(bytes, checksum, skippingChecksum)
    if record.encoding.isCoded { try tensor.validateCoded(bytes) }
    return tensor
  }

  /// The same for a reader of the in-place profile: throws `unknownEncoding` at the position field of an entropy-coded tensor.
  ///
  /// Firmware that calls this and `decodeRowsInPlace` needs no code for entropy coding.
  public func tensorInPlace<C: Checksum>(
    _ record: TensorRecord, in bytes: Span<UInt8>, checksum: C.Type, skippingChecksum: Bool = false
  ) throws(FormatError) -> Tensor {
    guard !record.encoding.isCoded else { throw FormatError(.unknownEncoding, at: record.positionField) }
    let tensor = Tensor(record)
    try tensor.validateParts(bytes, checksum, skippingChecksum)
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

extension RecordCursor {
  /// Checks the payload of the record that was read last, as the container's `tensor` does, but returns nothing: firmware has no
  /// stack for copies of records.
  @inline(never)
  public mutating func validate<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, skippingChecksum: Bool = false
  ) throws(FormatError) {
    try tensor.validateParts(bytes, checksum, skippingChecksum)
    if tensor.encoding.isCoded { try tensor.validateCoded(bytes) }
  }

  /// The same for a reader of the in-place profile, as the container's `tensorInPlace`.
  @inline(never)
  public mutating func validateInPlace<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, skippingChecksum: Bool = false
  ) throws(FormatError) {
    guard !tensor.encoding.isCoded else { throw FormatError(.unknownEncoding, at: tensor.record.positionField) }
    try tensor.validateParts(bytes, checksum, skippingChecksum)
  }

  /// Decodes some rows of the tensor of the record that was read last, as the tensor's `decodeRows` does.
  ///
  /// Preconditions as there; `validate` has checked its payload.
  @inline(never)
  public mutating func decodeRows(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
    tensor.decodeRows(rows, bytes, into: &floats)
  }
}

extension Tensor {
  /// Steps 6 and 7 but for the coded part.
  @inline(__always)
  @_addressableSelf
  fileprivate func validateParts<C: Checksum>(
    _ bytes: Span<UInt8>, _ checksum: C.Type, _ skippingChecksum: Bool
  ) throws(FormatError) {
    try requireZero(bytes, record.paddingStart &- base, 0)
    if !skippingChecksum {
      let computed = checksum.update(0, bytes, base..<record.payloadEnd)
      guard computed == record.checksum else { throw error(.payloadChecksum, at: base) }
    }
    try validateParts(bytes)
  }

  /// Step 7 but for the coded part: part by part, each with the padding before it. Padding is only before parts of a unit that
  /// the part before may not fill.
  @inline(__always)
  @_addressableSelf
  func validateParts(_ bytes: Span<UInt8>) throws(FormatError) {
    try validateParameters(bytes)
    try validateZeroPoints(bytes)
    try requireZero(bytes, parts.zeroPointEnd, parts.rowTableStart)
    try validateRowTable(bytes)
    try requireZero(bytes, parts.rowTableEnd, parts.valueStart)
    try validateValues(bytes)
    try requireZero(bytes, parts.valueEnd, parts.positionStart)
    if encoding.isSparseInPlace { try validatePositions(bytes) }
  }

  /// Throws `paddingNotZero` at the first byte from `start` to before `end`, both from the payload's start, that is not zero. No
  /// range, which would be checked to be one.
  @inline(never)
  @_addressableSelf
  func requireZero(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(FormatError) {
    var offset = base &+ start
    while offset < base &+ end {
      guard bytes[offset] == 0 else { throw error(.paddingNotZero, at: offset) }
      offset &+= 1
    }
  }

  /// Scales are above 0; entries rise, and are no negative zeros, nor zeros of a sparse tensor; all are finite.
  @inline(never)
  @_addressableSelf
  private func validateParameters(_ bytes: Span<UInt8>) throws(FormatError) {
    let isAffine = encoding.elementKind == .affine
    #if !hasFeature(Embedded)
      if isAffine, PayloadScan(self).scalesAreValid(bytes) { return }
    #endif
    let infinity: Int32 = 0x7F80_0000
    var least = isAffine ? 0 : ~infinity
    var index = 0
    var offset = base
    while offset < base &+ parts.scaleEnd {
      // Integers in the order of the floats: 0 is that of 0, -1 that of -0, and NaNs are beyond the infinities.
      let bits = Int32(bitPattern: scale(index, in: bytes).bitPattern)
      let value = bits ^ (bits &>> 31 & .max)
      guard value > least, value < infinity, value != -1, value != 0 || !encoding.isSparse else {
        throw error(isAffine ? .badScale : .badCodebook, at: offset)
      }
      if !isAffine { least = value }
      index &+= 1
      offset &+= encoding.scaleType.byteCount
    }
  }

  @inline(never)
  @_addressableSelf
  private func validateZeroPoints(_ bytes: Span<UInt8>) throws(FormatError) {
    let shift = Int32(truncatingIfNeeded: 32 &- encoding.bitWidth)
    var index = 0
    var offset = base &+ parts.scaleEnd
    while offset < base &+ parts.zeroPointEnd {
      let value = zeroPoint(index, in: bytes)
      guard (value &<< shift) &>> shift == value else { throw error(.badZeroPoint, at: offset) }
      index &+= 1
      offset &+= encoding.zeroPointByteCount
    }
  }

  /// Checks bit strings, of which a dense tensor has one for each row: indices, then the unused bits of the last byte.
  @inline(never)
  @_addressableSelf
  private func validateValues(_ bytes: Span<UInt8>) throws(FormatError) {
    guard !encoding.isFloat else { return }
    let count = encoding.isSparse ? encoding.nonZeroCount : shape.rowElementCount
    #if !hasFeature(Embedded)
      // Whole bytes of codes leave nothing to check.
      guard encoding.elementKind == .codebook || encoding.bitWidth & 7 != 0 else { return }
    #endif
    var start = base &+ parts.valueStart
    while start < base &+ parts.valueEnd {
      if encoding.elementKind == .codebook { try validateIndices(bytes, at: start, count: count) }
      let end = BitOffset(field: count, width: encoding.bitWidth, from: start)
      start = end.byte
      if end.bit != 0 {
        // The unused bits of the last byte.
        guard bytes[start] &>> UInt8(truncatingIfNeeded: end.bit) == 0 else { throw error(.paddingNotZero, at: start) }
        start &+= 1
      }
    }
  }

  /// Throws `codeOutOfRange` at the first index that no entry has.
  @inline(__always)
  @_addressableSelf
  private func validateIndices(_ bytes: Span<UInt8>, at start: Int, count: Int) throws(FormatError) {
    let bitWidth = encoding.bitWidth
    let limit = UInt32(truncatingIfNeeded: encoding.entryCount)
    #if !hasFeature(Embedded)
      if limit == 1 &<< UInt32(truncatingIfNeeded: bitWidth) { return }
      if !FieldLanes(width: bitWidth).reaches(limit, count: count, from: start, in: bytes) { return }
    #endif
    var field = BitOffset(byte: start, bit: 0)
    var rest = count
    while rest > 0 {
      guard bytes.bits(at: field, width: bitWidth) < limit else { throw error(.codeOutOfRange, at: field.byte) }
      field.advance(bitWidth)
      rest &-= 1
    }
  }

  @inline(__always)
  @_addressableSelf
  private func validatePositions(_ bytes: Span<UInt8>) throws(FormatError) {
    #if !hasFeature(Embedded)
      // The exact walk runs only where something is wrong, or nearly.
      if PayloadScan(self).positionsAreValid(bytes) { return }
    #endif
    var none = MutableSpan<Float>()
    try readSparse(0..<shape.rows, bytes, into: &none)
  }

  /// Walks the stored elements of the blocks that hold `rows`, and writes those of `rows` to `floats`; without any floats, checks
  /// all of them, and throws what is wrong.
  ///
  /// One function, since a microcontroller has room for one reader. Precondition: the tensor is sparse in place.
  @inline(never)
  @_addressableSelf
  func readSparse(
    _ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
  ) throws(FormatError) {
    let isChecking = floats.isEmpty
    let first = rows.lowerBound &* shape.rowElementCount
    var cursor = PositionCursor(self, block: encoding.block(ofRow: rows.lowerBound), bytes)
    var value = StoredValue()
    while try cursor.advance(self, bytes) {
      let index = cursor.element &- first
      if !isChecking, index >= floats.count { return }
      // Before the rows where their block starts with others.
      if index < 0 { continue }
      let float = value.decode(storedBits(cursor.ordinal &- 1, in: bytes), element: cursor.element, self, bytes)
      if !isChecking {
        floats[index] = float
      } else if float.bitPattern == 0 {
        throw error(.storedZero, at: cursor.offset)
      }
    }
  }

  @_addressableSelf
  func error(_ code: FormatError.Code, at offset: Int) -> FormatError {
    FormatError(code, at: offset, tensor: record.index)
  }
}
