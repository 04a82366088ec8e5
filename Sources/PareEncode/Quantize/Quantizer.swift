import PareFormat

extension QuantizedTensor {
  /// Quantizes a tensor; dropped elements of `mask` become zero.
  ///
  /// `layout` and `scheme` concern integer codes, `layout` also fixed point without stated fraction bits; codebooks have
  /// no scale, and a step is one f32 for the tensor. `convention` concerns integer codes, `rounding` a step with a target in
  /// decibels.
  ///
  /// Throws `notFinite`, `axisOutOfRange`, `codeTooWide`, `rangeTooLarge` and `incompatibleOptions`, all with the tensor's
  /// name. Takes time proportional to the elements; `.codebook` adds about a hundred k-means steps, a step target up to
  /// some dozen passes. Memory beyond the result is a few MB at most.
  /// Preconditions: `quantization.hasCodes` and is not `modelStep`, with parameters in the ranges that `Quantization` states; the mask has as many elements as the tensor.
  public init(
    quantizing tensor: FloatTensor, mask: PruningMask? = nil, by quantization: Quantization,
    layout: ScaleLayout = .tensor, scheme: Scheme = .symmetric, convention: Convention = .standard,
    rounding: Rounding = .nearest
  ) throws(EncodeError) {
    precondition(mask.map { $0.count == tensor.values.count } ?? true, "the mask is another tensor's")
    if case .axis(let axis) = layout.granularity, axis >= tensor.shape.count {
      throw EncodeError(
        .axisOutOfRange, tensor: tensor.name, option: "axis:\(axis)",
        expected: "the tensor has \(tensor.shape.count) axes, counted from 0")
    }
    // A mask that drops nothing would only slow the loops.
    let mask = mask?.droppedCount == 0 ? nil : mask
    switch quantization {
    case .unquantized, .half, .brain: preconditionFailure("\(quantization) has no codes")
    case .modelStep: preconditionFailure("one tensor alone does not choose a model's step")
    case .integer(let bitWidth):
      precondition((1...16).contains(bitWidth))
      let quantizer = IntegerQuantizer(
        tensor: tensor, mask: mask, bitWidth: bitWidth, layout: layout, scheme: scheme, convention: convention
      )
      self = try quantizer.quantized()
    case .powerOfTwo(nil):
      self = try IntegerQuantizer(
        tensor: tensor, mask: mask, bitWidth: 8, layout: layout, scheme: .symmetric, convention: .standard
      ).fixedPoint()
    case .powerOfTwo(let fractionBits?):
      precondition(Quantization.fractionBitsRange.contains(fractionBits))
      let scale = ScaleRules.powerOfTwo(fractionBits: fractionBits)
      self = try UniformStep(tensor: tensor, mask: mask)
        .quantized(at: ChosenStep(size: scale, rounding: nil), option: quantization)
    case .step(let target):
      let uniform = try UniformStep(tensor: tensor, mask: mask)
      let chosen = try StepSearch(members: [uniform], option: quantization).choices(for: target, rounding: rounding)
      self = try uniform.quantized(at: chosen[0], option: quantization)
    case .codebook(let entryCount):
      precondition((2...256).contains(entryCount))
      self = try Codebook.quantized(tensor, mask: mask, entryCount: entryCount)
    }
  }
}

extension QuantizedTensor {
  /// Quantizes a tensor at a step that was chosen for it, as wide as the codes need; dropped elements of `mask` become zero.
  ///
  /// Throws `notFinite`, `codeTooWide` and `rangeTooLarge`; `option`, what was asked for, is named in them. Linear in the elements.
  /// Precondition: the step was chosen for this tensor and mask.
  init(
    quantizing tensor: FloatTensor, mask: PruningMask?, at chosen: ChosenStep, option: Quantization
  ) throws(EncodeError) {
    let mask = mask?.droppedCount == 0 ? nil : mask
    self = try UniformStep(tensor: tensor, mask: mask).quantized(at: chosen, option: option)
  }
}

/// Integer codes with scales: `symmetric`, `affine`, sign coding, and fixed point of 8 bits.
struct IntegerQuantizer {
  let tensor: FloatTensor
  let mask: PruningMask?
  let bitWidth: Int
  let layout: ScaleLayout
  let scheme: Scheme
  let convention: Convention

  private var map: ScaleMap { ScaleMap(shape: tensor.shape, granularity: layout.granularity) }

  /// The codes by scheme and width.
  func quantized() throws(EncodeError) -> QuantizedTensor {
    guard convention != .tflite || scheme == .symmetric else {
      throw EncodeError(
        .incompatibleOptions, tensor: tensor.name, option: "affine",
        expected: "weights of the tflite convention are symmetric")
    }
    if scheme == .affine { return try affine() }
    return bitWidth == 1 ? try signs() : try symmetric()
  }

  /// 8 bits and a power of two as scale.
  func fixedPoint() throws(EncodeError) -> QuantizedTensor {
    let extremes = try SliceExtremes(of: tensor, mask: mask, map: map)
    let (scales, type) = try scales { index, type in
      ScaleRules.powerOfTwo(lowest: extremes.lowest[index], highest: extremes.highest[index], as: type)
    }
    return encoded(CodeKernel(quotient: .exactEven, range: -128...127), scales, nil, type)
  }

  private func symmetric() throws(EncodeError) -> QuantizedTensor {
    let extremes = try SliceExtremes(of: tensor, mask: mask, map: map)
    let limit = 1 << (bitWidth - 1) - 1
    let (scales, type) = try scales { index, type in
      ScaleRules.symmetric(extremes.maximumMagnitude(of: index), limit: limit, as: type)
    }
    let quotient: CodeKernel.Quotient =
      switch convention {
      case .standard: .exactEven
      case .onnx: .floatEven
      case .tflite: .exactAway
      }
    return encoded(CodeKernel(quotient: quotient, range: -limit...limit), scales, nil, type)
  }

  private func affine() throws(EncodeError) -> QuantizedTensor {
    let extremes = try SliceExtremes(of: tensor, mask: mask, map: map)
    let half = 1 << (bitWidth - 1)
    let kernel = CodeKernel(
      quotient: convention == .onnx ? .floatEven : .exactEven, range: -half...half - 1)
    do {
      func grid(as type: ScaleType) throws(AffineRangeError) -> (scales: [Float], zeroPoints: [Int16])? {
        var scales: [Float] = []
        var zeroPoints: [Int16] = []
        for (lowest, highest) in zip(extremes.lowest, extremes.highest) {
          guard
            let slice = try ScaleRules.affine(lowest: lowest, highest: highest, kernel: kernel, as: type)
          else { return nil }
          scales.append(slice.scale)
          zeroPoints.append(slice.zeroPoint)
        }
        return (scales, zeroPoints)
      }
      if layout.scaleType == .f16, let (scales, zeroPoints) = try grid(as: .f16) {
        return encoded(kernel, scales, zeroPoints, .f16)
      }
      // With f32 scales there is always a grid, or the range is too large.
      guard let (scales, zeroPoints) = try grid(as: .f32) else { throw AffineRangeError() }
      return encoded(kernel, scales, zeroPoints, .f32)
    } catch {
      throw rangeTooLarge
    }
  }

  /// Codes -1, 0 and +1 with the mean magnitude of the non-zero weights as scale, which has the least squared error.
  private func signs() throws(EncodeError) -> QuantizedTensor {
    _ = try SliceExtremes(of: tensor, mask: mask, map: map)
    let map = map
    let values = tensor.values.span
    var sums = [Double](repeating: 0, count: map.scaleCount)
    var counts = [Int](repeating: 0, count: map.scaleCount)
    // Dropped elements keep this.
    var codes = [Int16](repeating: 0, count: values.count)
    var runs = map.runs
    while let run = runs.next() {
      for element in run.start..<run.start &+ run.count where mask?.keeps(element) != false {
        let weight = values[element]
        guard weight != 0 else { continue }
        codes[element] = weight > 0 ? 1 : -1
        sums[run.scale] += Double(weight.magnitude)
        counts[run.scale] &+= 1
      }
    }
    let (scales, type) = try scales { index, type in
      guard counts[index] > 0 else { return 1 }
      let mean = Float(sums[index] / Double(counts[index]))
      return type == .f16 ? HalfScale.roundedUp(mean) : mean
    }
    return QuantizedTensor(
      shape: tensor.shape, codes: codes, bitWidth: 1,
      layout: ScaleLayout(layout.granularity, scaleType: type), scales: scales)
  }

  /// One scale per slice of the type asked for, or all in f32 when one of them is no normal f16. Throws `rangeTooLarge`
  /// when one is no f32 either.
  private func scales(
    of scale: (_ index: Int, _ type: ScaleType) -> Float?
  ) throws(EncodeError) -> ([Float], ScaleType) {
    let count = map.scaleCount
    for type in [layout.scaleType, .f32] {
      let scales = (0..<count).compactMap { scale($0, type) }
      if scales.count == count { return (scales, type) }
    }
    throw rangeTooLarge
  }

  private var rangeTooLarge: EncodeError {
    EncodeError(
      .rangeTooLarge, tensor: tensor.name,
      expected: "the range of the weights is too large for codes of \(bitWidth) bits to decode to f32")
  }

  private func encoded(
    _ kernel: CodeKernel, _ scales: [Float], _ zeroPoints: [Int16]?, _ type: ScaleType
  ) -> QuantizedTensor {
    QuantizedTensor(
      shape: tensor.shape, codes: kernel.codes(of: tensor, mask: mask, map: map, scales, zeroPoints),
      bitWidth: bitWidth, layout: ScaleLayout(layout.granularity, scaleType: type), scales: scales,
      zeroPoints: zeroPoints)
  }
}

extension CodeKernel {
  /// The codes of a whole tensor.
  func codes(
    of tensor: FloatTensor, mask: PruningMask?, map: ScaleMap, _ scales: [Float], _ zeroPoints: [Int16]?
  ) -> [Int16] {
    let values = tensor.values.span
    var codes = [Int16](repeating: 0, count: values.count)
    var target = codes.mutableSpan
    var runs = map.runs
    while let run = runs.next() {
      encode(
        run, of: values, mask: mask, scale: scales[run.scale], zeroPoint: zeroPoints?[run.scale] ?? 0,
        into: &target)
    }
    return codes
  }
}
