/// Reads the low bits of codes: a plain bit string.
struct LowBitsReader {
  private var place = BitOffset(byte: 0, bit: 0)
  private let range: Range<Int>

  /// The widths, or-ed, of the bits that are missing.
  private var missing = 0

  init() { range = 0..<0 }

  init(_ range: Range<Int>) {
    self.range = range
    place.byte = range.lowerBound
  }

  /// The next `width` bits, at most 16.
  mutating func next(_ width: Int, _ bytes: Span<UInt8>) -> Int {
    guard width > 0 else { return 0 }
    var next = place
    next.advance(width)
    guard next.byte < range.upperBound || (next.byte == range.upperBound && next.bit == 0) else {
      missing |= width
      return 0
    }
    let bits = Int(truncatingIfNeeded: bytes.bits(at: place, width: width))
    place = next
    return bits
  }

  /// Throws what is wrong with the bit string once all its bits have been read.
  func checkEnd(tensor: Int, _ bytes: Span<UInt8>) throws(FormatError) {
    guard missing == 0 else { throw FormatError(.badStream, at: range.upperBound, tensor: tensor) }
    let end = place.bit == 0 ? place.byte : place.byte &+ 1
    guard end == range.upperBound else { throw FormatError(.badStream, at: end, tensor: tensor) }
    guard place.bit == 0 || bytes[place.byte] &>> UInt8(truncatingIfNeeded: place.bit) == 0 else {
      throw FormatError(.paddingNotZero, at: place.byte, tensor: tensor)
    }
  }
}
