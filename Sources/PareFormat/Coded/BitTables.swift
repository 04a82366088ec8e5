/// The frequencies of bit symbols, which depend only on the number of one bits: up to eight tables, one for each position
/// class (spec section 9.2).
struct BitTables {
  /// For each table and for 0 to 8 one bits three numbers: the sum of the frequencies of symbols with fewer, the frequency of each of
  /// these, and the place of the first in the order; and behind them the sum of all. The tables are those of the mask's position
  /// classes, then that of codes.
  private var groups = InlineArray<270, UInt16>(repeating: 0)

  /// The number of the table of codes of one bit.
  static let ofCodes = 8

  init() {}

  /// Reads tables that have been checked.
  mutating func load(
    _ numbers: Range<Int>, precision: Int, _ cursor: inout DescriptionCursor<NoObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) {
    for table in numbers {
      let read = try Self.read(precision: precision, &cursor, bytes)
      var start: UInt16 = 0
      var place: UInt16 = 0
      for group in 0...9 {
        let entry = 30 &* table &+ 3 &* group
        groups[entry] = start
        if group == 9 { break }
        groups[entry &+ 1] = read[group]
        groups[entry &+ 2] = place
        start &+= UInt16(BitSymbols.sizes[group]) &* read[group]
        place &+= UInt16(BitSymbols.sizes[group])
      }
    }
  }

  /// Reads one table; throws `badTable` at its first byte when its frequencies exceed their sum.
  static func read(
    precision: Int, _ cursor: inout DescriptionCursor<some DescriptionObserver>, _ bytes: Span<UInt8>
  ) throws(FormatError) -> InlineArray<9, UInt16> {
    let offset = cursor.place.byte
    var read = InlineArray<9, UInt16>(repeating: 0)
    var rest = 1 &<< precision
    var isOver = false
    for group in 1...8 {
      let frequency = try cursor.expGolomb(0, .frequency(ones: group), at: offset, bytes)
      // At most 70 * 2^15, and eight of them.
      rest &-= Int(truncatingIfNeeded: BitSymbols.sizes[group]) &* frequency
      isOver = isOver || rest < 0
      read[group] = UInt16(truncatingIfNeeded: frequency)
    }
    guard !isOver else { throw cursor.error(.badTable, at: offset) }
    read[0] = UInt16(truncatingIfNeeded: rest)
    return read
  }

  /// The place in the order of the symbol that `slot`, which is one of a table, belongs to, its frequency, and what the slot is above
  /// its start. Mutating and unchecked for the reasons that `SymbolTables.find` is: the sum of all ends the search.
  @inline(__always)
  mutating func find(_ slot: UInt32, table: UInt8) -> (place: UInt8, frequency: UInt32, rest: UInt32) {
    var entry = 30 &* Int(truncatingIfNeeded: table)
    var end: UInt32
    repeat {
      entry &+= 3
      end = unsafe UInt32(truncatingIfNeeded: groups[unchecked: entry])
    } while end <= slot
    let start = unsafe UInt32(truncatingIfNeeded: groups[unchecked: entry &- 3])
    let inGroup = slot &- start
    // A symbol that has slots has a frequency.
    let frequency = unsafe UInt32(truncatingIfNeeded: groups[unchecked: entry &- 2])
    let index = inGroup / frequency
    let place = unsafe UInt32(truncatingIfNeeded: groups[unchecked: entry &- 1]) &+ index
    return (UInt8(truncatingIfNeeded: place), frequency, inGroup &- index &* frequency)
  }
}

/// Bit symbols in the order of their number of one bits, then of their value.
public enum BitSymbols {
  /// The number of symbols with 0 to 8 one bits.
  public static let sizes: InlineArray<9, UInt8> = [1, 8, 28, 56, 70, 56, 28, 8, 1]

  /// The number of symbols with fewer.
  static let offsets: InlineArray<9, UInt8> = [0, 1, 9, 37, 93, 163, 219, 247, 255]

  #if !hasFeature(Embedded)
    /// All 256 in that order.
    public static let order: InlineArray<256, UInt8> = [
      0, 1, 2, 4, 8, 16, 32, 64, 128, 3, 5, 6, 9, 10, 12, 17, 18, 20, 24, 33,
      34, 36, 40, 48, 65, 66, 68, 72, 80, 96, 129, 130, 132, 136, 144, 160, 192, 7, 11, 13,
      14, 19, 21, 22, 25, 26, 28, 35, 37, 38, 41, 42, 44, 49, 50, 52, 56, 67, 69, 70,
      73, 74, 76, 81, 82, 84, 88, 97, 98, 100, 104, 112, 131, 133, 134, 137, 138, 140, 145, 146,
      148, 152, 161, 162, 164, 168, 176, 193, 194, 196, 200, 208, 224, 15, 23, 27, 29, 30, 39, 43,
      45, 46, 51, 53, 54, 57, 58, 60, 71, 75, 77, 78, 83, 85, 86, 89, 90, 92, 99, 101,
      102, 105, 106, 108, 113, 114, 116, 120, 135, 139, 141, 142, 147, 149, 150, 153, 154, 156, 163, 165,
      166, 169, 170, 172, 177, 178, 180, 184, 195, 197, 198, 201, 202, 204, 209, 210, 212, 216, 225, 226,
      228, 232, 240, 31, 47, 55, 59, 61, 62, 79, 87, 91, 93, 94, 103, 107, 109, 110, 115, 117,
      118, 121, 122, 124, 143, 151, 155, 157, 158, 167, 171, 173, 174, 179, 181, 182, 185, 186, 188, 199,
      203, 205, 206, 211, 213, 214, 217, 218, 220, 227, 229, 230, 233, 234, 236, 241, 242, 244, 248, 63,
      95, 111, 119, 123, 125, 126, 159, 175, 183, 187, 189, 190, 207, 215, 219, 221, 222, 231, 235, 237,
      238, 243, 245, 246, 249, 250, 252, 127, 191, 223, 239, 247, 251, 253, 254, 255,
    ]
  #endif
}

/// The bit symbols in their order. A table of constants where memory is plenty; on a microcontroller it is filled when it is
/// needed, since a linker cannot leave out constants that firmware without entropy coding does not use.
struct BitOrder {
  #if hasFeature(Embedded)
    private var symbols = InlineArray<256, UInt8>(repeating: 0)

    /// Fills the table, which is empty at first.
    @inline(never)
    mutating func fill() {
      var places = BitSymbols.offsets
      for symbol in 0...255 {
        let group = symbol.nonzeroBitCount
        let place = Int(truncatingIfNeeded: places[group])
        symbols[place] = UInt8(truncatingIfNeeded: symbol)
        places[group] &+= 1
      }
    }

    /// The symbol at `place`. Mutating for the reason that `BitTables.find` is.
    @inline(__always)
    mutating func symbol(_ place: UInt8) -> UInt8 { symbols[Int(truncatingIfNeeded: place)] }
  #else
    mutating func fill() {}

    @inline(__always)
    mutating func symbol(_ place: UInt8) -> UInt8 { BitSymbols.order[Int(truncatingIfNeeded: place)] }
  #endif
}
