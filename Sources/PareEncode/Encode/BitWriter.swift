/// Writes fields of bits, least significant bit first (spec section 1).
struct BitWriter {
  private var pending: UInt64 = 0
  private var pendingCount = 0

  /// Appends the low `width` bits, 0 to 32, of `field`; whole bytes go to `bytes`.
  @inline(__always)
  mutating func append(_ field: UInt32, width: Int, to bytes: inout [UInt8]) {
    let mask: UInt64 = 1 &<< UInt64(truncatingIfNeeded: width) &- 1
    pending |= (UInt64(truncatingIfNeeded: field) & mask) &<< UInt64(truncatingIfNeeded: pendingCount)
    pendingCount &+= width
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending &>>= 8
      pendingCount &-= 8
    }
  }

  /// Fills the last byte with zero bits.
  mutating func flush(to bytes: inout [UInt8]) {
    if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    pending = 0
    pendingCount = 0
  }
}
