/// The verified structure of a container: header, sections and directory (spec sections 2 to 5, 10 and 11).
///
/// A value of this type exists only for bytes whose header and sections have been checked. It holds offsets; every
/// call takes the span they belong to, which must be the one given to `open`.
public struct Container: Sendable {
  /// The most tensors in a container.
  public static let maximumTensorCount = 65_535

  /// The header.
  public let header: Header

  /// The number of tensors.
  public private(set) var tensorCount = 0

  /// The size of the container in bytes.
  public let byteCount: Int

  /// The offsets of the directory's body.
  public let directory: Range<Int>

  /// The end of the last section; the first payload starts at the next multiple of the alignment.
  public private(set) var sectionsEnd: Int

  /// The offsets of the provenance section's body (spec section 10.1).
  public private(set) var provenance: Range<Int>?

  /// The offsets of the order section's body (spec section 10.2).
  public private(set) var order: Range<Int>?

  /// The offsets of the source section's body (spec section 10.3).
  public private(set) var source: Range<Int>?

  /// The model section (spec section 10.4).
  public private(set) var model: ModelSection?

  /// Checks everything before the payloads and the length of the file.
  ///
  /// Steps 1 to 5 of the validation order. Payloads are checked by `tensor`. Linear in the bytes before the first
  /// payload; nothing is allocated.
  /// - Parameter allowsLarge: whether containers of 2^31 bytes and more are read.
  public static func open<C: Checksum>(
    _ bytes: Span<UInt8>, checksum: C.Type, allowsLarge: Bool = Int.bitWidth >= 64
  ) throws(FormatError) -> Container {
    let header = try Header.parse(bytes, allowsLarge: allowsLarge)
    guard bytes.count <= header.largestSize else {
      throw FormatError(.containerTooLarge, at: 0, found: bytes.count)
    }
    var frame = try SectionFrame.parse(
      bytes, at: Header.byteCount, after: 0, header: header, checksum: checksum)
    var container = Container(header: header, byteCount: bytes.count, directory: frame.body)
    try container.parseDirectory(bytes)
    while !frame.isLast {
      frame = try SectionFrame.parse(
        bytes, at: frame.end, after: frame.number, header: header, checksum: checksum)
      try container.parseAncillary(bytes, frame)
    }
    container.sectionsEnd = frame.end
    try container.checkLength(bytes)
    return container
  }

  private init(header: Header, byteCount: Int, directory: Range<Int>) {
    self.header = header
    self.byteCount = byteCount
    self.directory = directory
    sectionsEnd = directory.upperBound + 4
  }

  private mutating func parseDirectory(_ bytes: Span<UInt8>) throws(FormatError) {
    var records = self.records
    while try records.parseNext(bytes) != nil { tensorCount += 1 }
  }

  private mutating func parseAncillary(_ bytes: Span<UInt8>, _ frame: SectionFrame) throws(FormatError) {
    switch SectionNumber(rawValue: frame.number) {
    case .provenance:
      var cursor = ProvenanceCursor(frame.body, tensorCount: tensorCount, header: header)
      guard !frame.body.isEmpty else { throw FormatError(.badProvenance, at: frame.body.lowerBound) }
      while try cursor.parseNext(bytes) != nil {}
      provenance = frame.body
    case .order:
      try SourceOrder.validate(bytes, frame.body, tensorCount: tensorCount, header: header)
      order = frame.body
    case .source:
      guard order == nil else { throw FormatError(.badSource, at: frame.offset) }
      try SourceText.validate(bytes, frame.body)
      source = frame.body
    case .model: model = try ModelSection.parse(bytes, frame.body, tensorCount: tensorCount, header: header)
    case .directory, nil: break
    }
  }

  private func checkLength(_ bytes: Span<UInt8>) throws(FormatError) {
    var end = sectionsEnd
    var records = self.records
    // Sections behind the directory can move a payload's end above the limit; the file is shorter than that.
    var isAboveLimit = false
    for _ in 0..<tensorCount {
      guard let record = records.next(in: bytes) else {
        isAboveLimit = true
        break
      }
      end = record.payloadEnd
    }
    guard end <= byteCount, !isAboveLimit else {
      throw FormatError(
        .truncated, at: byteCount, found: byteCount,
        limit: end)
    }
    guard end == byteCount else {
      throw FormatError(
        .trailingBytes, at: end, found: byteCount,
        limit: end)
    }
  }

  /// The records from the first on.
  public var records: RecordCursor { RecordCursor(self) }

  /// The record of the tensor with this index, nil behind the last. Linear in the index.
  public func record(at index: Int, in bytes: Span<UInt8>) -> TensorRecord? {
    var cursor = records
    while let record = cursor.next(in: bytes) {
      if record.index == index { return record }
    }
    return nil
  }

  /// The record at a place that a cursor of this container gave, without walking to it; nil at any other.
  public func record(at place: RecordPlace, in bytes: Span<UInt8>) -> TensorRecord? {
    guard directory.contains(place.offset), place.index >= 0, place.payloadsEnd >= sectionsEnd else { return nil }
    var cursor = RecordCursor(self)
    cursor.move(to: place)
    return cursor.next(in: bytes)
  }

  /// The record of the tensor with this name, nil when there is none. Linear in the number of tensors.
  public func record(named name: Span<UInt8>, in bytes: Span<UInt8>) -> TensorRecord? {
    var cursor = records
    search: while let record = cursor.next(in: bytes) {
      guard record.name.count == name.count else { continue }
      for index in 0..<name.count where bytes[record.name.lowerBound + index] != name[index] { continue search }
      return record
    }
    return nil
  }
}

/// Walks the records of a directory in order. A payload's offset follows from the payloads before it, so a record
/// is reached by walking.
public struct RecordCursor: Sendable {
  private var cursor: ByteCursor
  private let header: Header
  private var index = 0
  private var previousName: Range<Int>?
  private var payloadsEnd: Int

  fileprivate init(_ container: Container) {
    header = container.header
    cursor = ByteCursor(
      offset: container.directory.lowerBound, end: container.directory.upperBound,
      integerBits: container.header.integerBits, isFraming: false)
    payloadsEnd = container.sectionsEnd
  }

  /// Where the next record is.
  public var place: RecordPlace { RecordPlace(index: index, offset: cursor.offset, payloadsEnd: payloadsEnd) }

  fileprivate mutating func move(to place: RecordPlace) {
    cursor.offset = place.offset
    index = place.index
    previousName = nil
    payloadsEnd = place.payloadsEnd
  }

  fileprivate mutating func parseNext(_ bytes: Span<UInt8>) throws(FormatError) -> TensorRecord? {
    guard cursor.offset < cursor.end else { return nil }
    let record = try TensorRecord.parse(
      bytes, &cursor, index: index, previousName: previousName, payloadsEnd: payloadsEnd, header: header)
    index += 1
    previousName = record.name
    payloadsEnd = record.payloadEnd
    return record
  }

  /// The next record, nil behind the last. `bytes` is the span that the container was opened with.
  public mutating func next(in bytes: Span<UInt8>) -> TensorRecord? {
    // `open` has parsed the same bytes without an error.
    (try? parseNext(bytes)) ?? nil
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
