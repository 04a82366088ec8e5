#if !hasFeature(Embedded)
  #if canImport(CKernels) && !hasFeature(Embedded)
    import CKernels
  #endif

  /// int8 codes to floats with the machine's own vectors, where the package's C kernels are there; `Kernels` is the same
  /// arithmetic in Swift, and takes what is left.
  enum VectorKernels {
    /// Outputs of this many floats and more, 32 MB, are written past the caches, which would not keep them.
    static let smallestStreamed = 1 << 23

    /// Runs of fewer floats are not worth a call.
    static let smallestRun = 32

    /// Codes of a byte each from `start` on, into `output`, all with the same scaling.
    @inline(__always)
    static func affine8(
      _ bytes: Span<UInt8>, at start: Int, _ scaling: Kernels.Scaling, _ output: Range<Int>,
      _ floats: inout MutableSpan<Float>
    ) {
      var written = 0
      #if canImport(CKernels) && !hasFeature(Embedded)
        if output.count >= smallestRun { written = vectors(bytes, at: start, scaling, output, &floats) }
      #endif
      Kernels.affine8(
        bytes, at: start &+ written, scaling, output.lowerBound &+ written..<output.upperBound, &floats)
    }

    /// Ends what decoding into `count` floats streamed.
    @inline(__always)
    static func finish(_ count: Int) {
      #if canImport(CKernels) && !hasFeature(Embedded)
        if count >= smallestStreamed { pare_end_streaming() }
      #endif
    }

    #if canImport(CKernels) && !hasFeature(Embedded)
      private static func vectors(
        _ bytes: Span<UInt8>, at start: Int, _ scaling: Kernels.Scaling, _ output: Range<Int>,
        _ floats: inout MutableSpan<Float>
      ) -> Int {
        let codes = bytes.extracting(start..<start &+ output.count)
        precondition(output.lowerBound >= 0 && output.upperBound <= floats.count)
        let isStreamed: Int32 = floats.count >= smallestStreamed ? 1 : 0
        // The C function reads `codes` and writes `output`, whose ranges the lines above have checked; both stay valid and
        // in place during the closures.
        return unsafe floats.withUnsafeMutableBufferPointer { buffer in
          unsafe codes.withUnsafeBufferPointer { source in
            guard let target = buffer.baseAddress, let codes = source.baseAddress else { return 0 }
            return unsafe pare_int8_to_f32(
              codes, source.count, scaling.scale, scaling.zeroPoint, target + output.lowerBound, isStreamed)
          }
        }
      }
    #endif
  }
#endif
