/// Turns weights into codes: q = round(w / s) + z, held to the range of a code.
///
/// **Why the bound scale / 2 + 2^-23 |w| holds** for every weight that the range does not cut off. The quotient of two
/// f32, |w / s| < 2^16, is either a tie n + 1/2 or at least 2^-25 away from one; f64 is off by less than 2^-36, and so
/// rounds it to the integer of the exact quotient: |s q - w| <= s / 2. Decoding rounds s q once, which moves it by at
/// most 2^-24 |s q|, and not at all if the result is subnormal or |q| is 0 or 1. For |q| >= 2, |s q| <= |w| + s / 2 and
/// s / 2 <= |w|, so that this is at most 2^-23 |w|.
/// With the quotient rounded to f32 (ONNX), rounding to even keeps the bound too: a quotient t next to the tie n + 1/2,
/// with 2^k <= n < 2^(k+1), may become the tie, having been 2^(k-24) away. If that rounds up, n is odd; for n = 1 decoding
/// 2 s is exact, else 2^k <= n - 1 and both errors are at most (2^k + n + 1) 2^-24 s <= 2^-23 |w|. If it rounds down, they
/// are at most (2^k + n) 2^-24 s, and less than that.
struct CodeKernel {
  /// How w / s is divided and rounded.
  enum Quotient {
    /// In f64, where the result is that of the exact quotient; ties to even.
    case exactEven
    /// In f64, ties away from zero.
    case exactAway
    /// In f32, then ties to even.
    case floatEven
  }

  let quotient: Quotient

  /// The least and the largest code.
  let range: ClosedRange<Int>

  /// The code of one weight.
  @inline(__always)
  func code(_ weight: Float, scale: Float, zeroPoint: Int16) -> Int16 {
    switch quotient {
    case .exactEven: encode(weight, scale, zeroPoint) { RoundToInteger.even(Double($0) / Double($1)) }
    case .exactAway: encode(weight, scale, zeroPoint) { RoundToInteger.away(Double($0) / Double($1)) }
    case .floatEven: encode(weight, scale, zeroPoint) { RoundToInteger.even(Double($0 / $1)) }
    }
  }

  /// Writes the codes of a run; dropped elements get the zero point. Precondition: `codes` are zeros so far.
  @inline(never)
  func encode(
    _ run: ScaleRun, of values: Span<Float>, mask: PruningMask?, scale: Float, zeroPoint: Int16,
    into codes: inout MutableSpan<Int16>
  ) {
    switch quotient {
    case .exactEven:
      encode(run, values, mask, scale, zeroPoint, &codes) { RoundToInteger.even(Double($0) / Double($1)) }
    case .exactAway:
      encode(run, values, mask, scale, zeroPoint, &codes) { RoundToInteger.away(Double($0) / Double($1)) }
    case .floatEven:
      encode(run, values, mask, scale, zeroPoint, &codes) { RoundToInteger.even(Double($0 / $1)) }
    }
  }

  @inline(__always)
  private func encode(
    _ weight: Float, _ scale: Float, _ zeroPoint: Int16, rounded: (Float, Float) -> Double
  ) -> Int16 {
    let code = rounded(weight, scale) + Double(zeroPoint)
    let low = Double(range.lowerBound)
    let high = Double(range.upperBound)
    return RoundToInteger.code(code < low ? low : code > high ? high : code)
  }

  @inline(__always)
  private func encode(
    _ run: ScaleRun, _ values: Span<Float>, _ mask: PruningMask?, _ scale: Float, _ zeroPoint: Int16,
    _ codes: inout MutableSpan<Int16>, rounded: (Float, Float) -> Double
  ) {
    let source = values.extracting(run.start..<run.start &+ run.count)
    if let mask {
      if zeroPoint != 0 {
        for index in source.indices { codes[run.start &+ index] = zeroPoint }
      }
      for element in mask.kept(from: run.start, count: run.count) {
        codes[element] = encode(values[element], scale, zeroPoint, rounded: rounded)
      }
    } else {
      precondition(run.start &+ run.count <= codes.count)
      for index in source.indices {
        let code = encode(source[index], scale, zeroPoint, rounded: rounded)
        // The run lies within both; a check here would keep the loop from being vectorized.
        unsafe codes[unchecked: run.start &+ index] = code
      }
    }
  }
}
