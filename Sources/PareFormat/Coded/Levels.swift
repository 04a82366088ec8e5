/// From levels to frequencies (spec section 9.2): what readers and writers must compute alike. Inlinable, since an encoder tries
/// thousands of tables.
public enum Levels {
  /// The highest level of a knot.
  public static var highest: Int { 127 }

  /// The level at `x` between two knots, in 128ths of an octave. Precondition: x0 < x1, and x lies between them.
  @inlinable @inline(__always)
  public static func level(at x: Int, _ x0: Int, _ level0: Int, _ x1: Int, _ level1: Int) -> Int {
    // The quotient is rounded to zero, whether the line rises or falls.
    16 &* level0 &+ 16 &* (level1 &- level0) &* (x &- x0) / (x1 &- x0)
  }

  /// 2 to the power of a level in 128ths of an octave; 16 bits for the highest one.
  @inlinable @inline(__always)
  public static func weight(_ level: Int) -> UInt16 {
    let index = (level &>> 4) & 7
    let low = Int(truncatingIfNeeded: powers[index])
    let high = Int(truncatingIfNeeded: powers[index &+ 1])
    let weight = low &+ ((high &- low) &* (level & 15)) &>> 4
    return UInt16(truncatingIfNeeded: weight &>> (15 &- level &>> 7))
  }

  /// Shares 2 to `precision` slots among symbols in the ratio of their weights, at least one for each whose weight is not
  /// 0, and calls `body` for every symbol in order. Precondition: at most 2 to `precision` weights of 256 are not 0, and
  /// one at least.
  @inlinable @inline(__always)
  public static func share(
    precision: Int, among count: Int, weight: (Int) -> UInt16, body: (_ symbol: Int, _ frequency: UInt32) -> Void
  ) {
    var total: UInt32 = 0
    var present: UInt32 = 0
    for symbol in 0..<count {
      let weight = weight(symbol)
      total &+= UInt32(truncatingIfNeeded: weight)
      present &+= weight == 0 ? 0 : 1
    }
    let shared = 1 &<< UInt32(truncatingIfNeeded: precision) &- present
    var rest = total &>> 1
    for symbol in 0..<count {
      let weight = UInt32(truncatingIfNeeded: weight(symbol))
      var frequency: UInt32 = 0
      if weight != 0 {
        rest &+= shared &* weight
        frequency = 1 &+ rest / total
        rest %= total
      }
      body(symbol, frequency)
    }
  }

  /// 2^15 times 2^(i / 8), the last one as large as 16 bits allow.
  @usableFromInline
  static let powers: InlineArray<9, UInt16> = [
    32768, 35734, 38968, 42495, 46341, 50535, 55109, 60097, 65535,
  ]
}
