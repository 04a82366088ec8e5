import PareFormat

/// A tensor on a grid of one step, symmetric: its codes, as wide as they need to be, and their errors.
struct UniformStep {
  private let tensor: FloatTensor
  private let mask: PruningMask?
  private let lowest: Float
  private let highest: Float

  /// Reads the tensor once; throws `notFinite`.
  init(tensor: FloatTensor, mask: PruningMask?) throws(EncodeError) {
    self.tensor = tensor
    self.mask = mask
    let extremes = try SliceExtremes(
      of: tensor, mask: mask, map: ScaleMap(shape: tensor.shape, granularity: .tensor))
    lowest = extremes.lowest[0]
    highest = extremes.highest[0]
  }

  var maximumMagnitude: Float { max(-lowest, highest) }

  /// The codes at a step, in the least width from 2 to 16 that holds all of them. (One bit without zero point would be
  /// sign coding.) `option` is named in errors.
  func quantized(at chosen: ChosenStep, option: Quantization) throws(EncodeError) -> QuantizedTensor {
    let step = chosen.size
    guard step > 0, step.isFinite else {
      throw EncodeError(
        .rangeTooLarge, tensor: tensor.name, option: option.description, expected: "a step is a positive f32")
    }
    var low = Double(lowest) / Double(step)
    var high = Double(highest) / Double(step)
    if let rounding = chosen.rounding {
      low = Double(rounding.code(low))
      high = Double(rounding.code(high))
    }
    // Outside of 2^20 there is no need to round to see that 16 bits are not enough.
    guard max(-low, high) < 0x1p20,
      let width = Self.width(Int(RoundToInteger.even(low)), Int(RoundToInteger.even(high)))
    else { throw tooWide(option, "codes at step \(step) take more than 16 bits; the largest magnitude is") }
    let ends = (step * Float(RoundToInteger.even(low)), step * Float(RoundToInteger.even(high)))
    guard ends.0.isFinite && ends.1.isFinite else {
      throw EncodeError(
        .rangeTooLarge, tensor: tensor.name, option: option.description,
        expected: "the largest weight would be rounded to infinity")
    }
    return QuantizedTensor(
      shape: tensor.shape, codes: codes(at: chosen), bitWidth: width, layout: .tensor, scales: [step])
  }

  private func codes(at chosen: ChosenStep) -> [Int16] {
    guard let rounding = chosen.rounding else {
      let kernel = CodeKernel(quotient: .exactEven, range: -32768...32767)
      let map = ScaleMap(shape: tensor.shape, granularity: .tensor)
      return kernel.codes(of: tensor, mask: mask, map: map, [chosen.size], nil)
    }
    var codes = [Int16](repeating: 0, count: tensor.values.count)
    let values = tensor.values.span
    let step = Double(chosen.size)
    if let mask {
      for element in mask.kept {
        codes[element] = Int16(truncatingIfNeeded: rounding.code(Double(values[element]) / step))
      }
    } else {
      for element in values.indices {
        codes[element] = Int16(truncatingIfNeeded: rounding.code(Double(values[element]) / step))
      }
    }
    return codes
  }

  /// The least width from 2 to 16 whose range holds both codes.
  private static func width(_ low: Int, _ high: Int) -> Int? {
    (2...16).first { low >= -(1 << ($0 - 1)) && high < 1 << ($0 - 1) }
  }

  /// An error that ends with the largest magnitude.
  func tooWide(_ option: Quantization, _ reason: String) -> EncodeError {
    EncodeError(
      .codeTooWide, tensor: tensor.name, option: option.description, expected: "\(reason) \(maximumMagnitude)"
    )
  }

  /// The largest error of a kept weight, rounded to nearest.
  func largestError(at step: Float) -> Double {
    var largest = 0.0
    forEachKept { values in
      for index in values.indices {
        let code = RoundToInteger.even(Double(values[index]) / Double(step))
        largest = max(largest, abs(Double(step * Float(code)) - Double(values[index])))
      }
      return true
    }
    return largest
  }

  /// The sum of the kept weights' squares.
  func signalPower() -> Double {
    var sums = SIMD8<Double>()
    forEachKept { values in
      for index in values.indices { sums[index & 7] += Double(values[index]) * Double(values[index]) }
      return true
    }
    return sums.sum()
  }

  /// The sum of the kept weights' squared errors, rounded to nearest; some sum above `limit` where it is above.
  func noisePower(at step: Float, limit: Double) -> Double {
    var sums = SIMD8<Double>()
    var squares = [Double](repeating: 0, count: Self.chunkSize)
    forEachKept { values in
      var target = squares.mutableSpan
      for index in values.indices {
        let code = RoundToInteger.even(Double(values[index]) / Double(step))
        let difference = Double(step * Float(code)) - Double(values[index])
        // A chunk has at most chunkSize values; a check here would keep the loop from being vectorized.
        unsafe target[unchecked: index] = difference * difference
      }
      for index in values.count..<(values.count &+ 7) & ~7 { squares[index] = 0 }
      var index = 0
      while index < values.count {
        var eight = SIMD8<Double>()
        for lane in 0..<8 { eight[lane] = squares[index &+ lane] }
        sums += eight
        index &+= 8
      }
      // The sums only grow, so the rest cannot change a no.
      return sums.sum() <= limit
    }
    return sums.sum()
  }

  private static let chunkSize = 1024

  /// Hands out the kept weights in order, in chunks of `chunkSize`, the last one shorter, until `body` gives false. A sum
  /// per index mod 8 so is a sum per ordinal mod 8.
  private func forEachKept(_ body: (Span<Float>) -> Bool) {
    let values = tensor.values.span
    guard let mask else {
      var start = 0
      while start < values.count {
        let end = min(start &+ Self.chunkSize, values.count)
        guard body(values.extracting(start..<end)) else { return }
        start = end
      }
      return
    }
    var chunk = [Float](repeating: 0, count: Self.chunkSize)
    var filled = 0
    for element in mask.kept {
      chunk[filled] = values[element]
      filled &+= 1
      if filled == chunk.count {
        guard body(chunk.span) else { return }
        filled = 0
      }
    }
    if filled > 0 { _ = body(chunk.span.extracting(first: filled)) }
  }
}

extension UniformStep {
  /// What rounding at a step gives.
  struct Outcome {
    let chosen: ChosenStep

    /// The sum of the kept weights' squared errors.
    let noisePower: Double

    /// The entropy of all codes, dropped elements being zeros, in `CodeLength` units.
    let length: Int
  }

  /// The outcome of rounding to nearest. Precondition: no code is of a magnitude above 2^20.
  func nearest(at step: Float) -> Outcome {
    let (counts, noise) = statistics(at: step, nil)
    return Outcome(
      chosen: ChosenStep(size: step, rounding: nil), noisePower: noise, length: StoredEntropy.length(counts))
  }

  /// The outcome of rate-distortion rounding, where codes are few enough for it, else of rounding to nearest.
  ///
  /// How often codes occur depends on the thresholds, and these on how often codes occur; after three rounds nothing moves any more
  /// that would be worth a pass.
  func rateDistortion(at step: Float) -> Outcome {
    let quotient = Double(maximumMagnitude) / Double(step)
    guard quotient < Double(RateDistortion.largestReach) else { return nearest(at: step) }
    var (counts, noise) = statistics(at: step, nil)
    var rounding: RateDistortion?
    for _ in 0..<3 {
      rounding = RateDistortion(counts: counts)
      (counts, noise) = statistics(at: step, rounding)
    }
    return Outcome(
      chosen: ChosenStep(size: step, rounding: rounding), noisePower: noise, length: StoredEntropy.length(counts))
  }

  /// How often each code occurs, code + reach being the index, and the sum of squared errors.
  private func statistics(at step: Float, _ rounding: RateDistortion?) -> (counts: [Int], noise: Double) {
    let reach = Int(RoundToInteger.even(Double(maximumMagnitude) / Double(step)))
    var counts = [Int](repeating: 0, count: 2 * reach + 1)
    counts[reach] = mask?.droppedCount ?? 0
    var sums = SIMD4<Double>()
    forEachKept { values in
      for index in values.indices {
        let quotient = Double(values[index]) / Double(step)
        let code = rounding?.code(quotient) ?? Int(RoundToInteger.even(quotient))
        counts[code &+ reach] &+= 1
        let difference = Double(step * Float(code)) - Double(values[index])
        sums[index & 3] += difference * difference
      }
      return true
    }
    return (counts, sums.sum())
  }
}
