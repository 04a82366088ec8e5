/// The verified structure of a container: header, sections and directory (spec sections 2 to 5, 10 and 11).
///
/// A value of this type exists only for bytes whose header and sections have been checked. It holds offsets; every
/// call takes the span they belong to, which must be the one given to `open`.
public struct Container: Sendable {
  /// The most tensors in a container.
  public static var maximumTensorCount: Int { 65_535 }

  /// The header.
  public private(set) var header = Header.unread

  /// The number of tensors.
  public private(set) var tensorCount = 0

  /// The size of the container in bytes.
  public private(set) var byteCount = 0

  // No range, which would be checked to be one.
  private var directoryStart = 0
  private var directoryEnd = 0

  /// The offsets of the directory's body.
  public var directory: Range<Int> { directoryStart..<directoryEnd }

  /// The end of the last section; the first payload starts at the next multiple of the alignment.
  public private(set) var sectionsEnd = 0

  // Empty where a section is absent: none of these may be empty.
  private var provenanceBody = 0..<0
  private var orderBody = 0..<0
  private var sourceBody = 0..<0

  /// The offsets of the provenance section's body (spec section 10.1).
  public var provenance: Range<Int>? { provenanceBody.isEmpty ? nil : provenanceBody }

  /// The offsets of the order section's body (spec section 10.2).
  public var order: Range<Int>? { orderBody.isEmpty ? nil : orderBody }

  /// The offsets of the source section's body (spec section 10.3).
  public var source: Range<Int>? { sourceBody.isEmpty ? nil : sourceBody }

  /// The model section (spec section 10.4).
  public var model: ModelSection? { modelSection.inputCount > 0 ? modelSection : nil }

  // No optional: a container without any, which firmware starts from, is then zeros that take little code to write.
  private var modelSection = ModelSection()

  /// Checks everything before the payloads and the length of the file.
  ///
  /// Steps 1 to 5 of the validation order. Payloads are checked by `tensor`. Linear in the bytes before the first
  /// payload; nothing is allocated.
  /// - Parameter allowsLarge: whether containers of 2^31 bytes and more are read.
  @inline(__always)
  public static func open<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, allowsLarge: Bool = Int.bitWidth >= 64
  ) throws(FormatError) -> Container {
    try open(bytes, checksum, AncillarySections.self, allowsLarge)
  }

  /// The same for a reader of tensors alone, to which all ancillary sections are unknown: their checksums are compared, and they
  /// are skipped, as the spec's section 4 says.
  ///
  /// Firmware that calls this and not `open` needs no code for them.
  @inline(__always)
  public static func openTensors<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, allowsLarge: Bool = Int.bitWidth >= 64
  ) throws(FormatError) -> Container {
    try open(bytes, checksum, NoAncillarySections.self, allowsLarge)
  }

  /// The same for a reader that runs models: of the ancillary sections it knows the model's alone.
  ///
  /// Firmware that calls this and not `open` needs no code for the others.
  @inline(__always)
  public static func openModel<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, allowsLarge: Bool = Int.bitWidth >= 64
  ) throws(FormatError) -> Container {
    try open(bytes, checksum, ModelSectionAlone.self, allowsLarge)
  }

  @inline(__always)
  private static func open<C: Checksum, S: SectionReader>(
    _ bytes: Span<UInt8>, _ checksum: C.Type, _ ancillary: S.Type, _ allowsLarge: Bool
  ) throws(FormatError) -> Container {
    var container = Container()
    try container.parse(bytes, checksum, ancillary, allowsLarge)
    return container
  }

  private init() {}

  @inline(never)
  private mutating func parse<C: Checksum, S: SectionReader>(
    _ bytes: Span<UInt8>, _ checksum: C.Type, _ ancillary: S.Type, _ allowsLarge: Bool
  ) throws(FormatError) {
    header = try Header.parse(bytes, allowsLarge: allowsLarge)
    byteCount = bytes.count
    guard byteCount <= header.largestSize else { throw FormatError(.containerTooLarge, at: 0, found: byteCount) }
    var frame = SectionFrame()
    repeat {
      try frame.parseNext(bytes, integerBits: header.integerBits, checksum: checksum)
      sectionsEnd = frame.end
      if frame.number == SectionNumber.directory.rawValue {
        directoryStart = frame.start
        directoryEnd = frame.bodyEnd
        _ = try parseRecords(bytes)
      } else {
        try S.parse(frame, into: &self, bytes)
      }
    } while !frame.isLast
    // Where sections behind the directory move a payload's end above the limit, the file is shorter than that.
    let end = (try? parseRecords(bytes)) ?? .max
    guard end <= byteCount else { throw FormatError(.truncated, at: byteCount, found: byteCount, limit: end) }
    guard end == byteCount else { throw FormatError(.trailingBytes, at: end, found: byteCount, limit: end) }
  }

  @inline(never)
  fileprivate mutating func parseAncillary(_ bytes: Span<UInt8>, _ frame: SectionFrame) throws(FormatError) {
    switch SectionNumber(rawValue: frame.number) {
    case .provenance:
      try ProvenanceCursor(frame.body, tensorCount: tensorCount, header: header).validate(bytes)
      provenanceBody = frame.body
    case .order:
      try SourceOrder.validate(bytes, frame.body, tensorCount: tensorCount, header: header)
      orderBody = frame.body
    case .source:
      guard order == nil else { throw FormatError(.badSource, at: frame.offset) }
      try SourceText.validate(bytes, frame.body)
      sourceBody = frame.body
    case .model: try parseModel(bytes, frame)
    case .directory, nil: break
    }
  }

  fileprivate mutating func parseModel(_ bytes: Span<UInt8>, _ frame: SectionFrame) throws(FormatError) {
    try modelSection.parse(bytes, frame.body, tensorCount: tensorCount, header: header)
  }

  /// Parses and counts all records; gives the end of the last one's payload.
  @inline(never)
  private mutating func parseRecords(_ bytes: Span<UInt8>) throws(FormatError) -> Int {
    var cursor = records
    while try cursor.parseNext(bytes) {}
    tensorCount = cursor.record.index &+ 1
    return cursor.record.payloadEnd
  }

  /// The records from the first on.
  public var records: RecordCursor { RecordCursor(header, directoryStart, directoryEnd, sectionsEnd) }

  /// The record of the tensor with this index, nil behind the last. Linear in the index.
  public func record(at index: Int, in bytes: Span<UInt8>) -> TensorRecord? {
    var cursor = records
    while cursor.advance(bytes) {
      if cursor.record.index == index { return cursor.record }
    }
    return nil
  }

  /// The record at a place that a cursor of this container gave, without walking to it; nil at any other.
  public func record(at place: RecordPlace, in bytes: Span<UInt8>) -> TensorRecord? {
    var cursor = records
    return cursor.advance(to: place, in: bytes) ? cursor.record : nil
  }

  /// The record of the tensor with this name, nil when there is none. Linear in the number of tensors.
  public func record(named name: Span<UInt8>, in bytes: Span<UInt8>) -> TensorRecord? {
    var cursor = records
    return cursor.advance(to: name, in: bytes) ? cursor.record : nil
  }
}

/// What is done with the sections behind the directory. A type, so that code for sections that nobody asks for is left out.
private protocol SectionReader {
  static func parse(_ frame: SectionFrame, into container: inout Container, _ bytes: Span<UInt8>) throws(FormatError)
}

private enum AncillarySections: SectionReader {
  static func parse(_ frame: SectionFrame, into container: inout Container, _ bytes: Span<UInt8>) throws(FormatError) {
    try container.parseAncillary(bytes, frame)
  }
}

private enum ModelSectionAlone: SectionReader {
  static func parse(_ frame: SectionFrame, into container: inout Container, _ bytes: Span<UInt8>) throws(FormatError) {
    if frame.number == SectionNumber.model.rawValue { try container.parseModel(bytes, frame) }
  }
}

private enum NoAncillarySections: SectionReader {
  static func parse(_ frame: SectionFrame, into container: inout Container, _ bytes: Span<UInt8>) throws(FormatError) {}
}

/// Walks the records of a directory in order. A payload's offset follows from the payloads before it, so a record
/// is reached by walking.
public struct RecordCursor: Sendable {
  private let header: Header

  /// Where the next record starts, and the directory ends.
  private var offset: Int
  private let end: Int

  /// The tensor of the record that was read last, whose payload is not checked yet.
  var tensor: Tensor

  /// The record that was read last; without a meaning before the first.
  public var record: TensorRecord { tensor.record }

  @inline(never)
  fileprivate init(_ header: Header, _ start: Int, _ end: Int, _ sectionsEnd: Int) {
    self.header = header
    offset = start
    self.end = end
    tensor = Tensor(TensorRecord(payloadsStart: sectionsEnd))
  }

  /// Where the next record is.
  public var place: RecordPlace {
    RecordPlace(index: record.index &+ 1, offset: offset, payloadsEnd: record.payloadEnd)
  }

  /// Goes to the record at a place that a cursor of this container gave, without walking to it; false at any other.
  /// Precondition: no record has been read yet.
  @inline(never)
  public mutating func advance(to place: RecordPlace, in bytes: Span<UInt8>) -> Bool {
    precondition(record.index < 0, "the cursor has moved")
    guard place.offset >= offset, place.offset < end, place.index >= 0,
      place.payloadsEnd >= record.payloadEnd
    else { return false }
    offset = place.offset
    tensor.record.payloadOffset = place.payloadsEnd
    tensor.record.index = place.index &- 1
    return advance(bytes)
  }

  /// Goes on to the next record of bytes that were parsed before; false behind the last.
  @inline(never)
  public mutating func advance(_ bytes: Span<UInt8>) -> Bool {
    // `open` has parsed the same bytes without an error.
    (try? parseNext(bytes)) ?? false
  }

  /// Goes on to the next record; false behind the last.
  @inline(never)
  fileprivate mutating func parseNext(_ bytes: Span<UInt8>) throws(FormatError) -> Bool {
    guard offset < end else { return false }
    var fields = FieldReader(bytes, from: offset, to: end, integerBits: header.integerBits)
    try tensor.record.parseNext(&fields, header: header)
    offset = fields.offset
    return true
  }

  /// Goes on to the next record of this name; false when there is none. Where the record is used in place, no copy is made of it.
  public mutating func advance(to name: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
    while advance(bytes) {
      if bytes.isEqual(record.name, name) { return true }
    }
    return false
  }

  /// The next record, nil behind the last. `bytes` is the span that the container was opened with.
  public mutating func next(in bytes: Span<UInt8>) -> TensorRecord? {
    // `open` has parsed the same bytes without an error.
    advance(bytes) ? record : nil
  }
}

/// Where a record is, to read it again without walking to it.
public struct RecordPlace: Sendable, BitwiseCopyable {
  /// The tensor's index in the directory.
  public let index: Int

  /// The offset of the record in the container.
  public let offset: Int

  /// The end of the payloads before the tensor's own.
  public let payloadsEnd: Int

  public init(index: Int, offset: Int, payloadsEnd: Int) {
    self.index = index
    self.offset = offset
    self.payloadsEnd = payloadsEnd
  }
}
