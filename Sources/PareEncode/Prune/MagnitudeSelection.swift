/// Finds where the k smallest magnitudes of some tensors end, in time proportional to their elements.
///
/// Magnitudes are ordered as the 31 bits of |w|: that is their order as numbers, infinity comes behind every finite
/// one and NaN behind infinity. Two histograms, of the high and the low half of the bits, locate the k-th one.
struct MagnitudeSelection {
  /// Every magnitude below this pattern is dropped.
  let limit: UInt32

  /// How many of the magnitudes equal to `limit` are dropped, the first ones in order.
  let tieCount: Int

  /// Selects the `count` smallest of all elements of `tensors`. Precondition: there are that many.
  init(smallest count: Int, of tensors: [FloatTensor]) {
    guard count > 0 else {
      limit = 0
      tieCount = 0
      return
    }
    // Bits 16 to 30, then bits 0 to 15.
    let (high, below) = Self.locate(count, in: Self.highHistogram(of: tensors))
    let (low, belowLow) = Self.locate(count &- below, in: Self.lowHistogram(of: tensors, high: high))
    limit = UInt32(truncatingIfNeeded: high) &<< 16 | UInt32(truncatingIfNeeded: low)
    tieCount = count &- below &- belowLow
  }

  /// The mask of one tensor. `ties` is how many of the equal magnitudes are still to be dropped; it is counted down.
  func mask(of values: Span<Float>, ties: inout Int) -> PruningMask {
    var left = ties
    let limit = limit
    let mask = PruningMask(count: values.count) { element in
      let magnitude = values[element].magnitude.bitPattern
      guard magnitude == limit, left > 0 else { return magnitude >= limit }
      left &-= 1
      return false
    }
    ties = left
    return mask
  }

  /// The bin that holds the `rank`-th element, counted from 1, and the number of elements in the bins before it.
  private static func locate(_ rank: Int, in histogram: [Int]) -> (bin: Int, below: Int) {
    var below = 0
    for bin in histogram.indices {
      if below + histogram[bin] >= rank { return (bin, below) }
      below += histogram[bin]
    }
    preconditionFailure("fewer than \(rank) elements")
  }

  private static func highHistogram(of tensors: [FloatTensor]) -> [Int] {
    var histogram = [Int](repeating: 0, count: 1 << 15)
    for tensor in tensors {
      let values = tensor.values.span
      for index in 0..<values.count {
        histogram[Int(truncatingIfNeeded: values[index].magnitude.bitPattern &>> 16)] &+= 1
      }
    }
    return histogram
  }

  private static func lowHistogram(of tensors: [FloatTensor], high: Int) -> [Int] {
    var histogram = [Int](repeating: 0, count: 1 << 16)
    for tensor in tensors {
      let values = tensor.values.span
      for index in 0..<values.count {
        let magnitude = values[index].magnitude.bitPattern
        if Int(truncatingIfNeeded: magnitude &>> 16) == high {
          histogram[Int(truncatingIfNeeded: magnitude & 0xFFFF)] &+= 1
        }
      }
    }
    return histogram
  }
}
