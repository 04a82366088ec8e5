import PareFormat

/// Codebooks: at most N values, found by k-means over the non-zero kept weights.
///
/// Where an element is zero, dropped or not, 0 is one of the N entries, in a dense as in a sparse tensor, so that the
/// decoded values do not depend on how the tensor is stored. (A sparse tensor leaves the entry out.) Up to N distinct
/// values are kept exactly.
enum Codebook {
  /// Quantizes a tensor with at most `entryCount` entries, 2 to 256; throws `notFinite`.
  static func quantized(
    _ tensor: FloatTensor, mask: PruningMask?, entryCount: Int
  ) throws(EncodeError) -> QuantizedTensor {
    _ = try SliceExtremes(of: tensor, mask: mask, map: ScaleMap(shape: tensor.shape, granularity: .tensor))
    let nonZeros = NonZeroWeights(tensor: tensor, mask: mask)
    let nonZeroCount = nonZeros.count
    let hasZeros = nonZeroCount < tensor.values.count
    let clusterCount = hasZeros ? entryCount - 1 : entryCount
    var entries =
      nonZeros.distinct(atMost: clusterCount)
      ?? KMeans.centroids(
        of: SortedWeights(nonZeros, count: nonZeroCount), count: clusterCount, hasZero: hasZeros)
    if hasZeros { entries.append(0) }
    entries = padded(normalized(entries))
    return QuantizedTensor(
      shape: tensor.shape, indices: nearest(tensor, mask: mask, entries: entries), codebook: entries)
  }

  /// In rising order, -0 as 0, without doubles.
  private static func normalized(_ entries: [Float]) -> [Float] {
    var result: [Float] = []
    // -0 + 0 is +0; every other sum with 0 is the number itself.
    for entry in entries.map({ $0 + 0 }).sorted() where result.last != entry { result.append(entry) }
    return result
  }

  /// `entries`, rising, with further ones that no element has until there are two; none of those is 0.
  static func padded(_ entries: [Float]) -> [Float] {
    switch entries.count {
    case 0: return [.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude]
    case 1:
      let only = entries[0]
      let above = only.nextUp
      return above.isFinite && above != 0 ? [only, above] : [only.nextDown, only]
    default: return entries
    }
  }

  /// The index of the nearest entry for each element, the lower one for a tie.
  private static func nearest(_ tensor: FloatTensor, mask: PruningMask?, entries: [Float]) -> [Int16] {
    // A weight has index i or more when it is above bound i - 1. Padded with infinity to 2^k - 1.
    var size = 2
    while size < entries.count { size *= 2 }
    var bounds = zip(entries, entries.dropFirst()).map(lastBelowMiddle)
    bounds += [Float](repeating: .infinity, count: size - 1 - bounds.count)
    @inline(__always)
    func index(of weight: Float, _ bounds: Span<Float>) -> Int16 {
      var index = 0
      var half = size &>> 1
      while half > 0 {
        // index + half - 1 is at most size - 2: a binary search over 2^k - 1 bounds.
        index &+= unsafe weight > bounds[unchecked: index &+ half &- 1] ? half : 0
        half &>>= 1
      }
      return Int16(truncatingIfNeeded: index)
    }
    let zero = Int16(truncatingIfNeeded: entries.firstIndex(of: 0) ?? 0)
    let values = tensor.values.span
    // Dropped elements keep the index of 0, which is an entry where there are such.
    var indices = [Int16](repeating: zero, count: values.count)
    let boundSpan = bounds.span
    if let mask {
      for element in mask.kept { indices[element] = index(of: values[element], boundSpan) }
    } else {
      for element in values.indices { indices[element] = index(of: values[element], boundSpan) }
    }
    return indices
  }

  /// The largest f32 that is not nearer to `upper` than to `lower`.
  private static func lastBelowMiddle(_ lower: Float, _ upper: Float) -> Float {
    let middle = (Double(lower) + Double(upper)) / 2
    let nearest = Float(middle)
    return Double(nearest) > middle ? nearest.nextDown : nearest
  }
}

/// The kept weights of a tensor that are not zero.
struct NonZeroWeights {
  let tensor: FloatTensor
  let mask: PruningMask?

  /// Their number.
  var count: Int {
    var count = 0
    visit { _ in count &+= 1 }
    return count
  }

  @inline(__always)
  func visit(_ body: (Float) -> Void) {
    let values = tensor.values.span
    if let mask {
      for element in mask.kept where values[element] != 0 { body(values[element]) }
    } else {
      for element in values.indices where values[element] != 0 { body(values[element]) }
    }
  }

  /// The distinct values in rising order, nil when they are more than `limit`.
  func distinct(atMost limit: Int) -> [Float]? {
    let values = tensor.values.span
    var found: [Float] = []
    for element in values.indices {
      let weight = values[element]
      guard weight != 0, mask?.keeps(element) != false else { continue }
      // The first entry that is not below the weight.
      var low = 0
      var high = found.count
      while low < high {
        let middle = (low &+ high) / 2
        if found[middle] < weight { low = middle &+ 1 } else { high = middle }
      }
      if low < found.count && found[low] == weight { continue }
      guard found.count < limit else { return nil }
      found.insert(weight, at: low)
    }
    return found
  }
}
