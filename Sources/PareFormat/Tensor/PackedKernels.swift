/// The loops for fields of any width: a 64-bit window is loaded, and several fields are shifted out of it.
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

  /// Indices of `width` bits from `start` on, into `output`, looked up in `table`.
  static func codebook(
    _ bytes: Span<UInt8>, at start: BitOffset, width: Int, _ table: borrowing CodebookTable, _ output: Range<Int>,
    _ floats: inout MutableSpan<Float>
  ) {
    // A field is at most 8 bits, and the table holds 256 entries.
    specialized(width) { width in
      fields(bytes, at: start, width: width, output, &floats) { table.entries[Int(truncatingIfNeeded: $0 & 0xFF)] }
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
    _ value: (UInt64) -> Float
  ) {
    precondition(output.lowerBound >= 0 && output.upperBound <= floats.count)
    let mask: UInt64 = .max &>> UInt64(truncatingIfNeeded: 64 &- width)
    var index = output.lowerBound
    var place = start
    // As many fields as fit 64 bits from any bit of a byte on.
    let step = width <= 7 ? 8 : width <= 14 ? 4 : 2
    while index &+ step <= output.upperBound, place.byte &+ 8 <= bytes.count {
      let window = bytes.u64(at: place.byte) &>> UInt64(truncatingIfNeeded: place.bit)
      for lane in 0..<step {
        floats[index &+ lane] = value((window &>> UInt64(truncatingIfNeeded: lane &* width)) & mask)
      }
      index &+= step
      place.advance(step &* width)
    }
    while index < output.upperBound {
      floats[index] = value(UInt64(truncatingIfNeeded: bytes.bits(at: place, width: width)))
      index &+= 1
      place.advance(width)
    }
  }
}

/// The entries of a codebook as f32.
///
/// A table of 1 KB, built once for many elements; those behind the last entry are never looked up in a valid tensor.
struct CodebookTable: ~Copyable {
  var entries = InlineArray<256, Float>(repeating: 0)

  /// Empty where `codebook` is nil.
  init(_ tensor: Tensor, _ codebook: CodebookParameters?, _ bytes: Span<UInt8>) {
    guard let codebook else { return }
    for index in 0..<codebook.entryCount { entries[index] = tensor.entry(index, in: bytes) }
  }
}
