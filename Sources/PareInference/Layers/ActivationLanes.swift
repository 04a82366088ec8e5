#if !hasFeature(Embedded)
  // The same functions with vectors: a loop for each, the machine's longest vectors where the package's C kernels know them.

  extension Activation {
    /// Applies a function of each element. Precondition: `range` is in `values`.
    func applyEach(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
      switch self {
      case .tanh: Self.map(&values, Self.vectorized(.tanh, &values, range, path), .tanh, FloatMath4.tanh)
      case .sigmoid: Self.map(&values, Self.vectorized(.sigmoid, &values, range, path), .sigmoid, FloatMath4.sigmoid)
      case .elu(let alpha):
        Self.map(&values, range, .elu(alpha: alpha)) { x in
          x.replacing(with: alpha * (FloatMath4.exp(x) - 1), where: x .< 0)
        }
      case .silu: Self.map(&values, range, .silu) { $0 * FloatMath4.sigmoid($0) }
      case .geluTanh:
        Self.map(&values, range, .geluTanh) { x in
          (0.5 * x) * (1 + FloatMath4.tanh(0.79788456 * (x + 0.044715 * ((x * x) * x))))
        }
      case .geluErf: Self.map(&values, range, .geluErf) { (0.5 * $0) * (1 + FloatMath4.erf(0.70710677 * $0)) }
      // The compiler makes vectors of a loop with one function.
      case .relu: Self.map(&values, range, .relu)
      case .relu6: Self.map(&values, range, .relu6)
      case .leakyReLU(let alpha): Self.map(&values, range, .leakyReLU(alpha: alpha))
      case .hardTanh: Self.map(&values, range, .hardTanh)
      case .hardSigmoidKeras: Self.map(&values, range, .hardSigmoidKeras)
      case .hardSigmoid: Self.map(&values, range, .hardSigmoid)
      case .hardSwish: Self.map(&values, range, .hardSwish)
      case .softsign: Self.map(&values, range, .softsign)
      case .softmax: break
      }
    }

    static func exponentiate(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath) {
      var index = Self.vectorized(.exp, &values, range, path).lowerBound
      while index &+ 4 <= range.upperBound {
        values.setLanes4(FloatMath4.exp(values.lanes4(at: index)), at: index)
        index &+= 4
      }
      while index < range.upperBound {
        values[index] = FloatMath.exp(values[index])
        index &+= 1
      }
    }

    @inline(__always)
    private static func map(_ values: inout MutableSpan<Float>, _ range: Range<Int>, _ function: Activation) {
      for index in range { values[index] = function.value(values[index]) }
    }

    /// Four at a time, then one by one.
    @inline(__always)
    private static func map(
      _ values: inout MutableSpan<Float>, _ range: Range<Int>, _ function: Activation,
      _ lanes: (SIMD4<Float>) -> SIMD4<Float>
    ) {
      var index = range.lowerBound
      while index &+ 4 <= range.upperBound {
        values.setLanes4(lanes(values.lanes4(at: index)), at: index)
        index &+= 4
      }
      map(&values, index..<range.upperBound, function)
    }

    /// Applies a function of `FloatMath` with the machine's vectors as far as they go, and gives the rest of the range.
    private static func vectorized(
      _ function: VectorFunctions.Function, _ values: inout MutableSpan<Float>, _ range: Range<Int>, _ path: ProductPath
    ) -> Range<Int> {
      let done = path == .fastest ? VectorFunctions.map(function, &values, range) : 0
      return range.lowerBound &+ done..<range.upperBound
    }
  }
#endif
