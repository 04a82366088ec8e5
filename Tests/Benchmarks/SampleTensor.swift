import Pare
import PareFormat

/// A tensor of random content in a given encoding, written without an encoder: what is measured here is the reader.
struct SampleTensor {
  let name: String
  let shape: Shape
  let encoding: Encoding
  let payload: [UInt8]

  /// - Parameters:
  ///   - density: the share of elements that a sparse tensor stores.
  ///   - kind: the position coding; nil for a dense tensor. Sparse tensors have a row table entry for each row.
  init(
    _ name: String, rows: Int, columns: Int, element: ElementCoding, kind: PositionKind? = nil, density: Double = 0.1,
    seed: UInt64 = 1
  ) {
    self.name = name
    var shape = Shape()
    let isFitting = shape.append(rows, largest: .max) && shape.append(columns, largest: .max)
    precondition(isFitting)
    var random = SplitMix(state: seed)
    var positions = PositionSink(kind: kind)
    if kind != nil { positions.fill(rows: rows, columns: columns, density: density, &random) }
    let position: PositionCoding = positions.parameters(rows: rows).map { .sparse($0) } ?? .dense
    let encoding = Encoding(element: element, position: position)
    guard let parts = PayloadParts(shape: shape, encoding: encoding, largest: 1 << 40) else { preconditionFailure() }

    var sink = ArraySink()
    sink.bytes.reserveCapacity(parts.byteCount)
    // Scales near 1/64, zero points of 0, entries that rise in steps of 1/8 around 0 without it.
    if let codebook = encoding.codebook {
      for index in 0..<codebook.entryCount {
        let value = (Float(index - codebook.entryCount / 2) + 0.5) / 8
        if codebook.entryType == .f16 {
          sink.u16(HalfPrecision.narrowToHalf(value.bitPattern))
        } else {
          sink.u32(value.bitPattern)
        }
      }
    } else {
      for _ in 0..<parts.scales.count / (encoding.affine?.scaleType.byteCount ?? 1) {
        if encoding.affine?.scaleType == .f16 { sink.u16(0x2400) } else { sink.u32((1.0 / 64 as Float).bitPattern) }
      }
    }
    sink.pad(to: parts.zeroPoints.upperBound)
    positions.writeTable(encoding.sparse, to: &sink)
    sink.pad(to: parts.values.lowerBound)
    let lines = kind == nil ? rows : 1
    let fields = kind == nil ? columns : positions.count
    for _ in 0..<lines { Self.appendFields(fields, element, isSparse: kind != nil, &random, to: &sink.bytes) }
    sink.pad(to: parts.positions.lowerBound)
    sink.bytes += positions.bytes
    precondition(sink.bytes.count == parts.byteCount)
    self.shape = shape
    self.encoding = encoding
    payload = sink.bytes
  }

  /// One bit string of random fields.
  private static func appendFields(
    _ count: Int, _ element: ElementCoding, isSparse: Bool, _ random: inout SplitMix, to bytes: inout [UInt8]
  ) {
    let width = element.bitWidth
    var window: UInt64 = 0
    var filled = 0
    for _ in 0..<count {
      var field = random.next() >> 32
      switch element {
      // Finite floats of both signs.
      case .f32: field = field & 0x807F_FFFF | 0x3F00_0000
      case .f16: field = field & 0x83FF | 0x3800
      case .bf16: field = field & 0x807F | 0x3F00
      case .codebook(let codebook): field = field * UInt64(codebook.entryCount) >> 32
      case .affine(let affine):
        field &= 1 << UInt64(width) - 1
        // A sparse tensor stores no zero.
        if isSparse, !affine.isSign, field == 0 { field = 1 }
      }
      window |= field << UInt64(filled)
      filled += width
      while filled >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: window))
        window >>= 8
        filled -= 8
      }
    }
    if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: window)) }
  }
}

/// Collects bytes in an array.
struct ArraySink: ByteSink {
  var bytes: [UInt8] = []
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func pad(to end: Int) { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
}

/// A container of some tensors, in the order of their names.
func container(_ tensors: [SampleTensor]) -> [UInt8] {
  var directory = ArraySink()
  for tensor in tensors {
    let name = Array(tensor.name.utf8)
    let checksum = ZlibChecksum.update(0, tensor.payload.span, 0..<tensor.payload.count)
    TensorRecord.write(
      name: name.span, shape: tensor.shape, encoding: tensor.encoding, checksum: checksum, to: &directory)
  }
  var sink = ArraySink()
  Header().write(to: &sink)
  SectionFrame.writeStart(.directory, isLast: true, byteCount: directory.bytes.count, to: &sink)
  sink.bytes += directory.bytes
  sink.u32(ZlibChecksum.update(0, sink.bytes.span, 0..<sink.bytes.count))
  for tensor in tensors {
    sink.pad(to: align(sink.bytes.count, to: 4))
    sink.bytes += tensor.payload
  }
  return sink.bytes
}
