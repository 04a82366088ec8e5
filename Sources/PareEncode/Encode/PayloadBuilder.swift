public import PareFormat

/// Builds a payload part by part, in the order of spec section 9.
struct PayloadBuilder {
  private(set) var bytes: [UInt8] = []

  init(_ choice: EncodingChoice, shape: Shape, stored: PruningMask) {
    let (content, encoding, parts) = (choice.content, choice.encoding, choice.parts)
    bytes.reserveCapacity(encoding.coded == nil ? parts.byteCount : parts.coded.lowerBound)
    if let affine = encoding.affine {
      writeFloats(content.scales, affine.scaleType, at: parts.scales)
      pad(to: parts.zeroPoints)
      for zeroPoint in content.zeroPoints where affine.hasZeroPoints {
        if affine.bitWidth <= 8 {
          bytes.append(UInt8(truncatingIfNeeded: zeroPoint))
        } else {
          bytes.u16(UInt16(bitPattern: zeroPoint))
        }
      }
    }
    if let codebook = encoding.codebook { writeFloats(content.entries, codebook.entryType, at: parts.codebook) }
    if encoding.coded != nil {
      // The coded part follows, and is not copied.
      precondition(bytes.count == parts.coded.lowerBound, "payload size differs from its layout")
      return
    }
    if let sparse = encoding.sparse {
      let stream = PositionStream(stored, shape: shape, parameters: sparse)
      pad(to: parts.rowTable)
      writeRowTable(stream, sparse)
      pad(to: parts.values)
      writeStored(content, stored, bitWidth: encoding.element.bitWidth)
      pad(to: parts.positions)
      bytes.append(contentsOf: stream.positions)
    } else {
      pad(to: parts.values)
      writeRows(content, shape: shape, bitWidth: encoding.element.bitWidth)
    }
    precondition(bytes.count == parts.byteCount, "payload size differs from its layout")
  }

  /// Absent parts have no padding, and start where the part before them ended.
  private mutating func pad(to part: Range<Int>) {
    while bytes.count < part.lowerBound { bytes.append(0) }
  }

  private mutating func writeFloats(_ values: [Float], _ type: ScaleType, at part: Range<Int>) {
    pad(to: part)
    for value in values {
      switch type {
      case .f32: bytes.u32(value.bitPattern)
      case .f16: bytes.u16(HalfPrecision.narrowToHalf(value.bitPattern))
      }
    }
  }

  private mutating func writeRowTable(_ stream: PositionStream, _ sparse: SparseParameters) {
    let columns = sparse.hasByteColumn ? [stream.ordinalStarts, stream.byteStarts] : [stream.ordinalStarts]
    for start in columns.joined() {
      if sparse.rowTableEntryByteCount == 2 {
        bytes.u16(UInt16(truncatingIfNeeded: start))
      } else {
        bytes.u32(UInt32(truncatingIfNeeded: start))
      }
    }
  }

  private mutating func writeStored(_ content: StoredContent, _ stored: PruningMask, bitWidth: Int) {
    var bits = BitWriter()
    for element in stored.kept {
      bits.append(content.field(element), width: bitWidth, to: &bytes)
    }
    bits.flush(to: &bytes)
  }

  private mutating func writeRows(_ content: StoredContent, shape: Shape, bitWidth: Int) {
    var bits = BitWriter()
    var element = 0
    for _ in 0..<shape.rows where shape.rowElementCount > 0 {
      for _ in 0..<shape.rowElementCount {
        bits.append(content.field(element), width: bitWidth, to: &bytes)
        element &+= 1
      }
      bits.flush(to: &bytes)
    }
  }
}

extension [UInt8]: ByteSink {}
