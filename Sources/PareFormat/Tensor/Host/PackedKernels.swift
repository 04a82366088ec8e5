#if !hasFeature(Embedded)
  /// The loops for fields of any width: a word is loaded, and several fields are shifted out of it.
  enum PackedKernels {
    /// Codes of `affine.bitWidth` bits from `start` on, into `output`, all with the same scaling.
    static func affine(
      _ bytes: Span<UInt8>, at start: BitOffset, _ affine: AffineParameters, _ scaling: Kernels.Scaling,
      _ output: Range<Int>, _ floats: inout MutableSpan<Float>
    ) {
      if affine.isSign {
        fields(bytes, at: start, width: 1, output, &floats) { scaling.apply(2 &* Int32(truncatingIfNeeded: $0) &- 1) }
        return
      }
      specialized(affine.bitWidth) { width in
        let shift = Int32(truncatingIfNeeded: 32 &- width)
        fields(bytes, at: start, width: width, output, &floats) { bits in
          scaling.apply((Int32(truncatingIfNeeded: bits) &<< shift) &>> shift)
        }
      }
    }

    /// Indices of `width` bits from `start` on, into `output`, looked up in a table of 256 entries.
    static func codebook(
      _ bytes: Span<UInt8>, at start: BitOffset, width: Int, _ table: Span<Float>, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) {
      // An index is at most 8 bits, so this one check is that of each element.
      precondition(table.count == 256)
      specialized(width) { width in
        fields(bytes, at: start, width: width, output, &floats) { table[Int(truncatingIfNeeded: $0 & 0xFF)] }
      }
    }

    /// Calls `body` with the width as a constant, so that shifts are by constants; on a microcontroller size counts more.
    @inline(__always)
    private static func specialized(_ width: Int, _ body: (Int) -> Void) {
      #if hasFeature(Embedded)
        body(width)
      #else
        switch width {
        case 1: body(1)
        case 2: body(2)
        case 3: body(3)
        case 4: body(4)
        case 5: body(5)
        case 6: body(6)
        case 7: body(7)
        case 8: body(8)
        default: body(width)
        }
      #endif
    }

    /// Reads fields that follow each other and writes what `value` makes of each.
    @inline(__always)
    private static func fields(
      _ bytes: Span<UInt8>, at start: BitOffset, width: Int, _ output: Range<Int>, _ floats: inout MutableSpan<Float>,
      _ value: (UInt) -> Float
    ) {
      precondition(output.lowerBound >= 0 && output.upperBound <= floats.count)
      let mask: UInt = .max &>> UInt(truncatingIfNeeded: UInt.bitWidth &- width)
      var index = output.lowerBound
      var place = start
      // As many fields as fit a word from any bit of a byte on.
      let room = UInt.bitWidth &- 7
      let step = 8 &* width <= room ? 8 : 4 &* width <= room ? 4 : 2 &* width <= room ? 2 : 1
      while index &+ step <= output.upperBound, place.byte &+ MemoryLayout<UInt>.size <= bytes.count {
        let window = bytes.word(at: place.byte) &>> UInt(truncatingIfNeeded: place.bit)
        for lane in 0..<step {
          floats[index &+ lane] = value((window &>> UInt(truncatingIfNeeded: lane &* width)) & mask)
        }
        index &+= step
        place.advance(step &* width)
      }
      while index < output.upperBound {
        floats[index] = value(UInt(truncatingIfNeeded: bytes.bits(at: place, width: width)))
        index &+= 1
        place.advance(width)
      }
    }
  }

  extension Tensor {
    /// The entries of the codebook as f32, in a table of 1 KB that is built once for many elements. Those behind the last
    /// entry are never looked up in a valid tensor; all are 0 for the other element codings.
    public func codebookTable(_ bytes: Span<UInt8>) -> InlineArray<256, Float> {
      var table = InlineArray<256, Float>(repeating: 0)
      guard let codebook = encoding.codebook else { return table }
      for index in 0..<codebook.entryCount { table[index] = entry(index, in: bytes) }
      return table
    }
  }
#endif
