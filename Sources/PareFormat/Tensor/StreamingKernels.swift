#if arch(x86_64) && !hasFeature(Embedded) && canImport(_Builtin_intrinsics)
  import Synchronization
  import _Builtin_intrinsics.intel.sse2

  /// int8 codes to floats past the caches, for outputs that no cache holds.
  ///
  /// An ordinary store first loads the line that it is going to fill; a streaming one does not, which leaves more of the
  /// memory's bandwidth for the floats (measured on 64 MB: 40 instead of 30 GB/s, beside 60 of `memset`, which streams
  /// too). The instructions are in the x86-64 baseline, but Swift has no other way to ask for them.
  enum StreamingKernels {
    /// Outputs of this many floats and more are streamed: 16 MB, which is more than most last-level caches keep.
    static let smallestOutput = 1 << 22

    /// Codes of a byte each from `start` on, into `output`, all with the same scaling: the same floats as `Kernels`.
    static func affine8(
      _ bytes: Span<UInt8>, at start: Int, _ scaling: Kernels.Scaling, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) {
      let count = output.count
      let codes = bytes.extracting(start..<start &+ count)
      precondition(output.lowerBound >= 0 && output.upperBound <= floats.count)
      // Streaming stores take pointers to multiples of 16 bytes. All accesses are within `codes` and `output`, which the
      // lines above have checked; both stay valid and in place during the closures.
      let head = unsafe floats.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        let target = unsafe base + output.lowerBound
        let head = min(count, (0 &- Int(bitPattern: target)) & 15 &>> 2)
        let blocks = (count &- head) &>> 4
        unsafe codes.withUnsafeBufferPointer { source in
          guard let from = source.baseAddress else { return }
          unsafe stream(UnsafeRawPointer(from + head), scaling, target + head, blocks)
        }
        return head
      }
      let streamed = head &+ (count &- head) & ~15
      let first = output.lowerBound
      Kernels.affine8(bytes, at: start, scaling, first..<first &+ head, &floats)
      Kernels.affine8(bytes, at: start &+ streamed, scaling, first &+ streamed..<first &+ count, &floats)
    }

    /// Makes streamed floats visible to other threads before what is stored later, as ordinary stores are.
    static func finish() { atomicMemoryFence(ordering: .sequentiallyConsistent) }

    @inline(__always)
    private static func stream(
      _ codes: UnsafeRawPointer, _ scaling: Kernels.Scaling, _ target: UnsafeMutablePointer<Float>, _ blocks: Int
    ) {
      let scale = SIMD4<Float>(repeating: scaling.scale)
      let zeroPoint = _mm_set1_epi32(scaling.zeroPoint)
      let zero = _mm_setzero_si128()
      for block in 0..<blocks {
        let bytes = unsafe codes.loadUnaligned(fromByteOffset: 16 &* block, as: __m128i.self)
        // Signs as the upper halves: widening by shifts makes each result wait for the one before it.
        let signs = _mm_cmpgt_epi8(zero, bytes)
        let low = _mm_unpacklo_epi8(bytes, signs)
        let high = _mm_unpackhi_epi8(bytes, signs)
        let lowSigns = _mm_cmpgt_epi16(zero, low)
        let highSigns = _mm_cmpgt_epi16(zero, high)
        let place = unsafe target + 16 &* block
        unsafe _mm_stream_ps(place, value(_mm_unpacklo_epi16(low, lowSigns), zeroPoint, scale))
        unsafe _mm_stream_ps(place + 4, value(_mm_unpackhi_epi16(low, lowSigns), zeroPoint, scale))
        unsafe _mm_stream_ps(place + 8, value(_mm_unpacklo_epi16(high, highSigns), zeroPoint, scale))
        unsafe _mm_stream_ps(place + 12, value(_mm_unpackhi_epi16(high, highSigns), zeroPoint, scale))
      }
    }

    @inline(__always)
    private static func value(_ codes: __m128i, _ zeroPoint: __m128i, _ scale: SIMD4<Float>) -> SIMD4<Float> {
      scale * _mm_cvtepi32_ps(_mm_sub_epi32(codes, zeroPoint))
    }
  }
#else
  /// Where there are no streaming stores, outputs are never large enough for them.
  enum StreamingKernels {
    static let smallestOutput = Int.max

    @inline(__always)
    static func affine8(
      _ bytes: Span<UInt8>, at start: Int, _ scaling: Kernels.Scaling, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) { Kernels.affine8(bytes, at: start, scaling, output, &floats) }

    @inline(__always)
    static func finish() {}
  }
#endif
