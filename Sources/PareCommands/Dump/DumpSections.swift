import Pare
import PareFormat

/// The walk over header and sections. What it needs of the records to go on to the payloads it keeps.
struct DumpSections {
  var reader: DumpReader
  private(set) var records: [DumpRecord] = []
  private(set) var alignment = 4
  init(byteCount: Int) { reader = DumpReader(end: byteCount) }

  /// Walks to the first payload, or throws `DumpReader.Stop` where the bytes make no sense any more.
  mutating func walk(_ bytes: Span<UInt8>) throws(DumpReader.Stop) {
    try header(bytes)
    var checked = 0
    while try section(bytes, &checked) & 0x80 == 0 {}
  }

  private mutating func header(_ bytes: Span<UInt8>) throws(DumpReader.Stop) {
    reader.heading("header")
    try reader.take(8, "magic")
    _ = try reader.u8(bytes, "major")
    _ = try reader.u8(bytes, "minor")
    _ = try reader.u8(bytes, "readerMinimum")
    let flags = try reader.u8(bytes, "flags") { flags in
      let known = "alignment \(4 << Int(2 * (flags & 3))), \(flags & 4 == 0 ? "not large" : "large")"
      return flags & 3 == 3 || flags & 0xF8 != 0 ? "reserved bits set" : known
    }
    guard flags & 3 != 3 else { throw DumpReader.Stop() }
    alignment = 4 << Int(2 * (flags & 3))
  }

  /// Walks one section and gives its type field.
  private mutating func section(_ bytes: Span<UInt8>, _ checked: inout Int) throws(DumpReader.Stop) -> UInt8 {
    let start = checked
    let next = reader.offset < reader.end ? bytes[reader.offset] & 0x7F : 0
    reader.heading("section \(SectionWords.name(next))")
    let type = try reader.u8(bytes, "type") { type in
      "\(SectionWords.name(type & 0x7F)) (\(type & 0x7F)), \(type & 0x80 == 0 ? "a" : "no") section follows"
    }
    let byteCount = try reader.leb128(bytes, "byteCount")
    guard byteCount <= reader.end - reader.offset else { throw DumpReader.Stop() }
    let fileEnd = reader.end
    reader.end = reader.offset + byteCount
    var isUnderstood = true
    do { try body(bytes, type & 0x7F) } catch { isUnderstood = false }
    try reader.take(reader.end - reader.offset, isUnderstood ? "body" : "not understood")
    reader.end = fileEnd
    let covered = start..<reader.offset
    _ = try reader.u32(bytes, "checksum") { stored in
      let computed = ZlibChecksum.update(0, bytes, covered)
      let words = "CRC-32 of \(hexadecimal(covered.lowerBound)) to \(hexadecimal(covered.upperBound - 1))"
      return computed == stored ? words : "\(words), which is \(checksumText(computed)): damaged"
    }
    checked = reader.offset
    guard isUnderstood || type & 0x7F != 1 else { throw DumpReader.Stop() }
    return type
  }

  private mutating func body(_ bytes: Span<UInt8>, _ number: UInt8) throws(DumpReader.Stop) {
    switch number {
    case 1:
      while reader.offset < reader.end { records.append(try DumpRecord(&reader, bytes, index: records.count)) }
    case 64: try provenance(bytes)
    case 65:
      let records = records
      while reader.offset < reader.end {
        _ = try reader.leb128(bytes, "index") { Self.tensorName($0, records) }
      }
    case 66:
      _ = try reader.u8(bytes, "kind") { SectionWords.sourceKind($0) }
      let text = clipped(bytes.text(reader.offset..<reader.end), to: 200)
      try reader.take(reader.end - reader.offset, "text", text)
    case 67: try model(bytes)
    default: break
    }
  }

  private mutating func provenance(_ bytes: Span<UInt8>) throws(DumpReader.Stop) {
    let records = records
    var tensor = -1
    while reader.offset < reader.end {
      let previous = tensor
      tensor += 1 + (try reader.leb128(bytes, "skip") { Self.tensorName(previous + $0 + 1, records) })
      _ = try reader.u32(bytes, "sourceChecksum") { _ in "CRC-32 of the source's f32" }
      _ = try reader.u32(bytes, "maxAbsError") { "\(Float(bitPattern: $0))" }
      _ = try reader.u32(bytes, "rmsError") { "\(Float(bitPattern: $0))" }
    }
  }

  static func tensorName(_ index: Int, _ records: [DumpRecord]) -> String {
    records.indices.contains(index) ? "tensor \(index), \(records[index].name)" : "tensor \(index)"
  }
}

/// Sections in words.
enum SectionWords {
  static func name(_ number: UInt8) -> String {
    switch SectionNumber(rawValue: number) {
    case .directory: "directory"
    case .provenance: "provenance"
    case .order: "order"
    case .source: "source"
    case .model: "model"
    case nil: number < 64 ? "unknown critical" : "unknown ancillary"
    }
  }

  static func sourceKind(_ kind: UInt8) -> String {
    switch kind {
    case 0: "0, JSON document"
    case 1: "1, tables"
    default: "\(kind), unknown"
    }
  }
}
