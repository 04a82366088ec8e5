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

  init() {}

  /// Reads the description of a stream of `symbols`; positions of rows have classes in a mask alone. `memory` is for tables, of which
  /// none is loaded.
  @inline(never)
  mutating func parse(
    _ symbols: StreamSymbols, segmentCount: Int, positionCount: Int, _ memory: inout CodedTables,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) {
    self.symbols = symbols
    let mode = cursor.bits(2, .mode)
    if mode == 0 { return }
    // 1, 4 or 32.
    laneCount = 0x2004_0100 &>> (8 &* mode) & 0xFF
    cursor.begin()
    precision = cursor.bits(3, .precision) &+ 8
    if precision > 14 { cursor.fail(.badParameter) }
    classCount = cursor.count(.classes, upTo: CodedDescription.maximumClassCount)
    positionClassCount = 1
    if symbols.areMask {
      // Tables for each class leave so many.
      let limit = positionCount > 0 ? CodedDescription.maximumPositionClassCount : 1
      positionClassCount = cursor.count(
        .positionClasses, upTo: min(limit, CodedDescription.maximumMaskTableCount / classCount))
    }
    tables = cursor.place
    let tableCount = classCount &* positionClassCount
    memory.read(tableCount, loading: tableCount, as: 0, symbols, precision: precision, &cursor)
    segmentClasses = Self.classes(classCount, of: segmentCount, .segmentClass, &cursor)
    positionClasses = Self.classes(positionClassCount, of: positionCount, .positionClass, &cursor)
  }

  /// Moves over the classes of segments or positions; it fails with `badClass` at the first that does not exist.
  @inline(never)
  private static func classes(
    _ classCount: Int, of count: Int, _ field: DescriptionField,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) -> BitOffset {
    let start = cursor.place
    var left = classCount > 1 ? count : 0
    while left > 0, !cursor.hasFailed {
      cursor.begin()
      if cursor.bits(Self.width(classCount), field) >= classCount { cursor.fail(.badClass) }
      left &-= 1
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
  @_lifetime(copy bytes)
  func tableCursor(_ bytes: Span<UInt8>) -> DescriptionCursor<NoObserver> {
    DescriptionCursor(at: tables, end: .max, bytes, NoObserver())
  }

  /// Loads the tables of a class, the first of them as `table`.
  func load(classNumber: Int, as table: Int, into memory: inout CodedTables, _ bytes: Span<UInt8>) {
    var cursor = tableCursor(bytes)
    let first = classNumber &* positionClassCount
    memory.read(first &+ positionClassCount, loading: first, as: table, symbols, precision: precision, &cursor)
  }
}
