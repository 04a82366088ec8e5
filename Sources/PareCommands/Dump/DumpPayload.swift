import PareFormat

/// The walk over one payload: padding, and the parts in their order.
struct DumpPayload {
  private let record: DumpRecord
  private let parts: [(name: String, range: Range<Int>, values: DumpValues.Kind)]

  /// Lays the payload out; nil where its parameters allow none.
  init?(_ record: DumpRecord) {
    let sparse = record.encoding.sparse
    if sparse != nil || record.encoding.coded != nil {
      guard record.shape.elementCount > 0, (record.encoding.nnz ?? 0) <= record.shape.elementCount else { return nil }
    }
    guard
      let parts = PayloadParts(
        shape: record.shape, encoding: record.encoding, largest: Header(isLarge: true).largestSize)
    else { return nil }
    let affine = record.encoding.affine
    let none = 0..<0
    self.record = record
    self.parts = [
      ("scales", affine == nil ? none : parts.scales, .float(affine?.scaleType ?? .f32)),
      ("zeroPoints", parts.zeroPoints, affine.map { $0.bitWidth <= 8 } ?? true ? .i8 : .i16),
      (
        "codebook", record.encoding.codebook == nil ? none : parts.codebook,
        .float(record.encoding.codebook?.entryType ?? .f32)
      ),
      ("rowTable", parts.rowTable, sparse?.rowTableEntryByteCount == 4 ? .u32 : .u16),
      ("values", parts.values, Self.values(record)),
      ("positions", sparse == nil ? none : parts.positions, Self.positions(record.encoding)),
      ("coded", record.encoding.coded == nil ? none : parts.coded, .bits),
    ]
  }

  /// Walks the payload at the reader's place; `Stop` where the bytes end.
  func walk(
    _ reader: inout DumpReader, _ bytes: Span<UInt8>, index: Int, alignment: Int
  ) throws(DumpReader.Stop) {
    reader.heading("payload of tensor \(index), \(record.name)")
    let unit = record.encoding.coded == nil ? alignment : 1
    try reader.take(align(reader.offset, to: unit) - reader.offset, "padding")
    let base = reader.offset
    for part in parts where !part.range.isEmpty {
      let start = base + part.range.lowerBound
      try reader.take(start - reader.offset, "padding")
      if part.name == "coded", let coded = record.encoding.coded {
        try DumpCoded(coded: coded, record: record).walk(&reader, bytes, byteCount: part.range.count)
        continue
      }
      try reader.take(
        part.range.count, part.name, summary(part.name),
        values: DumpValues(kind: part.values, range: start..<start + part.range.count))
    }
  }

  private func summary(_ part: String) -> String {
    switch part {
    case "values":
      let count = record.encoding.sparse?.nnz ?? record.shape.elementCount
      return "\(count) of \(counted(record.encoding.element.bitWidth, "bit"))"
    case "positions": return record.encoding.position.words
    default: return ""
    }
  }

  private static func values(_ record: DumpRecord) -> DumpValues.Kind {
    // The fields of one bit string: a row of a dense tensor, or all of a sparse one.
    let row = record.encoding.sparse?.nnz ?? record.shape.rowElementCount
    switch record.encoding.element {
    case .f32: return .float(.f32)
    case .f16: return .float(.f16)
    case .bf16: return .brain
    case .affine(let affine): return .fields(width: affine.bitWidth, row: row, affine.isSign ? .sign : .signed)
    case .codebook(let codebook): return .fields(width: codebook.bitWidth, row: row, .index)
    }
  }

  private static func positions(_ encoding: Encoding) -> DumpValues.Kind {
    switch encoding.sparse?.kind {
    case .indicesU16: .u16
    case .gapsU8: .gaps
    case .bitmap, .gapsRice, nil: .bits
    }
  }
}
