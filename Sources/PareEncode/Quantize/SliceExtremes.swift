/// The smallest and the largest kept weight of each slice that shares a scale, zero included.
struct SliceExtremes {
  /// One per scale, at most 0.
  private(set) var lowest: [Float]

  /// One per scale, at least 0.
  private(set) var highest: [Float]

  /// Reads a tensor once; throws `notFinite` with the first kept element that is NaN or infinite.
  init(of tensor: FloatTensor, mask: PruningMask?, map: ScaleMap) throws(EncodeError) {
    let values = tensor.values.span
    var lowestKeys = [Int32](repeating: 0, count: map.scaleCount)
    var highestKeys = lowestKeys
    var runs = map.runs
    while let run = runs.next() {
      let keys =
        mask.map { Self.extremes(values, $0.kept(from: run.start, count: run.count)) }
        ?? Self.extremes(values, from: run.start, count: run.count)
      lowestKeys[run.scale] = min(lowestKeys[run.scale], keys.lowest)
      highestKeys[run.scale] = max(highestKeys[run.scale], keys.highest)
    }
    // An infinity or a NaN is beyond every finite number on its side.
    let isFinite =
      lowestKeys.allSatisfy { $0 >= Self.key(-.greatestFiniteMagnitude) }
      && highestKeys.allSatisfy { $0 <= Self.key(.greatestFiniteMagnitude) }
    guard isFinite else { throw Self.firstNotFinite(tensor, mask) }
    lowest = lowestKeys.map(Self.value)
    highest = highestKeys.map(Self.value)
  }

  /// The largest |w| of a slice.
  func maximumMagnitude(of scale: Int) -> Float { max(-lowest[scale], highest[scale]) }

  /// Integers in the order of the floats, which the compiler compares eight at a time; floats it would not, since
  /// NaN would make their order matter.
  @inline(__always)
  private static func key(_ value: Float) -> Int32 {
    let bits = Int32(bitPattern: value.bitPattern)
    return bits ^ (bits &>> 31 & 0x7FFF_FFFF)
  }

  private static func value(ofKey key: Int32) -> Float {
    // -0 has the key -1 and counts as zero.
    key == -1 ? 0 : Float(bitPattern: UInt32(bitPattern: key ^ (key &>> 31 & 0x7FFF_FFFF)))
  }

  private static func extremes(
    _ values: Span<Float>, from start: Int, count: Int
  ) -> (lowest: Int32, highest: Int32) {
    let run = values.extracting(start..<start &+ count)
    var lowest: Int32 = 0
    var highest: Int32 = 0
    for index in run.indices {
      let key = key(run[index])
      lowest = min(lowest, key)
      highest = max(highest, key)
    }
    return (lowest, highest)
  }

  private static func extremes(
    _ values: Span<Float>, _ kept: PruningMask.KeptElements
  ) -> (lowest: Int32, highest: Int32) {
    var lowest: Int32 = 0
    var highest: Int32 = 0
    for element in kept {
      let key = key(values[element])
      lowest = min(lowest, key)
      highest = max(highest, key)
    }
    return (lowest, highest)
  }

  private static func firstNotFinite(_ tensor: FloatTensor, _ mask: PruningMask?) -> EncodeError {
    let values = tensor.values.span
    let element = values.indices.first { !values[$0].isFinite && mask?.keeps($0) != false }
    return EncodeError(
      .notFinite, tensor: tensor.name, element: element, value: element.map { values[$0] },
      expected: "quantizing needs finite weights")
  }
}
