#if !hasFeature(Embedded)
  /// Decodes blocks of a coded tensor on a machine with memory to spare: some rows at a time, streams first to bytes, then the
  /// bytes to floats by the kernels of tensors in place. `CodedElements` is the reference, and takes what this does not.
  struct FastDecoder {
    private let tensor: Tensor
    private let description: CodedDescription
    private let isSparse: Bool
    private let blockRows: Int
    private let tables: [SlotTables?]
    private let usesVectors: Bool

    /// Elements that are decoded at a time, about: their bytes stay in a cache.
    private static let chunkElementCount = 1 << 15

    /// Nil where the encoding is none that this decodes: codes of one bit or of more than 8, and sparse tensors with zero points.
    /// Precondition: the description has been checked.
    init?(
      _ tensor: Tensor, _ description: CodedDescription, _ path: CodedPath,
      _ bytes: Span<UInt8>
    ) {
      guard path != .reference else { return nil }
      isSparse = tensor.encoding.isSparse
      switch tensor.encoding.element {
      case .affine(let affine):
        guard affine.bitWidth > 1, affine.bitWidth <= 8, !isSparse || !affine.hasZeroPoints else { return nil }
      case .codebook(let codebook):
        guard codebook.bitWidth > 1, !isSparse || codebook.entryCount < 256 else { return nil }
      case .f32, .f16, .bf16: guard !isSparse else { return nil }
      }
      self.tensor = tensor
      self.description = description
      blockRows = tensor.encoding.blockRows(of: tensor.shape)
      usesVectors = path == .fastest
      var tables: [SlotTables?] = []
      for index in 0..<description.streamCount {
        let stream = description.streams[index]
        guard stream.laneCount > 0 else {
          // A raw byte may be no symbol, or none that is its own byte: that is for the reference.
          guard stream.symbols.count == 256, stream.symbols.byteOffset == 0 else { return nil }
          tables.append(nil)
          continue
        }
        guard let made = SlotTables(stream, bytes) else { return nil }
        tables.append(made)
      }
      self.tables = tables
    }

    /// What was found out while decoding: false says that something is wrong, or may be.
    private(set) var isValid = true

    /// The stored elements of the blocks decoded.
    private(set) var storedCount = 0

    /// Decodes the rows of `block` before `limit`, and gives their bytes chunk by chunk, those of the first plane in `target`
    /// where there is one, which has a byte for each element of the tensor.
    mutating func decode(
      block: Int, before limit: Int, into target: UnsafeMutableBufferPointer<UInt8>? = nil, _ bytes: Span<UInt8>,
      _ body: (_ rows: Range<Int>, _ planes: FastPlanes) -> Void
    ) {
      var streams = (0..<description.streamCount).map { index in
        FastStream(
          description.streams[index], description.range(ofStream: index, block: block, bytes), usesVectors: usesVectors)
      }
      let shape = tensor.shape
      let firstRow = block * blockRows
      let endRow = min(firstRow + blockRows, limit)
      let segmentRows = description.segmentRowsLog2.map { 1 << $0 } ?? blockRows
      var planes = unsafe FastPlanes(count: description.streamCount - (isSparse ? 1 : 0), target: target)
      var row = firstRow
      // A chunk is whole segments, or a part of one.
      while row < endRow {
        let wanted = max(1, Self.chunkElementCount / max(shape.rowElementCount, 1))
        var end = min(endRow, row + wanted)
        if segmentRows <= wanted { end = min(endRow, row + wanted / segmentRows * segmentRows) }
        if isSparse, segmentRows > 1, end < endRow {
          // A mask symbol belongs to one segment, and may cross rows: cut where it does not.
          end = cut(row, end, endRow, segmentRows)
        }
        decodeRows(row..<end, block: block, segmentRows, &streams, &planes, bytes)
        body(row..<end, planes)
        row = end
      }
      for stream in streams where !stream.endsCleanly { isValid = false }
    }

    /// The first row behind `end` at which a mask symbol begins.
    private func cut(_ row: Int, _ end: Int, _ endRow: Int, _ segmentRows: Int) -> Int {
      var end = end
      let count = tensor.shape.rowElementCount
      while end < endRow, end & (segmentRows &- 1) != 0, (end &- firstRowOfSegment(end, segmentRows)) &* count & 7 != 0
      {
        end += 1
      }
      return end
    }

    private func firstRowOfSegment(_ row: Int, _ segmentRows: Int) -> Int { row / segmentRows * segmentRows }

    /// The parts of segments that are in some rows, and the class of each.
    private struct Part {
      let segment: Int
      let elements: Range<Int>
    }

    private mutating func decodeRows(
      _ rows: Range<Int>, block: Int, _ segmentRows: Int, _ streams: inout [FastStream], _ planes: inout FastPlanes,
      _ bytes: Span<UInt8>
    ) {
      let rowElementCount = tensor.shape.rowElementCount
      planes.resize(
        rows.count * rowElementCount, first: rows.lowerBound * rowElementCount, isSparse: isSparse)
      var parts: [Part] = []
      var row = rows.lowerBound
      while row < rows.upperBound {
        let end = min(rows.upperBound, firstRowOfSegment(row, segmentRows) + segmentRows)
        let elements = (row - rows.lowerBound) * rowElementCount..<(end - rows.lowerBound) * rowElementCount
        parts.append(Part(segment: description.segmentRowsLog2.map { row >> $0 } ?? block, elements: elements))
        row = end
      }
      if isSparse { return decodeSparse(parts, &streams, &planes, bytes) }
      for index in streams.indices {
        let stream = description.streams[index]
        let runs = parts.map { SymbolRun(count: $0.elements.count, table: stream.segmentClass($0.segment, bytes)) }
        unsafe planes.withPlane(index, count: rows.count * rowElementCount) { plane in
          unsafe streams[index].decode(runs, tables[index], bytes, into: plane)
        }
      }
    }

    private mutating func decodeSparse(
      _ parts: [Part], _ streams: inout [FastStream], _ planes: inout FastPlanes, _ bytes: Span<UInt8>
    ) {
      let maskRuns = maskRuns(parts, bytes)
      let maskCount = maskRuns.reduce(0) { $0 + $1.count }
      unsafe planes.withMask(maskCount) { mask in unsafe streams[0].decode(maskRuns, tables[0], bytes, into: mask) }

      let values = description.streams[1]
      var first = 0
      var stored = 0
      let valueRuns = parts.map { part in
        let count = (part.elements.count + 7) / 8
        let ones = planes.countMask(first..<first + count)
        // Bits behind the elements.
        let excess = part.elements.count & 7
        if excess != 0, planes.maskByte(first + count - 1) >> UInt8(excess) != 0 { isValid = false }
        first += count
        stored += ones
        return SymbolRun(count: ones, table: values.segmentClass(part.segment, bytes))
      }
      storedCount += stored
      unsafe planes.withValues(stored) { bytesOfValues in
        unsafe streams[1].decode(valueRuns, tables[1], bytes, into: bytesOfValues)
      }
      let isIndex = tensor.encoding.codebook != nil
      if isIndex { planes.raiseValues(stored) } else if planes.hasZeroValue(stored) { isValid = false }
      var mask = 0
      var value = 0
      for (part, run) in zip(parts, valueRuns) {
        planes.expand(part.elements, mask: mask, value: value, usesVectors: usesVectors)
        mask += (part.elements.count + 7) / 8
        value += run.count
      }
    }

    /// The runs of mask symbols of one class of segments and positions.
    private func maskRuns(_ parts: [Part], _ bytes: Span<UInt8>) -> [SymbolRun] {
      let mask = description.streams[0]
      var runs: [SymbolRun] = []
      for part in parts {
        let count = (part.elements.count + 7) / 8
        let first = mask.segmentClass(part.segment, bytes) * mask.positionClassCount
        guard mask.positionClassCount > 1 else {
          runs.append(SymbolRun(count: count, table: first))
          continue
        }
        for position in 0..<count {
          let table = first + mask.positionClass(position, bytes)
          if position > 0, runs[runs.count - 1].table == table {
            runs[runs.count - 1].count += 1
          } else {
            runs.append(SymbolRun(count: 1, table: table))
          }
        }
      }
      return runs
    }
  }
#endif
