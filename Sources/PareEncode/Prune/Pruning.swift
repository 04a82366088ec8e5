/// Which weights are dropped. A dropped weight decodes to +0; its position is kept.
public enum Pruning: Sendable, Equatable {
  /// Every weight stays.
  case unpruned
  /// |w| <= threshold is dropped, the boundary included, compared in f32. A NaN stays.
  case threshold(Float)
  /// This share, 0 to 1, of the tensor's elements is dropped, the smallest magnitudes first.
  case sparsity(Double)
  /// The same over all tensors together that have this case with this share.
  case modelSparsity(Double)
  /// Of each `of` consecutive elements of the last axis the `kept` largest magnitudes stay (N:M).
  case pattern(kept: Int, of: Int)

  /// The largest M of N:M.
  public static let maximumPatternSize = 64
}

extension PruningMask {
  /// Drops |w| <= `threshold`, compared in f32; a NaN stays. O(elements).
  public init(of tensor: FloatTensor, threshold: Float) {
    let values = tensor.values.span
    // Written so that a NaN, which compares as false, stays.
    self.init(count: values.count) { !(values[$0].magnitude <= threshold) }
  }

  /// Drops the `sparsity` * n smallest magnitudes, that number rounded half to even. Zeros go first, NaN last; among
  /// equal magnitudes the lower index goes first. O(elements).
  public init(of tensor: FloatTensor, sparsity: Double) {
    self = PruningMask.masks(of: [tensor], sparsity: sparsity)[0]
  }

  /// Drops the `sparsity` * n smallest magnitudes of all tensors together, n being all their elements. Among equal
  /// magnitudes the earlier tensor goes first, then the lower index. O(elements).
  public static func masks(of tensors: [FloatTensor], sparsity: Double) -> [PruningMask] {
    let total = tensors.reduce(0) { $0 + $1.values.count }
    let share = max(0, min(sparsity, 1)) * Double(total)
    // Below 2^51, so adding and subtracting 1.5 * 2^52 rounds half to even.
    let dropped = min(total, Int(RoundToInteger.even(share)))
    let selection = MagnitudeSelection(smallest: dropped, of: tensors)
    var ties = selection.tieCount
    return tensors.map { selection.mask(of: $0.values.span, ties: &ties) }
  }

  /// Keeps the `kept` largest magnitudes of each `size` consecutive elements of the last axis; of equal ones those with
  /// the lower index. A short last run of a line keeps up to `kept` too. NaN counts as the largest.
  /// Preconditions: `size` is 1 to 64, `kept` 0 to `size`. O(elements * kept).
  public init(of tensor: FloatTensor, keeping kept: Int, of size: Int) {
    precondition(size >= 1 && size <= Pruning.maximumPatternSize && kept >= 0 && kept <= size)
    let values = tensor.values.span
    let line = tensor.shape.last ?? 1
    var words = [UInt64](repeating: 0, count: (values.count + 63) >> 6)
    var start = 0
    var lineEnd = line
    while start < values.count {
      let end = min(start &+ size, lineEnd)
      var chosen: UInt64 = 0
      for _ in 0..<min(kept, end &- start) {
        var best = -1
        var bestMagnitude: UInt32 = 0
        for element in start..<end where chosen &>> UInt64(truncatingIfNeeded: element &- start) & 1 == 0 {
          let magnitude = values[element].magnitude.bitPattern
          if best < 0 || magnitude > bestMagnitude {
            best = element
            bestMagnitude = magnitude
          }
        }
        chosen |= 1 &<< UInt64(truncatingIfNeeded: best &- start)
        words[best &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: best & 63)
      }
      start = end
      if start == lineEnd { lineEnd &+= line }
    }
    self.init(count: values.count) { index, _ in words[index] }
  }
}
