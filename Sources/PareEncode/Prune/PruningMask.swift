/// Which elements of a tensor stay: one bit an element, set when it is kept.
///
/// Bit i mod 64 of word i div 64 belongs to element i in row-major order. Bits behind the last element are 0.
public struct PruningMask: Sendable, Equatable {
  /// The number of elements.
  public let count: Int

  /// The bits.
  public private(set) var words: [UInt64]

  /// The number of elements kept. O(count / 64) when the mask is made, then constant.
  public private(set) var keptCount: Int

  /// The number of elements dropped.
  public var droppedCount: Int { count - keptCount }

  /// Makes a mask word by word: `word(w, n)` gives the bits of elements 64 w to 64 w + n - 1, n being 1 to 64.
  @inline(__always)
  init(count: Int, word: (_ index: Int, _ size: Int) -> UInt64) {
    self.count = count
    var kept = 0
    let wordCount = (count &+ 63) &>> 6
    words = []
    words.reserveCapacity(wordCount)
    for index in 0..<wordCount {
      let bits = word(index, min(64, count &- index &<< 6))
      kept &+= bits.nonzeroBitCount
      words.append(bits)
    }
    keptCount = kept
  }

  /// A mask that keeps the elements for which `isKept` is true.
  @inline(__always)
  public init(count: Int, isKept: (_ element: Int) -> Bool) {
    self.init(count: count) { index, size in
      var bits: UInt64 = 0
      let start = index &<< 6
      for bit in 0..<size {
        bits |= (isKept(start &+ bit) ? 1 : 0) &<< UInt64(truncatingIfNeeded: bit)
      }
      return bits
    }
  }

  /// Whether element `element` stays. Precondition: it is 0 to `count` - 1.
  @inline(__always)
  public func keeps(_ element: Int) -> Bool {
    precondition(element < count)
    return words[element &>> 6] &>> UInt64(truncatingIfNeeded: element & 63) & 1 == 1
  }

  /// The kept elements of a range, in rising order. Precondition: the range lies within the tensor.
  @inline(__always)
  public func kept(from start: Int, count size: Int) -> KeptElements {
    precondition(start >= 0 && size >= 0 && size <= count - start)
    return KeptElements(words: words, start: start, end: start &+ size)
  }

  /// The kept elements, in rising order.
  public var kept: KeptElements { kept(from: 0, count: count) }

  /// Steps from one kept element to the next; skips 64 dropped ones at a time.
  public struct KeptElements: Sequence, IteratorProtocol {
    private let words: [UInt64]
    private let end: Int
    private var index: Int
    private var bits: UInt64

    @inline(__always)
    init(words: [UInt64], start: Int, end: Int) {
      self.words = words
      self.end = end
      index = start &>> 6
      let low = UInt64(truncatingIfNeeded: start & 63)
      bits = start < end ? words[index] & (UInt64.max &<< low) : 0
    }

    /// The next kept element's index.
    @inline(__always)
    public mutating func next() -> Int? {
      while bits == 0 {
        index &+= 1
        guard index &<< 6 < end else { return nil }
        bits = words[index]
      }
      let element = index &<< 6 | bits.trailingZeroBitCount
      bits &= bits &- 1
      return element < end ? element : nil
    }
  }
}
