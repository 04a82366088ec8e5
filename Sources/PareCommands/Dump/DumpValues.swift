import PareFormat

/// The values of one part of a payload, and how a line of its bytes is put into words.
struct DumpValues {
  enum Kind {
    case float(ScaleType)
    case brain
    case u8, i8, i16, u16, u32
    /// Bit strings of `row` fields of `width` bits, each beginning on a byte.
    case fields(width: Int, row: Int, Field)
    /// u8 gaps.
    case gaps
    /// Where streams start, all but the first, by block and stream.
    case starts(byteCount: Int, [String], namesBlocks: Bool)
    /// Bits, the lowest of each byte first.
    case bits
  }

  enum Field {
    case signed, sign, index
  }

  let kind: Kind

  /// The offsets of the part in the container.
  let range: Range<Int>

  /// The values that begin in a line of bytes, a range of offsets in the container.
  func words(_ line: Range<Int>, _ bytes: Span<UInt8>) -> String {
    func units(_ size: Int, _ text: (Int) -> String) -> String {
      stride(from: line.lowerBound, to: line.upperBound, by: size)
        .filter { $0 + size <= line.upperBound }.map(text).joined(separator: " ")
    }
    switch kind {
    case .float(.f32): return units(4) { "\(Float(bitPattern: bytes.littleEndian32(at: $0)))" }
    case .float(.f16):
      return units(2) { "\(Float(bitPattern: HalfPrecision.widenHalf(bytes.littleEndian16(at: $0))))" }
    case .brain: return units(2) { "\(Float(bitPattern: HalfPrecision.widenBrain(bytes.littleEndian16(at: $0))))" }
    case .u8: return units(1) { "\(bytes[$0])" }
    case .i8: return units(1) { "\(Int8(bitPattern: bytes[$0]))" }
    case .i16: return units(2) { "\(Int16(bitPattern: bytes.littleEndian16(at: $0)))" }
    case .u16: return units(2) { "\(bytes.littleEndian16(at: $0))" }
    case .u32: return units(4) { "\(bytes.littleEndian32(at: $0))" }
    case .gaps: return units(1) { bytes[$0] == 255 ? "skip-255" : "\(bytes[$0])" }
    case .starts(let size, let names, let namesBlocks):
      return units(size) { offset in
        let stream = (offset - range.lowerBound) / size + 1
        let start =
          size == 1
          ? Int(bytes[offset])
          : size == 2 ? Int(bytes.littleEndian16(at: offset)) : Int(bytes.littleEndian32(at: offset))
        let last = offset + size == line.upperBound
        return (namesBlocks ? "block \(stream / names.count) " : "") + "\(names[stream % names.count]) \(start)"
          + (last ? "" : ",")
      }
    case .bits:
      return units(1) { offset in (0..<8).map { bytes[offset] >> $0 & 1 == 1 ? "1" : "0" }.joined() }
    case .fields(let width, let row, let field):
      return fields(line, bytes, width, row).map { Self.text($0, width, field) }.joined(separator: " ")
    }
  }

  private static func text(_ bits: UInt32, _ width: Int, _ field: Field) -> String {
    switch field {
    case .sign: return bits == 0 ? "-1" : "+1"
    case .index: return "\(bits)"
    case .signed:
      let shift = Int32(32 - width)
      return "\((Int32(bitPattern: bits) << shift) >> shift)"
    }
  }

  /// The fields whose first bit is in the line, each in the bit string of its row.
  private func fields(_ line: Range<Int>, _ bytes: Span<UInt8>, _ width: Int, _ row: Int) -> [UInt32] {
    let rowByteCount = bitStringByteCount(fields: row, bitWidth: width)
    guard rowByteCount > 0 else { return [] }
    var found: [UInt32] = []
    var byte = line.lowerBound
    while byte < line.upperBound {
      let rowStart = byte - (byte - range.lowerBound) % rowByteCount
      let end = min(line.upperBound, rowStart + rowByteCount)
      var index = ((byte - rowStart) * 8 + width - 1) / width
      while index < row, rowStart + index * width / 8 < end {
        if let bits = Self.field(bytes, rowStart, index * width, width) { found.append(bits) }
        index += 1
      }
      byte = end
    }
    return found
  }

  /// `width` bits from bit `bit` of the bit string at `start`; nil where the bytes end.
  private static func field(_ bytes: Span<UInt8>, _ start: Int, _ bit: Int, _ width: Int) -> UInt32? {
    var bits: UInt32 = 0
    for index in 0..<width {
      let position = bit + index
      guard start + position / 8 < bytes.count else { return nil }
      bits |= UInt32(bytes[start + position / 8] >> UInt8(position % 8) & 1) << UInt32(index)
    }
    return bits
  }
}
