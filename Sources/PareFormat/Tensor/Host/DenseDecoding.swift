#if !hasFeature(Embedded)
  extension Tensor {
    /// Decodes some rows, each encoding with loops of its own. Preconditions as for `decodeRows`; there are elements.
    func decodeElements(
      _ rows: Range<Int>, _ bytes: Span<UInt8>, _ path: CodedPath, into floats: inout MutableSpan<Float>
    ) {
      if encoding.isSparseInPlace {
        decodeSparse(rows, bytes, into: &floats)
      } else if encoding.isCoded {
        decodeCoded(rows, path, bytes, into: &floats)
      } else {
        decodeDense(rows, bytes, into: &floats)
      }
    }

    private func decodeDense(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      let start = base &+ parts.valueStart
      let first = rows.lowerBound &* shape.rowElementCount
      switch encoding.element {
      case .f32: Kernels.f32(bytes, at: start &+ 4 &* first, floats.indices, &floats)
      case .f16: Kernels.f16(bytes, at: start &+ 2 &* first, floats.indices, &floats)
      case .bf16: Kernels.bf16(bytes, at: start &+ 2 &* first, floats.indices, &floats)
      case .codebook(let codebook):
        let table = codebookTable(bytes)
        for row in rows {
          PackedKernels.codebook(
            bytes, at: BitOffset(byte: start &+ row &* rowByteCount, bit: 0), width: codebook.bitWidth, table.span,
            output(of: row, in: rows), &floats)
        }
      case .affine(let affine):
        decodeAffine(
          rows, affine, from: bytes, at: start &+ rows.lowerBound &* rowByteCount, rowByteCount: rowByteCount, bytes,
          into: &floats)
      }
    }

    /// The size of a dense row of codes.
    private var rowByteCount: Int { shape.rows == 0 ? 0 : parts.valueByteCount / shape.rows }

    /// Where the floats of `row` go when `rows` are decoded.
    private func output(of row: Int, in rows: Range<Int>) -> Range<Int> {
      let count = shape.rowElementCount
      let start = (row &- rows.lowerBound) &* count
      return start..<start &+ count
    }

    /// Decodes rows whose codes are in `codes`, the first row's from byte `start` on. `affine` has the
    /// width of the codes there; floats go to `floats` from element `first` on.
    func decodeAffine(
      _ rows: Range<Int>, _ affine: AffineParameters, from codes: Span<UInt8>, at start: Int, rowByteCount: Int,
      _ bytes: Span<UInt8>, at first: Int = 0, into floats: inout MutableSpan<Float>
    ) {
      let elementCount = rows.count &* shape.rowElementCount
      // A tensor of one scale and whole bytes is one run in all.
      if affine.granularity == .tensor, affine.bitWidth & 7 == 0 {
        decodeRun(
          at: BitOffset(byte: start, bit: 0), affine, scaling(0, in: bytes), first..<first &+ elementCount, codes,
          &floats
        )
        VectorKernels.finish(floats.count)
        return
      }
      var walk = ScaleWalk(self, affine, from: rows.lowerBound &* shape.rowElementCount)
      for row in rows {
        let inRows = output(of: row, in: rows)
        let output = first &+ inRows.lowerBound..<first &+ inRows.upperBound
        let place = BitOffset(byte: start &+ (row &- rows.lowerBound) &* rowByteCount, bit: 0)
        if walk.runLength >= 16 || walk.runLength >= output.count {
          decodeRuns(at: place, affine, &walk, output, codes, bytes, into: &floats)
        } else {
          // Short runs: first all codes, which are exact as floats, then the scales, with the same one rounding.
          Kernels.affine(codes, at: place, affine, .unit, output, &floats)
          scaleRuns(&walk, output, bytes, &floats)
        }
      }
      VectorKernels.finish(floats.count)
    }

    /// Decodes elements that share a scale.
    private func decodeRun(
      at start: BitOffset, _ affine: AffineParameters, _ scaling: Kernels.Scaling, _ output: Range<Int>,
      _ codes: Span<UInt8>, _ floats: inout MutableSpan<Float>
    ) {
      if affine.bitWidth == 8 {
        VectorKernels.affine8(codes, at: start.byte, scaling, output, &floats)
      } else {
        Kernels.affine(codes, at: start, affine, scaling, output, &floats)
      }
    }

    /// Decodes one row, run by run: consecutive elements that share a scale.
    private func decodeRuns(
      at start: BitOffset, _ affine: AffineParameters, _ walk: inout ScaleWalk, _ output: Range<Int>,
      _ codes: Span<UInt8>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
    ) {
      var index = output.lowerBound
      var place = start
      while index < output.upperBound {
        let count = min(walk.remaining, output.upperBound &- index)
        decodeRun(at: place, affine, scaling(walk.index, in: bytes), index..<index &+ count, codes, &floats)
        index &+= count
        place = BitOffset(field: index &- output.lowerBound, width: affine.bitWidth, from: start.byte)
        walk.advance(count)
      }
    }

    /// Turns codes that are stored as floats into values, in place.
    private func scaleRuns(
      _ walk: inout ScaleWalk, _ output: Range<Int>, _ bytes: Span<UInt8>, _ floats: inout MutableSpan<Float>
    ) {
      precondition(output.lowerBound >= 0 && output.upperBound <= floats.count)
      var index = output.lowerBound
      if case .axis(let axis) = encoding.affine?.granularity, walk.runLength == 1 {
        // Each element of a line has a scale of its own, and a row consists of whole lines.
        let count = shape[axis]
        while index < output.upperBound {
          for column in 0..<count {
            floats[index &+ column] = scaling(column, in: bytes).apply(floats[index &+ column])
          }
          index &+= count
        }
        return
      }
      while index < output.upperBound {
        let count = min(walk.remaining, output.upperBound &- index)
        let scaling = scaling(walk.index, in: bytes)
        for element in index..<index &+ count { floats[element] = scaling.apply(floats[element]) }
        index &+= count
        walk.advance(count)
      }
    }

    /// Scale and zero point number `index`.
    @inline(__always)
    func scaling(_ index: Int, in bytes: Span<UInt8>) -> Kernels.Scaling {
      Kernels.Scaling(scale: scale(index, in: bytes), zeroPoint: zeroPoint(index, in: bytes))
    }
  }

  extension Kernels.Scaling {
    /// scale * (code - zero point) for a code that is a float: the difference is exact, so this rounds once as well.
    @inline(__always)
    func apply(_ code: Float) -> Float { scale * factor(of: code) }

    /// Code - zero point, which is exact.
    @inline(__always)
    func factor(of code: Float) -> Float { code - Float(Int(truncatingIfNeeded: zeroPoint)) }
  }
#endif
