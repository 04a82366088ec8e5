extension Pruning: CustomStringConvertible {
  /// Reads `threshold=T`, `sparsity=S`, `model-sparsity=S`, `N:M` or `none`; throws `badOption`. T is the f32 nearest to
  /// the f64 nearest to its text.
  public init(_ text: String) throws(EncodeError) {
    if text == "none" {
      self = .unpruned
    } else if let threshold = OptionText.rest(of: text, after: "threshold=") {
      guard let threshold = OptionText.number(threshold), threshold >= 0, Float(threshold).isFinite else {
        throw .badOption(text, "a threshold is an f32 of at least 0")
      }
      self = .threshold(Float(threshold))
    } else if let share = OptionText.rest(of: text, after: "sparsity=") {
      self = .sparsity(try Self.share(share, text))
    } else if let share = OptionText.rest(of: text, after: "model-sparsity=") {
      self = .modelSparsity(try Self.share(share, text))
    } else {
      let counts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard counts.count == 2, let kept = OptionText.integer(counts[0]),
        let size = OptionText.integer(counts[1])
      else {
        throw .badOption(text, "a pruning is threshold=T, sparsity=S, model-sparsity=S, N:M or none")
      }
      guard kept >= 1, kept <= size, size <= Self.maximumPatternSize else {
        throw .badOption(text, "of N:M, N is 1 to M and M at most \(Self.maximumPatternSize)")
      }
      self = .pattern(kept: kept, of: size)
    }
  }

  private static func share(_ text: String, _ option: String) throws(EncodeError) -> Double {
    guard let share = OptionText.number(text), share >= 0, share <= 1 else {
      throw .badOption(option, "a sparsity is 0 to 1")
    }
    return share
  }

  /// The text that gives this pruning when read.
  public var description: String {
    switch self {
    case .unpruned: "none"
    case .threshold(let threshold): "threshold=\(threshold)"
    case .sparsity(let share): "sparsity=\(share)"
    case .modelSparsity(let share): "model-sparsity=\(share)"
    case .pattern(let kept, let size): "\(kept):\(size)"
    }
  }
}
