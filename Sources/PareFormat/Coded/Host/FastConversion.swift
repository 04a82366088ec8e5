#if !hasFeature(Embedded)
  extension Tensor {
    /// Decodes `rows` the fast way; false, having done nothing, where the encoding has none.
    func decodeFast(
      _ rows: Range<Int>, _ path: CodedPath, _ bytes: Span<UInt8>,
      into floats: inout MutableSpan<Float>
    ) -> Bool {
      // The tensor has been validated, so its description is in order.
      guard let description = try? CodedDescription.parse(self, bytes),
        var decoder = FastDecoder(self, description, path, bytes)
      else { return false }
      let codebook = shiftedCodebookTable(bytes)
      for block in encoding.blocks(of: rows) {
        // No target: nothing unsafe is passed.
        unsafe decoder.decode(block: block, before: rows.upperBound, bytes) { chunk, planes in
          let wanted = max(chunk.lowerBound, rows.lowerBound)..<max(chunk.upperBound, rows.lowerBound)
          guard !wanted.isEmpty else { return }
          let count = shape.rowElementCount
          let output = (wanted.lowerBound - rows.lowerBound) * count..<(wanted.upperBound - rows.lowerBound) * count
          let start = (wanted.lowerBound - chunk.lowerBound) * count
          convert(planes, at: start, wanted, output, codebook.span, bytes, &floats)
        }
      }
      return true
    }

    /// Decodes all elements to their codes, as int8, 0 where nothing is stored; false, having done nothing, where they are not
    /// codes of 2 to 8 bits, or are sparse with zero points, or are not entropy coded.
    ///
    /// For programs that compute with codes. Linear in the elements. Preconditions: `codes` holds `shape.elementCount` elements;
    /// `bytes` is the span that the container was opened with.
    public func decodeCodes(_ bytes: Span<UInt8>, codedPath: CodedPath = .fastest, into codes: inout MutableSpan<UInt8>)
      -> Bool
    {
      precondition(codes.count == shape.elementCount, "the buffer must hold the elements")
      guard encoding.isCoded, encoding.elementKind == .affine,
        let description = try? CodedDescription.parse(self, bytes),
        var decoder = FastDecoder(self, description, codedPath, bytes)
      else { return false }
      // The buffer is the caller's, and stays in place during the call.
      unsafe codes.withUnsafeMutableBufferPointer { target in
        for block in 0..<description.blockCount {
          unsafe decoder.decode(block: block, before: shape.rows, into: target, bytes) { _, _ in }
        }
      }
      return true
    }

    /// Whether a coded part is surely in order: the fast way of validation.
    func isSurelyValid(_ description: CodedDescription, _ bytes: Span<UInt8>) -> Bool {
      guard var decoder = FastDecoder(self, description, .fastest, bytes) else { return false }
      for block in 0..<description.blockCount {
        // As above.
        unsafe decoder.decode(block: block, before: shape.rows, bytes) { _, _ in }
        guard decoder.isValid else { return false }
      }
      return !encoding.isSparse || encoding.nonZeroCount == decoder.storedCount
    }

    /// Turns the bytes of whole rows, from byte `start` of each plane on, into floats.
    private func convert(
      _ planes: FastPlanes, at start: Int, _ rows: Range<Int>, _ output: Range<Int>, _ codebook: Span<Float>,
      _ bytes: Span<UInt8>, _ floats: inout MutableSpan<Float>
    ) {
      let first = planes.plane(0)
      switch encoding.element {
      case .affine(let affine):
        let codes = AffineParameters(
          bitWidth: 8, granularity: affine.granularity, scaleType: affine.scaleType, hasZeroPoints: affine.hasZeroPoints
        )
        decodeAffine(
          rows, codes, from: first.span, at: start, rowByteCount: shape.rowElementCount, bytes, at: output.lowerBound,
          into: &floats)
      case .codebook:
        PackedKernels.codebook(
          first.span, at: BitOffset(byte: start, bit: 0), width: 8, codebook, output, &floats)
      case .f32:
        let (second, third, fourth) = (planes.plane(1), planes.plane(2), planes.plane(3))
        for index in 0..<output.count {
          let high = UInt32(first[start + index]) << 8 | UInt32(second[start + index])
          floats[output.lowerBound + index] = Float(
            bitPattern: Self.rotated(high) << 16 | UInt32(third[start + index]) << 8 | UInt32(fourth[start + index]))
        }
      case .f16, .bf16:
        let second = planes.plane(1)
        let isHalf = encoding.element == .f16
        for index in 0..<output.count {
          let bits = UInt16(
            truncatingIfNeeded: Self.rotated(UInt32(first[start + index]) << 8 | UInt32(second[start + index])))
          floats[output.lowerBound + index] = Float(
            bitPattern: isHalf ? HalfPrecision.widenHalf(bits) : HalfPrecision.widenBrain(bits))
        }
      }
    }

    /// 16 bits whose upper byte is that of the first plane: its sign back in front.
    private static func rotated(_ bits: UInt32) -> UInt32 { (bits & 0x100) << 7 | (bits & 0xFE00) >> 1 | bits & 0xFF }

    /// The entries; in a sparse tensor behind a zero, for the elements that are not stored.
    private func shiftedCodebookTable(_ bytes: Span<UInt8>) -> InlineArray<256, Float> {
      guard encoding.nnz != nil, let codebook = encoding.codebook else { return codebookTable(bytes) }
      var table = InlineArray<256, Float>(repeating: 0)
      for index in 0..<min(codebook.entryCount, 255) { table[index + 1] = entry(index, in: bytes) }
      return table
    }
  }
#endif
