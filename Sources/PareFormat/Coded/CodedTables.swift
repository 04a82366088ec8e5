/// The tables that a decoder has loaded: up to four of symbols, and nine of bit symbols.
///
/// About 4 KB, so that a microcontroller can hold them; not an array of tables, since each of them would be copied when it is used.
struct CodedTables {
  /// The tables of symbols, see `SymbolTables.swift`: 257 starts for each, and 256 places to begin a search for a start.
  var starts = InlineArray<1028, UInt16>(repeating: 0)
  var firsts = InlineArray<1024, UInt8>(repeating: 0)
  static let startCount = 257
  static let firstCount = 256

  /// The tables of bit symbols, see `BitTables.swift`: up to 30 numbers for each.
  var groups = InlineArray<320, UInt16>(repeating: 0)
  static let groupCount = 32

  /// Bit symbols in the order of their number of one bits, then of their value.
  var order = InlineArray<256, UInt8>(repeating: 0)

  /// The numbers of the tables of bit symbols: those of the mask's position classes, that of codes of one bit, and one that is only
  /// checked.
  static let codesOfOneBit = 8
  static let unused = 9

  // All fields start as 0.
  init() {}

  /// Reads the first `count` tables of a stream, and loads those from number `first` on, the first of them as `table`.
  ///
  /// One function, which a description is checked with as well: then nothing is loaded.
  @inline(never)
  mutating func read(
    _ count: Int, loading first: Int, as table: Int, _ symbols: StreamSymbols, precision: Int,
    _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) {
    var index = 0
    while index < count, !cursor.hasFailed {
      let target = index < first ? -1 : table &+ index &- first
      cursor.begin()
      if symbols.isBits {
        readBits(target, precision: precision, &cursor)
      } else {
        readLevels(target, symbols, precision: precision, &cursor)
      }
      index &+= 1
    }
  }
}
