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
  private var cursor: ByteCursor
  private var previous = -1
  private let tensorCount: Int

  init(_ body: Range<Int>, tensorCount: Int, header: Header) {
    cursor = ByteCursor(
      offset: body.lowerBound, end: body.upperBound, integerBits: header.integerBits, isFraming: false)
    self.tensorCount = tensorCount
  }

  mutating func parseNext(_ bytes: Span<UInt8>) throws(FormatError) -> ProvenanceRecord? {
    guard cursor.offset < cursor.end else { return nil }
    let offset = cursor.offset
    let skip = try cursor.leb128(bytes)
    guard skip < tensorCount - previous - 1 else {
      throw FormatError(.badProvenance, at: offset, found: skip)
    }
    previous += skip + 1
    let sourceChecksum = try cursor.u32(bytes)
    let maxAbsError = try parseError(bytes)
    let rmsError = try parseError(bytes)
    return ProvenanceRecord(
      tensor: previous, sourceChecksum: sourceChecksum, maxAbsError: maxAbsError, rmsError: rmsError)
  }

  private mutating func parseError(_ bytes: Span<UInt8>) throws(FormatError) -> Float {
    let offset = cursor.offset
    let value = Float(bitPattern: try cursor.u32(bytes))
    guard value.isFinite, value.sign == .plus else { throw FormatError(.badProvenance, at: offset) }
    return value
  }

  /// The next record, nil behind the last.
  public mutating func next(in bytes: Span<UInt8>) -> ProvenanceRecord? {
    // `Container.open` has parsed the same bytes without an error.
    (try? parseNext(bytes)) ?? nil
  }
}

extension Container {
  /// The provenance records from the first on; none when the section is absent.
  public var provenanceRecords: ProvenanceCursor {
    ProvenanceCursor(provenance ?? 0..<0, tensorCount: tensorCount, header: header)
  }
}
