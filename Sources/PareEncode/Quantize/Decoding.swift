extension QuantizedTensor {
  /// The bound that symmetric and affine codes, fixed point and uniform steps promise for |decoded - w| of a weight that
  /// is not dropped: scale / 2 + 2^-23 |w|. `CodeKernel` has the proof.
  public static func promisedBound(scale: Float, weight: Float) -> Double {
    Double(scale) / 2 + Double(weight.magnitude) * 0x1p-23
  }

  /// The bound towards zero of a step rounded by `Rounding.rateDistortion`, of a weight that does not become zero: scale + 2^-23 |w|. A
  /// code is the nearest or the next one towards zero, the latter for weights below the nearest.
  public static func roundedDownBound(scale: Float, weight: Float) -> Double {
    Double(scale) + Double(weight.magnitude) * 0x1p-23
  }

  /// The bound promised for element `element`, whose source value is `weight` and which is not dropped; nil for a codebook
  /// and for sign coding, which promise none. Precondition: `element` is below the number of elements.
  public func promisedBound(of element: Int, weight: Float) -> Double? {
    guard !isCodebook && !isSign else { return nil }
    let scale = scales[ScaleMap(shape: shape, granularity: granularity).scaleIndex(of: element)]
    return Self.promisedBound(scale: scale, weight: weight)
  }

  /// The f32 that element `element` decodes to. Constant time; `forEachDecoded` is faster for all of them.
  public func decodedValue(at element: Int) -> Float {
    let code = codes[element]
    if isCodebook { return codebook[Int(code)] }
    let scale = ScaleMap(shape: shape, granularity: granularity).scaleIndex(of: element)
    let zeroPoint = hasZeroPoints ? Int32(zeroPoints[scale]) : 0
    return scales[scale] * Float(Int32(code) - zeroPoint)
  }

  /// Hands out all decoded values in order, in chunks of up to 1024, with the index of each chunk's first element.
  func forEachDecoded(_ body: (_ start: Int, _ values: Span<Float>) -> Void) {
    var chunk = [Float](repeating: 0, count: 1024)
    var filled = 0
    var chunkStart = 0
    var runs = ScaleMap(shape: shape, granularity: granularity).runs
    let codes = codes.span
    while let run = runs.next() {
      var position = run.start
      let end = run.start &+ run.count
      while position < end {
        let count = min(end &- position, chunk.count &- filled)
        var target = chunk.mutableSpan
        decode(codes.extracting(position..<position &+ count), scale: run.scale, into: &target, at: filled)
        position &+= count
        filled &+= count
        if filled == chunk.count {
          body(chunkStart, chunk.span)
          chunkStart &+= filled
          filled = 0
        }
      }
    }
    if filled > 0 { body(chunkStart, chunk.span.extracting(first: filled)) }
  }

  /// Decodes codes that share a scale to `target` from index `start` on.
  @inline(__always)
  private func decode(
    _ codes: Span<Int16>, scale index: Int, into target: inout MutableSpan<Float>, at start: Int
  ) {
    precondition(start &+ codes.count <= target.count)
    if isCodebook {
      for element in codes.indices {
        target[start &+ element] = codebook[Int(truncatingIfNeeded: codes[element])]
      }
      return
    }
    let scale = scales[index]
    let zeroPoint = hasZeroPoints ? Int32(zeroPoints[index]) : 0
    for element in codes.indices {
      // Checked above; a check here would keep the loop from being vectorized.
      unsafe target[unchecked: start &+ element] = scale * Float(Int32(codes[element]) &- zeroPoint)
    }
  }
}
