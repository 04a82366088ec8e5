import PareFormat

#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels
#endif

/// Products with the machine's own vectors, where the package's C kernels are there; each gives nil or false, having done
/// nothing, where the Swift loop must do the work. The bits are the same.
enum VectorProducts {
  /// Rows of fewer columns are not worth a call.
  static let fewestColumns = 16

  #if canImport(CKernels) && !hasFeature(Embedded)
    /// The sums of four rows of int8 codes, which start at `start`. Precondition: they are in `bytes`.
    @inline(__always)
    static func int8(
      _ bytes: Span<UInt8>, at start: Int, zeroPoints: SIMD4<Int32>, _ x: Span<Float>
    ) -> SIMD4<Float>? {
      let codes = bytes.extracting(start..<start &+ 4 &* x.count)
      var zeros: InlineArray<4, Int32> = [zeroPoints[0], zeroPoints[1], zeroPoints[2], zeroPoints[3]]
      var sums = InlineArray<4, Float>(repeating: 0)
      var zeroSpan = zeros.mutableSpan
      var sumSpan = sums.mutableSpan
      // The C function reads 4 * x.count codes, x.count floats and 4 zero points, and writes 4 sums: the spans', which stay in
      // place during the closures.
      let isDone = unsafe codes.withUnsafeBufferPointer { codes in
        unsafe x.withUnsafeBufferPointer { x in
          unsafe zeroSpan.withUnsafeMutableBufferPointer { zeros in
            unsafe sumSpan.withUnsafeMutableBufferPointer { sums in
              unsafe pare_int8_product(codes.baseAddress, x.count, zeros.baseAddress, x.baseAddress, sums.baseAddress)
            }
          }
        }
      }
      return isDone == 0 ? nil : SIMD4(sums[0], sums[1], sums[2], sums[3])
    }

    /// The sums of four rows of f32, which start at `start`. Precondition: they are in `bytes`.
    @inline(__always)
    static func f32(_ bytes: Span<UInt8>, at start: Int, _ x: Span<Float>) -> SIMD4<Float>? {
      let floats = bytes.extracting(start..<start &+ 16 &* x.count)
      var sums = InlineArray<4, Float>(repeating: 0)
      var sumSpan = sums.mutableSpan
      // As above, with 4 bytes for each column of a row.
      let isDone = unsafe floats.withUnsafeBufferPointer { floats in
        unsafe x.withUnsafeBufferPointer { x in
          unsafe sumSpan.withUnsafeMutableBufferPointer { sums in
            unsafe pare_f32_product(floats.baseAddress, x.count, x.baseAddress, sums.baseAddress)
          }
        }
      }
      return isDone == 0 ? nil : SIMD4(sums[0], sums[1], sums[2], sums[3])
    }

    /// Adds the exact sums of rows of int8 codes with frames of integers. Precondition: that of `IntegerSums.add`, checked.
    static func integers(
      _ codes: Span<UInt8>, stride: Int, rows: Int, columns: Int, _ integers: Span<Int16>, distance: Int, frames: Int,
      limit: Int, lanes: Int32, into sums: inout MutableSpan<Int64>
    ) -> Bool {
      // The caller has checked that all rows, frames and sums are in the spans, which stay in place during the closures.
      unsafe codes.withUnsafeBufferPointer { codes in
        unsafe integers.withUnsafeBufferPointer { integers in
          unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe pare_integer_products(
              codes.baseAddress, stride, rows, columns, integers.baseAddress, distance, frames,
              Int32(truncatingIfNeeded: limit), lanes, sums.baseAddress) != 0
          }
        }
      }
    }

    /// The sum of a row of int8 non-zeros behind u8 gaps; nil also where the gaps are not those of a row of `x.count` columns with
    /// as many non-zeros as codes.
    @inline(__always)
    static func gaps(_ gaps: Span<UInt8>, _ codes: Span<UInt8>, zeroPoint: Int32, _ x: Span<Float>) -> Float? {
      var sum: Float = 0
      // The C function reads inside the spans alone, which stay in place during the closures.
      let isDone = unsafe gaps.withUnsafeBufferPointer { gaps in
        unsafe codes.withUnsafeBufferPointer { codes in
          unsafe x.withUnsafeBufferPointer { x in
            unsafe pare_gaps_product(
              gaps.baseAddress, gaps.count, codes.baseAddress, codes.count, zeroPoint, x.baseAddress, x.count, &sum)
          }
        }
      }
      return isDone == 0 ? nil : sum
    }

    /// Rows in panels. Preconditions: those of `Panels.multiply`, checked; `scales` is empty or has one for each row of each panel.
    static func panels(
      _ factors: Span<Float>, scales: Span<Float>, bias: Span<Float>, rows: Int, columns: Int, _ x: Span<Float>,
      _ xLayout: FrameLayout, frames: Int, into y: inout MutableSpan<Float>, _ yLayout: FrameLayout,
      lanes: Int32
    ) -> Bool {
      guard rows > 0, columns > 0, frames > 0 else { return false }
      // The caller has checked that all frames are in x and y; the spans stay in place during the closures.
      return unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe factors.withUnsafeBufferPointer { factors in
          unsafe scales.withUnsafeBufferPointer { scales in
            unsafe bias.withUnsafeBufferPointer { bias in
              unsafe x.withUnsafeBufferPointer { x in
                guard let x = x.baseAddress, let y = y.baseAddress else { return false }
                return unsafe pare_panel_product(
                  factors.baseAddress, scales.isEmpty ? nil : scales.baseAddress, bias.isEmpty ? nil : bias.baseAddress,
                  rows, columns, x + xLayout.start, frames, xLayout.frameStride, y + yLayout.start, yLayout.frameStride,
                  yLayout.channelStride, lanes) != 0
              }
            }
          }
        }
      }
    }
  #else
    @inline(__always)
    static func f32(_ bytes: Span<UInt8>, at start: Int, _ x: Span<Float>) -> SIMD4<Float>? { nil }

    @inline(__always)
    static func int8(
      _ bytes: Span<UInt8>, at start: Int, zeroPoints: SIMD4<Int32>, _ x: Span<Float>
    ) -> SIMD4<Float>? { nil }

    @inline(__always)
    static func integers(
      _ codes: Span<UInt8>, stride: Int, rows: Int, columns: Int, _ integers: Span<Int16>, distance: Int, frames: Int,
      limit: Int, lanes: Int32, into sums: inout MutableSpan<Int64>
    ) -> Bool { false }

    @inline(__always)
    static func gaps(_ gaps: Span<UInt8>, _ codes: Span<UInt8>, zeroPoint: Int32, _ x: Span<Float>) -> Float? { nil }

    @inline(__always)
    static func panels(
      _ factors: Span<Float>, scales: Span<Float>, bias: Span<Float>, rows: Int, columns: Int, _ x: Span<Float>,
      _ xLayout: FrameLayout, frames: Int, into y: inout MutableSpan<Float>, _ yLayout: FrameLayout,
      lanes: Int32
    ) -> Bool { false }
  #endif
}
