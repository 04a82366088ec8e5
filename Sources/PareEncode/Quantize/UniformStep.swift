import PareFormat

/// One step for a whole tensor, symmetric, with codes as wide as they need to be.
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

  private var maximumMagnitude: Float { max(-lowest, highest) }

  /// The codes at `step`, in the least width from 2 to 16 that holds all of them. (One bit without zero point would be
  /// sign coding.) `option` is named in errors.
  func quantized(step: Float, option: Quantization) throws(EncodeError) -> QuantizedTensor {
    guard step > 0, step.isFinite else {
      throw EncodeError(
        .rangeTooLarge, tensor: tensor.name, option: option.description, expected: "a step is a positive f32")
    }
    let low = Double(lowest) / Double(step)
    let high = Double(highest) / Double(step)
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
    let kernel = CodeKernel(quotient: .exactEven, range: -32768...32767)
    let map = ScaleMap(shape: tensor.shape, granularity: .tensor)
    return QuantizedTensor(
      shape: tensor.shape, codes: kernel.codes(of: tensor, mask: mask, map: map, [step], nil),
      bitWidth: width,
      layout: .tensor, scales: [step])
  }

  /// The step that meets a target.
  func step(for target: StepTarget) throws(EncodeError) -> Float {
    switch target {
    case .size(let step): return Float(step)
    case .maximumError(let error): return stepForMaximumError(error)
    case .sqnr(let decibels): return try stepForRatio(decibels)
    }
  }

  /// The least width from 2 to 16 whose range holds both codes.
  private static func width(_ low: Int, _ high: Int) -> Int? {
    (2...16).first { low >= -(1 << ($0 - 1)) && high < 1 << ($0 - 1) }
  }

  private func tooWide(_ option: Quantization, _ reason: String) -> EncodeError {
    EncodeError(
      .codeTooWide, tensor: tensor.name, option: option.description, expected: "\(reason) \(maximumMagnitude)"
    )
  }

  // MARK: Maximum error

  /// 2 E rounded down, or where a weight is then off by more than E, because decoding rounds, the step that leaves room
  /// for that: s / 2 + 2^-23 |w| <= E for the largest weight.
  private func stepForMaximumError(_ error: Double) -> Float {
    let step = Self.roundedDown(2 * error)
    if Double(maximumMagnitude) / Double(step) < 0x1p16 && largestError(at: step) > error {
      return Self.roundedDown(2 * (error - Double(maximumMagnitude) * 0x1p-23))
    }
    return step
  }

  private static func roundedDown(_ value: Double) -> Float {
    guard value < Double(Float.greatestFiniteMagnitude) else { return .greatestFiniteMagnitude }
    let nearest = Float(value)
    return Double(nearest) > value ? nearest.nextDown : nearest
  }

  private func largestError(at step: Float) -> Double {
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

  // MARK: Signal-to-noise ratio

  /// The largest step found at which signal / noise over the kept weights reaches the target.
  ///
  /// The ratio does not fall steadily as the step grows: weights that lie on a grid already have peaks at its step. So
  /// the search starts at the step that makes every code 0, takes 1 / sqrt 2 of it until the target is met, and then
  /// bisects between that and the step before, down to neighbouring f32.
  private func stepForRatio(_ decibels: Double) throws(EncodeError) -> Float {
    guard maximumMagnitude > 0 else { return 1 }
    let limit = signalPower() / Decibels.powerRatio(decibels)
    // Symmetric codes of 16 bits always exist.
    let least = ScaleRules.symmetric(maximumMagnitude, limit: 32767, as: .f32) ?? .leastNonzeroMagnitude
    var failing = min(2 * maximumMagnitude, .greatestFiniteMagnitude)
    if noisePower(at: failing, isAtMost: limit) { return failing }
    var meeting = max(failing * 0.70710678, least)
    while !noisePower(at: meeting, isAtMost: limit) {
      guard meeting > least else {
        throw tooWide(
          .step(.sqnr(decibels: decibels)),
          "no step with codes of 16 bits reaches it; the largest magnitude is")
      }
      failing = meeting
      meeting = max(meeting * 0.70710678, least)
    }
    // Positive floats are in the order of their bit patterns.
    while failing.bitPattern - meeting.bitPattern > 1 {
      let middle = Float(bitPattern: meeting.bitPattern + (failing.bitPattern - meeting.bitPattern) / 2)
      if noisePower(at: middle, isAtMost: limit) { meeting = middle } else { failing = middle }
    }
    return meeting
  }

  private func signalPower() -> Double {
    var sums = SIMD8<Double>()
    forEachKept { values in
      for index in values.indices { sums[index & 7] += Double(values[index]) * Double(values[index]) }
      return true
    }
    return sums.sum()
  }

  private func noisePower(at step: Float, isAtMost limit: Double) -> Bool {
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
    return sums.sum() <= limit
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
