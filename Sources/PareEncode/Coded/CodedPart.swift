import PareFormat

/// An entropy-coded tensor's coded part, as spec section 9.1 has it.
struct CodedPart {
  let parameters: CodedParameters
  let bytes: [UInt8]

  /// Codes the elements of a tensor: all of them, or those that `stored` keeps.
  ///
  /// With classes of rows or without any, whichever is going to be shorter. Deterministic. Precondition: the tensor has elements.
  init(_ content: StoredContent, shape: Shape, stored: PruningMask?, blockRowsLog2: Int? = nil) {
    let plain = CodedSegments(shape: shape, rowsLog2: nil, blockRowsLog2: blockRowsLog2)
    var best = CodedPartBuilder(content, plain, shape: shape, stored: stored)
    // Floats as they are have the same exponents everywhere.
    if !content.element.isFloat || stored != nil,
      let rowsLog2 = CodedSegments.rowsLog2(shape: shape, blockRowsLog2: blockRowsLog2)
    {
      let segments = CodedSegments(shape: shape, rowsLog2: rowsLog2, blockRowsLog2: blockRowsLog2)
      let builder = CodedPartBuilder(content, segments, shape: shape, stored: stored)
      if builder.hasClasses, builder.cost < best.cost { best = builder }
    }
    bytes = best.bytes
    parameters = CodedParameters(
      nnz: stored.map(\.keptCount), blockRowsLog2: blockRowsLog2, codedByteCount: bytes.count)
  }
}

/// Builds one form of a coded part.
private struct CodedPartBuilder {
  private let content: StoredContent
  private let shape: Shape
  private let segments: CodedSegments
  private let sources: [CodedStreamSource]

  /// How each stream is coded; nil where it is raw.
  private let models: [StreamModel?]

  init(_ content: StoredContent, _ segments: CodedSegments, shape: Shape, stored: PruningMask?) {
    self.content = content
    self.shape = shape
    self.segments = segments
    sources = CodedStreamSource.all(content, segments, stored: stored)
    models = sources.map { Self.model($0, segments, shape) }
  }

  /// Whether one of the streams has classes.
  var hasClasses: Bool {
    models.contains { model in model.map { $0.classCount > 1 || $0.positionClassCount > 1 } ?? false }
  }

  /// What the symbols of all streams and their tables cost, in `CodeLength` units.
  var cost: Int {
    models.indices.reduce(0) { $0 + (models[$1]?.cost ?? sources[$1].count * 8 * CodeLength.bit) }
  }

  private static func model(_ source: CodedStreamSource, _ segments: CodedSegments, _ shape: Shape) -> StreamModel? {
    let counts = source.segmentCounts
    func model(_ precision: Int) -> StreamModel {
      let model = StreamModel.best(counts, source.symbols, precision: precision)
      guard source.symbols == .mask, segments.rowsLog2 == 0, shape.rows > 1 else { return model }
      let positions = (shape.rowElementCount + 7) / 8
      guard positions > 1, positions <= 8192 else { return model }
      return model.withPositionClasses(source.positionCounts(positions)) { source.sums($0, $1) }
    }
    var best = model(12)
    let fine = model(14)
    // Fast decoders look symbols up in a table of all slots; for most streams one of 2^12 is as good.
    let isFast = laneCount(best, segments.blockCount) == 32
    if fine.cost < (isFast ? best.cost / 1000 * 995 : best.cost) { best = fine }
    // Raw symbols are bytes.
    return best.cost >= source.count * 8 * CodeLength.bit ? nil : best
  }

  /// More lanes are faster; each takes four bytes in each block, two of them for nothing.
  private static func laneCount(_ model: StreamModel, _ blockCount: Int) -> Int {
    let byteCount = model.cost / (8 * CodeLength.bit) / blockCount
    return byteCount >= 1 << 16 ? 32 : byteCount >= 1 << 13 ? 4 : 1
  }

  /// The coded part.
  var bytes: [UInt8] {
    var description = DescriptionWriter()
    description.bits(segments.rowsLog2 ?? 31, 5)
    for (source, model) in zip(sources, models) {
      if let model {
        model.write(source.symbols, laneCount: Self.laneCount(model, segments.blockCount), to: &description)
      } else {
        description.bits(0, 2)
      }
    }
    description.flush()

    let slots = models.map { model in
      // One run of 256 for each table.
      model?.tables.flatMap { table in
        let slots = table.slots
        return slots + [SlotRange](repeating: SlotRange(), count: 256 - slots.count)
      } ?? []
    }
    var streams: [UInt8] = []
    let expected = models.indices.reduce(0) { sum, index in
      sum + (models[index].map { $0.cost / (8 * CodeLength.bit) + 64 } ?? sources[index].count)
    }
    // Room for what comes before them, so that they are made once and not copied.
    streams.reserveCapacity(expected + expected / 64 + description.bytes.count + 4 * segments.blockCount * 6)
    var starts: [Int] = []
    for block in 0..<segments.blockCount {
      for index in sources.indices {
        starts.append(streams.count)
        if let model = models[index] {
          encode(sources[index], model, slots[index], block, into: &streams)
        } else {
          for symbol in range(sources[index], block) { streams.append(UInt8(sources[index].symbol(symbol))) }
        }
      }
      if content.element.hasLowBits {
        starts.append(streams.count)
        writeLowBits(block, into: &streams)
      }
    }
    // The size of an entry follows from the size of the whole, and the other way round: the smallest that agrees.
    let rest = description.bytes.count + streams.count
    let entries = starts.count - 1
    let size = rest + entries <= 255 ? 1 : rest + 2 * entries <= 65_535 ? 2 : 4
    var before = description.bytes
    for start in starts.dropFirst() {
      switch size {
      case 1: before.append(UInt8(start))
      case 2: before.u16(UInt16(start))
      default: before.u32(UInt32(start))
      }
    }
    streams.insert(contentsOf: before, at: 0)
    return streams
  }

  /// The symbols of a block.
  private func range(_ source: CodedStreamSource, _ block: Int) -> Range<Int> {
    source.starts[segments.blockStarts[block]]..<source.starts[segments.blockStarts[block + 1]]
  }

  private func encode(
    _ source: CodedStreamSource, _ model: StreamModel, _ slots: [SlotRange], _ block: Int, into bytes: inout [UInt8]
  ) {
    let range = range(source, block)
    guard !range.isEmpty else { return }
    var encoder = RansEncoder(
      laneCount: Self.laneCount(model, segments.blockCount), precision: model.precision,
      expectedByteCount: model.cost / (8 * CodeLength.bit) / segments.blockCount)
    for segment in (segments.blockStarts[block]..<segments.blockStarts[block + 1]).reversed() {
      let start = source.starts[segment]
      let table = Int(model.segmentClasses[segment]) * model.positionClassCount
      for index in (start..<source.starts[segment + 1]).reversed() {
        let position = model.positionClassCount > 1 ? Int(model.positionClasses[index - start]) : 0
        encoder.put(slots[256 &* (table &+ position) &+ source.symbol(index)], index: index &- range.lowerBound)
      }
    }
    encoder.finish(into: &bytes)
  }

  private func writeLowBits(_ block: Int, into bytes: inout [UInt8]) {
    var writer = BitWriter()
    let source = sources[sources.count - 1]
    let width = content.element.bitWidth
    for index in range(source, block) {
      let (bits, count) = CodedStreamSource.lowBits(source.field(index), width)
      writer.append(bits, width: count, to: &bytes)
    }
    writer.flush(to: &bytes)
  }
}
