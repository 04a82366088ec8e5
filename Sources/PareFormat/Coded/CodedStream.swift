/// The description of one stream: how its symbols are coded, and where its tables and classes stand.
public struct CodedStream: Sendable {
  /// What its symbols are.
  public private(set) var symbols = StreamSymbols()

  /// Lanes of the coder; 0 for a raw stream.
  public private(set) var laneCount = 0

  /// Frequencies add up to 2 to this power.
  private(set) var precision = 0

  private(set) var classCount = 0
  private(set) var positionClassCount = 0

  private var tables = BitOffset(byte: 0, bit: 0)
  private var segmentClasses = BitOffset(byte: 0, bit: 0)
  private var positionClasses = BitOffset(byte: 0, bit: 0)
  private var end = 0

  init() {}

  /// Reads the description of a stream of `symbols`; positions of rows have classes in a mask alone.
  @inline(never)
  mutating func parse(
    _ symbols: StreamSymbols, segmentCount: Int, positionCount: Int,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    self.symbols = symbols
    end = cursor.end
    let mode = try cursor.bits(2, .mode, bytes)
    if mode == 0 { return }
    laneCount = mode == 1 ? 1 : mode == 2 ? 4 : 32
    var offset = cursor.place.byte
    precision = try cursor.bits(3, .precision, bytes) &+ 8
    guard precision <= 14 else { throw cursor.error(.badParameter, at: offset) }
    offset = cursor.place.byte
    classCount = try cursor.expGolomb(0, .classes, at: offset, bytes) &+ 1
    guard classCount <= CodedDescription.maximumClassCount else { throw cursor.error(.badParameter, at: offset) }
    positionClassCount = 1
    if symbols.areMask {
      offset = cursor.place.byte
      positionClassCount = try cursor.expGolomb(0, .positionClasses, at: offset, bytes) &+ 1
      guard positionClassCount == 1 || positionCount > 0,
        positionClassCount <= CodedDescription.maximumPositionClassCount,
        positionClassCount &* classCount <= CodedDescription.maximumMaskTableCount
      else { throw cursor.error(.badParameter, at: offset) }
    }
    tables = cursor.place
    try Self.skipTables(classCount &* positionClassCount, symbols, precision: precision, &cursor, bytes)
    segmentClasses = try Self.classes(classCount, of: segmentCount, .segmentClass, &cursor, bytes)
    positionClasses = try Self.classes(
      positionClassCount, of: positionCount, .positionClass, &cursor, bytes)
  }

  /// Moves over `count` tables, and checks them.
  @inline(never)
  private static func skipTables(
    _ count: Int, _ symbols: StreamSymbols, precision: Int, _ cursor: inout DescriptionCursor<some DescriptionObserver>,
    _ bytes: Span<UInt8>
  ) throws(FormatError) {
    for _ in 0..<count {
      if symbols.isBits {
        _ = try BitTables.read(precision: precision, &cursor, bytes)
      } else {
        try Polyline.check(symbols, &cursor, bytes)
      }
    }
  }

  /// Moves over the classes of segments or positions; throws `badClass` at the first that does not exist.
  @inline(never)
  private static func classes(
    _ classCount: Int, of count: Int, _ field: DescriptionField,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) -> BitOffset {
    guard classCount > 1 else { return cursor.place }
    let width = Self.width(classCount)
    let start = cursor.place
    for _ in 0..<count {
      let offset = cursor.place.byte
      guard try cursor.bits(width, field, bytes) < classCount else { throw cursor.error(.badClass, at: offset) }
    }
    return start
  }

  /// The bits of a class.
  private static func width(_ classCount: Int) -> Int { Int.bitWidth &- (classCount &- 1).leadingZeroBitCount }

  /// The class of a segment.
  func segmentClass(_ segment: Int, _ bytes: Span<UInt8>) -> Int {
    Self.classNumber(segment, segmentClasses, classCount, bytes)
  }

  /// The class of a symbol's position in its row.
  func positionClass(_ position: Int, _ bytes: Span<UInt8>) -> Int {
    Self.classNumber(position, positionClasses, positionClassCount, bytes)
  }

  @inline(never)
  private static func classNumber(_ index: Int, _ start: BitOffset, _ classCount: Int, _ bytes: Span<UInt8>) -> Int {
    guard classCount > 1 else { return 0 }
    let width = Self.width(classCount)
    return Int(truncatingIfNeeded: bytes.bits(at: start.field(index, width: width), width: width))
  }

  /// A cursor at the first table. The tables have been checked.
  var tableCursor: DescriptionCursor<NoObserver> {
    DescriptionCursor(at: tables, end: end, tensor: 0, NoObserver())
  }

  /// Moves the cursor to the first table of a class.
  func moveToTable(
    ofClass number: Int, _ cursor: inout DescriptionCursor<NoObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    try Self.skipTables(number &* positionClassCount, symbols, precision: precision, &cursor, bytes)
  }
}
