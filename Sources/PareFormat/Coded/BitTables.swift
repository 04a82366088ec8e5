// Tables of bit symbols, whose frequencies depend only on the number of one bits: for 0 to 8 of them the sum of the frequencies of
// symbols with fewer, and the sum of all; then for 0 to 8 the frequency of each of these less 1, since a division by the frequency then
// needs no check; then the place of the first of them in the order.

extension CodedTables {
  /// Reads the table at `cursor` (spec section 9.2): loads it as number `table`, or only checks it where that is negative.
  @inline(__always)
  mutating func readBits(
    _ table: Int, precision: Int, _ cursor: inout DescriptionCursor<some DescriptionObserver>
  ) {
    let base = Self.groupCount &* (table < 0 ? Self.unused : table)
    var rest = 1 &<< precision
    var entry = base &+ 10
    while entry < base &+ 18 {
      entry &+= 1
      let ones = entry &- base &- 10
      let frequency = cursor.expGolomb(0, .frequency(ones: ones))
      // At most 70 * 2^15, and eight of them.
      rest &-= Int(truncatingIfNeeded: BitSymbols.sizes[ones]) &* frequency
      groups[entry] = UInt16(truncatingIfNeeded: frequency &- 1)
    }
    if rest < 0 { cursor.fail(.badTable) }
    groups[base &+ 10] = UInt16(truncatingIfNeeded: rest &- 1)
    var start: UInt16 = 0
    var place: UInt16 = 0
    entry = base
    for ones in 0...8 {
      let size = UInt16(truncatingIfNeeded: BitSymbols.sizes[ones])
      groups[entry] = start
      groups[entry &+ 19] = place
      start &+= size &* (groups[entry &+ 10] &+ 1)
      place &+= size
      entry &+= 1
    }
    groups[entry] = start
  }

  /// The frequency of the symbols with some one bits in the table that was read last, where it was only checked.
  func frequency(ones: Int) -> Int {
    Int(truncatingIfNeeded: groups[Self.groupCount &* Self.unused &+ 10 &+ ones] &+ 1)
  }

  /// Fills in the order of bit symbols, which needs memory: a linker cannot leave out constants that firmware without entropy
  /// coding does not use.
  @inline(never)
  mutating func fillOrder() {
    // Behind symbol 0.
    var place = 1
    for ones in 1...8 {
      var symbol = 1 &<< ones &- 1
      repeat {
        order[place] = UInt8(truncatingIfNeeded: symbol)
        place &+= 1
        // The next number with as many one bits: its lowest run of them gives one to the next place, the others fall to the end.
        let carried = symbol &+ (symbol & (0 &- symbol))
        symbol = carried | (carried ^ symbol) &>> (symbol.trailingZeroBitCount &+ 2)
      } while symbol < 256
    }
  }
}

/// Bit symbols in the order of their number of one bits, then of their value.
public enum BitSymbols {
  /// The number of symbols with 0 to 8 one bits.
  public static let sizes: InlineArray<9, UInt8> = [1, 8, 28, 56, 70, 56, 28, 8, 1]

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
