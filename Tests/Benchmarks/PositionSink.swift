import PareFormat

/// Random positions of a sparse tensor in one of the position codings, a block a row.
struct PositionSink {
  let kind: PositionKind?
  private(set) var bytes: [UInt8] = []
  private(set) var count = 0
  private var ordinalStarts: [Int] = []
  private var byteStarts: [Int] = []
  // The best for densities near a tenth.
  private let riceBits = 2

  init(kind: PositionKind?) { self.kind = kind }

  mutating func fill(rows: Int, columns: Int, density: Double, _ random: inout SplitMix) {
    let limit = UInt64(density * 4_294_967_296)
    for row in 0..<rows {
      if row > 0 {
        ordinalStarts.append(count)
        byteStarts.append(bytes.count)
      }
      var bits = BitString()
      var bitmap = [UInt8](repeating: 0, count: kind == .bitmap ? (columns + 7) / 8 : 0)
      var next = 0
      for column in 0..<columns where random.next() >> 32 < limit {
        var gap = column - next
        switch kind {
        case .bitmap: bitmap[column / 8] |= 1 << UInt8(column % 8)
        case .indicesU16: bytes += [UInt8(column & 0xFF), UInt8(column >> 8)]
        case .gapsRice:
          bits.append(1 << UInt64(gap >> riceBits) - 1, width: gap >> riceBits + 1, to: &bytes)
          bits.append(UInt64(gap & (1 << riceBits - 1)), width: riceBits, to: &bytes)
        case .gapsU8, nil:
          while gap >= 255 {
            bytes.append(255)
            gap -= 255
          }
          bytes.append(UInt8(gap))
        }
        next = column + 1
        count += 1
      }
      bits.flush(to: &bytes)
      bytes += bitmap
    }
  }

  func parameters(rows: Int) -> SparseParameters? {
    guard let kind else { return nil }
    return SparseParameters(
      kind: kind, nnz: count, blockRowsLog2: rows > 1 ? 0 : nil,
      positionByteCount: kind == .gapsU8 || kind == .gapsRice ? bytes.count : 0,
      riceBits: kind == .gapsRice ? riceBits : 0)
  }

  func writeTable(_ sparse: SparseParameters?, to output: inout ArraySink) {
    guard let sparse else { return }
    let columns = sparse.hasByteColumn ? [ordinalStarts, byteStarts] : [ordinalStarts]
    for start in columns.joined() {
      if sparse.rowTableEntryByteCount == 2 { output.u16(UInt16(start)) } else { output.u32(UInt32(start)) }
    }
  }
}

/// Bits that wait for a whole byte, least significant first.
private struct BitString {
  var window: UInt64 = 0
  var filled = 0

  mutating func append(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
    precondition(width <= 56, "longer unary parts do not occur at the densities measured")
    window |= value << UInt64(filled)
    filled += width
    while filled >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: window))
      window >>= 8
      filled -= 8
    }
  }

  mutating func flush(to bytes: inout [UInt8]) {
    if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: window)) }
    window = 0
    filled = 0
  }
}
