import PareFormat

/// The walk over the coded part of a payload: description, starts, streams.
struct DumpCoded {
  let coded: CodedParameters
  let record: DumpRecord

  /// Walks a part of `byteCount` bytes at the reader's place; `Stop` where the bytes end.
  func walk(_ reader: inout DumpReader, _ bytes: Span<UInt8>, byteCount: Int) throws(DumpReader.Stop) {
    let range = reader.offset..<reader.offset + byteCount
    guard range.upperBound <= reader.end else { return try take(&reader, byteCount, "coded", "", .bits) }
    var observer = DumpDescription()
    let description: CodedDescription
    do {
      description = try CodedDescription.parse(
        record.encoding.element, coded, record.shape, at: range, bytes, &observer)
    } catch {
      let bits = observer.items(symbolStreamNames)
      return try take(&reader, byteCount, "coded", "the description is damaged", .bits, bits: bits)
    }
    try reader.take(
      description.startsOffset - reader.offset, "description", counted(observer.bitCount, "bit"),
      bits: observer.items(symbolStreamNames))
    try starts(&reader, description)
    do { try description.checkStarts(bytes, tensor: 0) } catch {
      return try take(&reader, range.upperBound - reader.offset, "coded", "the starts are damaged", .bits)
    }
    for block in 0..<description.blockCount {
      reader.block = block
      defer { reader.block = nil }
      for index in streamNames.indices {
        let byteCount = description.range(ofStream: index, block: block, bytes).count
        let place = description.blockCount > 1 ? "block \(block)" : ""
        if index < description.streamCount {
          try stream(&reader, description.streams[index], byteCount, [place, streamNames[index]])
        } else {
          try take(&reader, byteCount, "low bits", place, .bits)
        }
      }
    }
  }

  /// The streams of a block, as the spec calls them.
  private var streamNames: [String] { symbolStreamNames + (record.encoding.element.hasLowBits ? ["low bits"] : []) }

  private var symbolStreamNames: [String] {
    let element = record.encoding.element
    let names = element.isFloat ? (0..<element.codedStreamCount).map { "plane \($0)" } : ["codes"]
    return coded.nnz == nil ? names : ["mask"] + names
  }

  private func stream(
    _ reader: inout DumpReader, _ stream: CodedStream, _ byteCount: Int, _ place: [String]
  ) throws(DumpReader.Stop) {
    let name = place.filter { !$0.isEmpty }.joined(separator: ", ")
    if stream.laneCount == 0 {
      return try take(&reader, byteCount, "symbols", name + ", raw", stream.symbols.isBits ? .bits : .u8)
    }
    // A damaged stream may be too short for them.
    let stateByteCount = min(byteCount, 4 * stream.laneCount)
    try take(&reader, stateByteCount, "states", name, .u32)
    try take(&reader, byteCount - stateByteCount, "words", name, .u16)
  }

  private func starts(_ reader: inout DumpReader, _ description: CodedDescription) throws(DumpReader.Stop) {
    let size = description.startByteCount
    try take(
      &reader, description.streamsOffset - description.startsOffset, "starts",
      "u\(8 * size) from the first stream's start",
      .starts(byteCount: size, streamNames, namesBlocks: description.blockCount > 1))
  }

  /// Takes bytes whose values are shown.
  private func take(
    _ reader: inout DumpReader, _ byteCount: Int, _ name: String, _ meaning: String, _ kind: DumpValues.Kind,
    bits: [DumpBitsItem] = []
  ) throws(DumpReader.Stop) {
    let values = DumpValues(kind: kind, range: reader.offset..<reader.offset + byteCount)
    try reader.take(byteCount, name, meaning, values: values, bits: bits)
  }
}
