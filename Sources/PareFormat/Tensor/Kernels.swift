/// The loops that turn stored fields into floats.
enum Kernels {
  /// Fields that follow each other and share a scale.
  struct Run {
    /// The first bit of the first field.
    let start: BitOffset
    /// Where the floats go.
    let output: Range<Int>
    let scale: Float
    let zeroPoint: Int32
  }

  static func f32(_ bytes: Span<UInt8>, at start: Int, _ floats: inout MutableSpan<Float>) {
    let source = bytes.extracting(start..<start &+ 4 &* floats.count)
    for index in floats.indices { floats[index] = Float(bitPattern: source.u32(at: 4 &* index)) }
  }

  static func f16(_ bytes: Span<UInt8>, at start: Int, _ floats: inout MutableSpan<Float>) {
    let source = bytes.extracting(start..<start &+ 2 &* floats.count)
    for index in floats.indices {
      floats[index] = Float(bitPattern: HalfPrecision.widenHalf(source.u16(at: 2 &* index)))
    }
  }

  static func bf16(_ bytes: Span<UInt8>, at start: Int, _ floats: inout MutableSpan<Float>) {
    let source = bytes.extracting(start..<start &+ 2 &* floats.count)
    for index in floats.indices {
      floats[index] = Float(bitPattern: HalfPrecision.widenBrain(source.u16(at: 2 &* index)))
    }
  }

  /// scale * f32(code - zero point) for each field of the run.
  @inline(__always)
  static func affine(
    _ bytes: Span<UInt8>, _ run: Run, _ affine: AffineParameters, _ floats: inout MutableSpan<Float>
  ) {
    switch affine.bitWidth {
    case 8: affine8(bytes, run, &floats)
    case 4: affine4(bytes, run, &floats)
    default: affineAny(bytes, run, affine, &floats)
    }
  }

  /// Codes of a byte each: one load, one conversion, one multiplication.
  static func affine8(_ bytes: Span<UInt8>, _ run: Run, _ floats: inout MutableSpan<Float>) {
    let start = run.start.byte
    let count = run.output.count
    let codes = bytes.extracting(start..<start &+ count)
    let first = run.output.lowerBound
    precondition(run.output.upperBound <= floats.count)
    for index in 0..<count {
      let code = Int32(truncatingIfNeeded: Int8(bitPattern: codes[index])) &- run.zeroPoint
      floats[first &+ index] = run.scale * Float(Int(truncatingIfNeeded: code))
    }
  }

  /// Two codes a byte; a run may start in the middle of one.
  static func affine4(_ bytes: Span<UInt8>, _ run: Run, _ floats: inout MutableSpan<Float>) {
    let start = run.start.byte
    let offset = run.start.bit &>> 2
    let count = run.output.count
    let codes = bytes.extracting(start..<start &+ (offset &+ count &+ 1) &>> 1)
    let first = run.output.lowerBound
    precondition(run.output.upperBound <= floats.count)
    for index in 0..<count {
      let nibble = index &+ offset
      let byte = Int32(truncatingIfNeeded: Int8(bitPattern: codes[nibble &>> 1]))
      // The low nibble is moved up first, so that both are sign-extended by the same shift.
      let code = (nibble & 1 == 0 ? Int32(Int8(truncatingIfNeeded: byte &<< 4)) : byte) &>> 4
      floats[first &+ index] = run.scale * Float(Int(truncatingIfNeeded: code &- run.zeroPoint))
    }
  }

  /// Any width, sign coding included.
  static func affineAny(
    _ bytes: Span<UInt8>, _ run: Run, _ affine: AffineParameters, _ floats: inout MutableSpan<Float>
  ) {
    var field = run.start
    let width = affine.bitWidth
    for index in run.output {
      let code = affine.code(bytes.bits(at: field, width: width)) &- run.zeroPoint
      floats[index] = run.scale * Float(Int(truncatingIfNeeded: code))
      field.advance(width)
    }
  }
}
