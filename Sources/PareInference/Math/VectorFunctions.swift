#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels
#endif

/// `FloatMath` over ranges with the machine's own vectors, where the package's C kernels are there: each gives how many of the first
/// elements it has done, 0 where there is nothing better than the Swift loop. The bits are the same.
enum VectorFunctions {
  enum Function {
    case exp
    case tanh
    case sigmoid
  }

  #if canImport(CKernels) && !hasFeature(Embedded)
    /// Replaces floats by a function of them. Precondition: `range` is in `values`.
    @inline(__always)
    static func map(_ function: Function, _ values: inout MutableSpan<Float>, _ range: Range<Int>) -> Int {
      precondition(range.lowerBound >= 0 && range.upperBound <= values.count)
      let number =
        switch function {
        case .exp: PARE_EXP
        case .tanh: PARE_TANH
        case .sigmoid: PARE_SIGMOID
        }
      // The C function reads and writes the range, which the line above has checked.
      return unsafe values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe pare_map(number, base + range.lowerBound, range.count)
      }
    }

    /// Units of an LSTM. Preconditions: `input` and `recurrent` have 4 * `units` floats or are empty, not both; `units` floats are in
    /// `state` from each start on.
    static func lstm(
      units: Int, _ input: Span<Float>, _ recurrent: Span<Float>, _ state: inout MutableSpan<Float>, cellStart: Int,
      hiddenStart: Int
    ) -> Int {
      // The C function reads and writes what the preconditions are about; the spans stay in place during the closures.
      unsafe state.withUnsafeMutableBufferPointer { state in
        unsafe input.withUnsafeBufferPointer { input in
          unsafe recurrent.withUnsafeBufferPointer { recurrent in
            guard let state = state.baseAddress else { return 0 }
            return unsafe pare_lstm_gates(
              units, input.isEmpty ? nil : input.baseAddress, recurrent.isEmpty ? nil : recurrent.baseAddress,
              state + cellStart, state + hiddenStart)
          }
        }
      }
    }

    /// Units of a GRU. Preconditions: `input` and `recurrent` have 3 * `units` floats; `units` floats are in `state`.
    static func gru(
      units: Int, reset: Int, update: Int, _ input: Span<Float>, _ recurrent: Span<Float>,
      _ state: inout MutableSpan<Float>, hiddenStart: Int
    ) -> Int {
      // As above.
      unsafe state.withUnsafeMutableBufferPointer { state in
        unsafe input.withUnsafeBufferPointer { input in
          unsafe recurrent.withUnsafeBufferPointer { recurrent in
            guard let state = state.baseAddress else { return 0 }
            return unsafe pare_gru_gates(
              units, reset, update, input.baseAddress, recurrent.baseAddress, state + hiddenStart)
          }
        }
      }
    }
  #else
    @inline(__always)
    static func map(_ function: Function, _ values: inout MutableSpan<Float>, _ range: Range<Int>) -> Int { 0 }

    @inline(__always)
    static func lstm(
      units: Int, _ input: Span<Float>, _ recurrent: Span<Float>, _ state: inout MutableSpan<Float>, cellStart: Int,
      hiddenStart: Int
    ) -> Int { 0 }

    @inline(__always)
    static func gru(
      units: Int, reset: Int, update: Int, _ input: Span<Float>, _ recurrent: Span<Float>,
      _ state: inout MutableSpan<Float>, hiddenStart: Int
    ) -> Int { 0 }
  #endif
}
