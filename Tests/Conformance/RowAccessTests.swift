import Pare
import PareFormat
import Testing

@Suite("Rows are reached directly")
struct RowAccessTests {
  @Test("A row of u8 gaps is read from its own positions and values alone: all others may be damaged after validation")
  func otherRowsAreNotRead() throws {
    let rows = 64
    let columns = 300
    let bytes = gapsContainer(rows: rows, columns: columns)
    let container = try Container.open(bytes.span, checksum: ZlibChecksum.self)
    guard let record = container.record(at: 0, in: bytes.span) else { preconditionFailure("there is one tensor") }
    let tensor = try container.tensor(record, in: bytes.span, checksum: ZlibChecksum.self)
    var whole = [Float](repeating: 0, count: rows * columns)
    var span = whole.mutableSpan
    tensor.decode(bytes.span, into: &span)

    let parts = record.parts
    for row in 0..<rows {
      let expected = Array(whole[row * columns..<(row + 1) * columns])
      // No gap is a skip here, so non-zeros, values and positions have the same numbers.
      let first = whole[..<(row * columns)].count { $0 != 0 }
      let own = first..<first + expected.count { $0 != 0 }
      for poison: UInt8 in [0, 0x55, 0xFF] {
        var damaged = bytes
        for part in [parts.values, parts.positions] {
          for index in 0..<tensor.storedCount where !own.contains(index) {
            damaged[record.payloadOffset + part.lowerBound + index] = poison
          }
        }
        var floats = [Float](repeating: .nan, count: columns)
        var rowSpan = floats.mutableSpan
        tensor.decodeRows(row..<row + 1, damaged.span, into: &rowSpan)
        #expect(floats == expected)

        var walked = [Float](repeating: 0, count: columns)
        var cursor = NonZeroCursor(tensor, rows: row..<row + 1)
        while let nonZero = cursor.next(in: damaged.span) { walked[nonZero.column] = nonZero.value }
        #expect(walked == expected)
      }
    }
  }

  @Test("int8 codes decode to scale * (code - zero point) to the bit at every length, start and zero point")
  func int8Vectors() throws {
    var random = SplitMix(state: 3)
    for columns in [1, 15, 16, 31, 32, 33, 47, 63, 64, 65, 100, 1000] {
      for hasZeroPoints in [false, true] {
        try requireExact(rows: 5, columns: columns, hasZeroPoints: hasZeroPoints, &random)
      }
    }
  }

  @Test("Outputs that are written past the caches hold the same floats")
  func int8Streams() throws {
    var random = SplitMix(state: 4)
    // More than 2^23 floats; rows of odd length start at every offset to a vector.
    try requireExact(rows: 2049, columns: 4099, hasZeroPoints: true, &random)
    try requireExact(rows: 2048, columns: 4096, hasZeroPoints: false, &random)
  }

  private func requireExact(
    rows: Int, columns: Int, hasZeroPoints: Bool, _ random: inout SplitMix
  ) throws {
    let scales = (0..<rows).map { _ in Float(1 + random.below(1000)) / 777 }
    let zeroPoints = (0..<rows).map { _ in hasZeroPoints ? Int8(random.below(256) - 128) : 0 }
    let codes = (0..<rows * columns).map { _ in UInt8(truncatingIfNeeded: random.next() >> 40) }
    var sink = Sink()
    for scale in scales { sink.u32(scale.bitPattern) }
    if hasZeroPoints { sink.bytes += zeroPoints.map { UInt8(bitPattern: $0) } }
    sink.bytes += codes
    let affine = AffineParameters(bitWidth: 8, granularity: .axis(0), scaleType: .f32, hasZeroPoints: hasZeroPoints)
    let bytes = container(
      sink.bytes, shape: try shape(rows, columns), Encoding(element: .affine(affine), position: .dense))
    let floats = try Model(bytes: bytes).tensor("w").floats()
    #expect(floats.count == rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        let code = Int(Int8(bitPattern: codes[index])) - Int(zeroPoints[row])
        if floats[index].bitPattern != (scales[row] * Float(code)).bitPattern {
          Issue.record("row \(row), column \(column): \(floats[index])")
          return
        }
      }
    }
  }

  /// Every third element or so is stored, with int8 codes that are not 0.
  private func gapsContainer(rows: Int, columns: Int) -> [UInt8] {
    var random = SplitMix(state: 2)
    var positions: [UInt8] = []
    var starts: [Int] = []
    for row in 0..<rows {
      if row > 0 { starts.append(positions.count) }
      var next = 0
      while true {
        let gap = random.below(6)
        guard next + gap < columns else { break }
        positions.append(UInt8(gap))
        next += gap + 1
      }
    }
    let sparse = SparseParameters(
      kind: .gapsU8, nnz: positions.count, blockRowsLog2: 0, positionByteCount: positions.count)
    let affine = AffineParameters(bitWidth: 8, granularity: .tensor, scaleType: .f32, hasZeroPoints: false)
    var sink = Sink()
    sink.u32((0.125 as Float).bitPattern)
    for start in starts { sink.u16(UInt16(start)) }
    for _ in positions { sink.append(UInt8(1 + random.below(255))) }
    sink.bytes += positions
    guard let shape = try? shape(rows, columns) else { return [] }
    return container(sink.bytes, shape: shape, Encoding(element: .affine(affine), position: .sparse(sparse)))
  }

  private func shape(_ rows: Int, _ columns: Int) throws -> Shape {
    var shape = Shape()
    let isFitting = shape.append(rows, largest: .max) && shape.append(columns, largest: .max)
    try #require(isFitting)
    return shape
  }

  /// A container of one tensor.
  private func container(_ payload: [UInt8], shape: Shape, _ encoding: Encoding) -> [UInt8] {
    var directory = Sink()
    let name: [UInt8] = [0x77]
    TensorRecord.write(
      name: name.span, shape: shape, encoding: encoding,
      checksum: ZlibChecksum.update(0, payload.span, 0..<payload.count), to: &directory)
    var sink = Sink()
    Header().write(to: &sink)
    SectionFrame.writeStart(.directory, isLast: true, byteCount: directory.bytes.count, to: &sink)
    sink.bytes += directory.bytes
    sink.u32(ZlibChecksum.update(0, sink.bytes.span, 0..<sink.bytes.count))
    while sink.bytes.count % 4 != 0 { sink.append(0) }
    return sink.bytes + payload
  }
}

private struct Sink: ByteSink {
  var bytes: [UInt8] = []
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
}
