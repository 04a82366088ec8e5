/// What is known about the source of one tensor: its checksum and what encoding it cost (spec section 10.1).
public struct ProvenanceRecord: Sendable, Equatable {
  /// The index of the tensor in the directory.
  public let tensor: Int

  /// The CRC-32 of the source's elements as little-endian f32, before pruning and quantizing.
  public let sourceChecksum: UInt32

  /// The largest absolute difference between a source element and its decoded value.
  public let maxAbsError: Float

  /// The root of the mean squared difference.
  public let rmsError: Float

  /// Creates a record. Precondition: both errors are finite and not negative.
  public init(tensor: Int, sourceChecksum: UInt32, maxAbsError: Float, rmsError: Float) {
    precondition(maxAbsError.isFinite && maxAbsError.sign == .plus)
    precondition(rmsError.isFinite && rmsError.sign == .plus)
    self.tensor = tensor
    self.sourceChecksum = sourceChecksum
    self.maxAbsError = maxAbsError
    self.rmsError = rmsError
  }

  /// Writes the record behind one of tensor `previous`, or -1 for the first.
  public func write(after previous: Int, to sink: inout some ByteSink) {
    sink.leb128(tensor - previous - 1)
    sink.u32(sourceChecksum)
    sink.u32(maxAbsError.bitPattern)
    sink.u32(rmsError.bitPattern)
  }
}

/// Walks the records of a provenance section in order.
public struct ProvenanceCursor: Sendable {
  private var offset: Int
  private let end: Int
  private let integerBits: Int
  private var previous = -1
  private let tensorCount: Int

  init(_ body: Range<Int>, tensorCount: Int, header: Header) {
    offset = body.lowerBound
    end = body.upperBound
    integerBits = header.integerBits
    self.tensorCount = tensorCount
  }

  /// Throws what is wrong with the records from here on, of which there must be one.
  @inline(never)
  consuming func validate(_ bytes: Span<UInt8>) throws(FormatError) {
    var fields = fields(bytes)
    guard !fields.isAtEnd else { throw FormatError(.badProvenance, at: offset) }
    // Behind a mistake nothing is left.
    while !fields.isAtEnd { _ = parseNext(&fields) }
    try fields.check()
  }

  @_lifetime(copy bytes)
  private func fields(_ bytes: Span<UInt8>) -> FieldReader {
    FieldReader(bytes, from: offset, to: end, integerBits: integerBits)
  }

  private mutating func parseNext(_ fields: inout FieldReader) -> ProvenanceRecord? {
    let skip = fields.leb128()
    if skip >= tensorCount &- previous &- 1 { fields.note(.badProvenance, found: skip) }
    previous &+= skip &+ 1
    let sourceChecksum = fields.u32()
    let maxAbsError = parseError(&fields)
    let rmsError = parseError(&fields)
    guard fields.mistake == nil else { return nil }
    offset = fields.offset
    return ProvenanceRecord(
      tensor: previous, sourceChecksum: sourceChecksum, maxAbsError: maxAbsError, rmsError: rmsError)
  }

  private func parseError(_ fields: inout FieldReader) -> Float {
    let value = Float(bitPattern: fields.u32())
    if !value.isFinite || value.sign == .minus { fields.note(.badProvenance) }
    return value
  }

  /// The next record, nil behind the last.
  public mutating func next(in bytes: Span<UInt8>) -> ProvenanceRecord? {
    guard offset < end else { return nil }
    // `Container.open` has parsed the same bytes without a mistake.
    var fields = fields(bytes)
    return parseNext(&fields)
  }
}

extension Container {
  /// The provenance records from the first on; none when the section is absent.
  public var provenanceRecords: ProvenanceCursor {
    ProvenanceCursor(provenance ?? 0..<0, tensorCount: tensorCount, header: header)
  }
}
