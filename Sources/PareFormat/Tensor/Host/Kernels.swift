#if !hasFeature(Embedded)
  /// The loops that turn stored fields into floats: floats, and codes of one or two to a byte or of two bytes. The other
  /// widths are in `PackedKernels`.
  ///
  /// Each takes exactly its source and its output, so that one range check stands before a loop and none in it.
  enum Kernels {
    /// What turns codes into floats, for all elements of a run.
    struct Scaling {
      let scale: Float
      let zeroPoint: Int32

      /// Codes as they are.
      static var unit: Scaling { Scaling(scale: 1, zeroPoint: 0) }

      /// scale * f32(code - zero point), rounded once (spec section 7.1).
      @inline(__always)
      func apply(_ code: Int32) -> Float {
        scale * Float(Int(truncatingIfNeeded: code &- zeroPoint))
      }

      /// f32(code - zero point), which is exact.
      @inline(__always)
      func factor(of code: Int32) -> Float { Float(Int(truncatingIfNeeded: code &- zeroPoint)) }
    }

    // One check stands before each of these loops: one for each element keeps them from being vectorized, or makes them half as fast.

    static func f32(_ bytes: Span<UInt8>, at start: Int, _ output: Range<Int>, _ floats: inout MutableSpan<Float>) {
      let count = output.count
      let first = output.lowerBound
      let source = bytes.extracting(start..<start &+ 4 &* count)
      precondition(first >= 0 && output.upperBound <= floats.count && source.count == 4 &* count)
      for index in 0..<count {
        unsafe floats[unchecked: first &+ index] = Float(bitPattern: source.u32(at: 4 &* index))
      }
    }

    static func f16(_ bytes: Span<UInt8>, at start: Int, _ output: Range<Int>, _ floats: inout MutableSpan<Float>) {
      let count = output.count
      let first = output.lowerBound
      let source = bytes.extracting(start..<start &+ 2 &* count)
      precondition(first >= 0 && output.upperBound <= floats.count && source.count == 2 &* count)
      for index in 0..<count {
        unsafe floats[unchecked: first &+ index] =
          Float(bitPattern: HalfPrecision.widenHalf(source.u16(at: 2 &* index)))
      }
    }

    static func bf16(_ bytes: Span<UInt8>, at start: Int, _ output: Range<Int>, _ floats: inout MutableSpan<Float>) {
      let count = output.count
      let first = output.lowerBound
      let source = bytes.extracting(start..<start &+ 2 &* count)
      precondition(first >= 0 && output.upperBound <= floats.count && source.count == 2 &* count)
      for index in 0..<count {
        unsafe floats[unchecked: first &+ index] =
          Float(bitPattern: HalfPrecision.widenBrain(source.u16(at: 2 &* index)))
      }
    }

    /// Codes that follow each other from `start` on, into `output`, all with the same scaling.
    static func affine(
      _ bytes: Span<UInt8>, at start: BitOffset, _ affine: AffineParameters, _ scaling: Scaling, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) {
      switch affine.bitWidth {
      case 8: affine8(bytes, at: start.byte, scaling, output, &floats)
      case 4: affine4(bytes, at: start, scaling, output, &floats)
      case 16: affine16(bytes, at: start.byte, scaling, output, &floats)
      default: PackedKernels.affine(bytes, at: start, affine, scaling, output, &floats)
      }
    }

    /// Codes of a byte each: one load, one conversion, one multiplication.
    static func affine8(
      _ bytes: Span<UInt8>, at start: Int, _ scaling: Scaling, _ output: Range<Int>, _ floats: inout MutableSpan<Float>
    ) {
      let codes = bytes.extracting(start..<start &+ output.count)
      let first = output.lowerBound
      precondition(first >= 0 && output.upperBound <= floats.count)
      for index in codes.indices {
        floats[first &+ index] = scaling.apply(Int32(truncatingIfNeeded: Int8(bitPattern: codes[index])))
      }
    }

    /// Codes of a byte each, less their zero point. The code plus 128 as the low bits of 2^23 makes a float without a conversion, so
    /// the difference of floats is exact (measured: three times as fast as converting integers, which SSE2 widens slowly).
    static func factors8(
      _ bytes: Span<UInt8>, at start: Int, zeroPoint: Int32, _ output: Range<Int>, _ floats: inout MutableSpan<Float>
    ) {
      let codes = bytes.extracting(start..<start &+ output.count)
      let first = output.lowerBound
      precondition(first >= 0 && output.upperBound <= floats.count)
      let zero: Float = 0x1p23 + 128 + Float(Int(truncatingIfNeeded: zeroPoint))
      for index in codes.indices {
        floats[first &+ index] = Float(bitPattern: 0x4B00_0000 | UInt32(truncatingIfNeeded: codes[index] ^ 0x80)) - zero
      }
    }

    /// Codes of two bytes.
    static func affine16(
      _ bytes: Span<UInt8>, at start: Int, _ scaling: Scaling, _ output: Range<Int>, _ floats: inout MutableSpan<Float>
    ) {
      let count = output.count
      let codes = bytes.extracting(start..<start &+ 2 &* count)
      let first = output.lowerBound
      // The second condition follows, but without it the loop is not vectorized.
      precondition(first >= 0 && output.upperBound <= floats.count && codes.count == 2 &* count)
      for index in 0..<count {
        let code = Int32(truncatingIfNeeded: Int16(bitPattern: codes.u16(at: 2 &* index)))
        floats[first &+ index] = scaling.apply(code)
      }
    }

    /// Two codes a byte; a run may start and end in the middle of one.
    static func affine4(
      _ bytes: Span<UInt8>, at start: BitOffset, _ scaling: Scaling, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) {
      var first = output.lowerBound
      var byte = start.byte
      precondition(first >= 0 && output.upperBound <= floats.count)
      if start.bit != 0, !output.isEmpty {
        floats[first] = scaling.apply(high(bytes[byte]))
        first &+= 1
        byte &+= 1
      }
      let pairs = (output.upperBound &- first) &>> 1
      let codes = bytes.extracting(byte..<byte &+ pairs)
      for index in 0..<pairs {
        floats[first &+ 2 &* index] = scaling.apply(low(codes[index]))
        floats[first &+ 2 &* index &+ 1] = scaling.apply(high(codes[index]))
      }
      first &+= 2 &* pairs
      if first < output.upperBound { floats[first] = scaling.apply(low(bytes[byte &+ pairs])) }
    }

    @inline(__always)
    private static func low(_ byte: UInt8) -> Int32 {
      Int32(truncatingIfNeeded: Int8(bitPattern: byte &<< 4)) &>> 4
    }

    @inline(__always)
    private static func high(_ byte: UInt8) -> Int32 {
      Int32(truncatingIfNeeded: Int8(bitPattern: byte)) &>> 4
    }
  }
#endif
