import PareFormat

/// The symbols of one stream of a tensor, all blocks in order, before they are coded.
struct CodedStreamSource {
  let symbols: StreamSymbols

  /// The first symbol of each segment, and the number of symbols.
  let starts: [Int]

  /// Symbol number i.
  let symbol: (Int) -> Int

  /// The field that symbol number i stands for; of bit symbols nothing.
  var field: (Int) -> UInt32 = { _ in 0 }

  var count: Int { starts[starts.count - 1] }

  /// The group of a symbol that a table tells apart: for bit symbols their number of one bits.
  @inline(__always)
  private func group(_ index: Int) -> Int { symbols.isBits ? symbol(index).nonzeroBitCount : symbol(index) }

  private var groupCount: Int { symbols.isBits ? 9 : symbols.count }

  /// How often each group occurs in each segment.
  var segmentCounts: SegmentCounts {
    var counts = SegmentCounts(count: starts.count - 1, width: groupCount)
    for segment in 0..<starts.count - 1 {
      for index in starts[segment]..<starts[segment + 1] { counts.add(group(index), to: segment) }
    }
    return counts
  }

  /// How often each group occurs at each position of a segment. Precondition: segments have the same length.
  func positionCounts(_ positions: Int) -> SegmentCounts {
    var counts = SegmentCounts(count: positions, width: groupCount)
    for segment in 0..<starts.count - 1 {
      for index in starts[segment]..<starts[segment + 1] { counts.add(group(index), to: index &- starts[segment]) }
    }
    return counts
  }

  /// Sums by a number that segment and position have.
  func sums(_ count: Int, _ number: (_ segment: Int, _ position: Int) -> Int) -> [[Int]] {
    var sums = [[Int]](repeating: [Int](repeating: 0, count: groupCount), count: count)
    for segment in 0..<starts.count - 1 {
      for index in starts[segment]..<starts[segment + 1] {
        sums[number(segment, index &- starts[segment])][group(index)] &+= 1
      }
    }
    return sums
  }
}

extension CodedStreamSource {
  /// The streams of a tensor: the mask where `stored` is given, then those of the element coding.
  static func all(
    _ content: StoredContent, _ segments: CodedSegments, stored: PruningMask?
  ) -> [CodedStreamSource] {
    let element = content.element
    guard let stored else { return planes(element, starts: segments.elementStarts, field: content.field) }
    var starts = [0]
    for segment in 0..<segments.count {
      let range = segments.elementStarts[segment]..<segments.elementStarts[segment + 1]
      starts.append(starts[segment] + stored.keptCount(in: range))
    }
    // As narrow as they are: a large tensor has many.
    let field: (Int) -> UInt32
    if element.bitWidth <= 8 {
      let fields = stored.kept.map { UInt8(truncatingIfNeeded: content.field($0)) }
      field = { UInt32(fields[$0]) }
    } else {
      let fields = stored.kept.map(content.field)
      field = { fields[$0] }
    }
    return [mask(stored, segments)] + planes(element, starts: starts, field: field)
  }

  private static func mask(_ stored: PruningMask, _ segments: CodedSegments) -> CodedStreamSource {
    bits(.mask, starts: segments.elementStarts) { stored.keeps($0) }
  }

  /// Eight bits a symbol, each segment from a symbol of its own on.
  private static func bits(
    _ symbols: StreamSymbols, starts elementStarts: [Int], _ isSet: (Int) -> Bool
  ) -> CodedStreamSource {
    var bytes: [UInt8] = []
    var starts = [0]
    for segment in 0..<elementStarts.count - 1 {
      var first = elementStarts[segment]
      let end = elementStarts[segment + 1]
      while first < end {
        var byte: UInt8 = 0
        for bit in 0..<min(8, end - first) where isSet(first + bit) { byte |= 1 << UInt8(bit) }
        bytes.append(byte)
        first += 8
      }
      starts.append(bytes.count)
    }
    return CodedStreamSource(symbols: symbols, starts: starts) { Int(bytes[$0]) }
  }

  private static func planes(
    _ element: ElementCoding, starts: [Int], field: @escaping (Int) -> UInt32
  ) -> [CodedStreamSource] {
    (0..<element.codedStreamCount).map { index in
      let symbols = StreamSymbols(of: element)
      switch symbols.kind {
      case .mask, .bits: return bits(symbols, starts: starts) { field($0) & 1 == 1 }
      case .indices: return CodedStreamSource(symbols: symbols, starts: starts) { Int(field($0)) }
      case .codes:
        let half = symbols.count / 2
        let width = element.bitWidth
        let symbol: (Int) -> Int = {
          let code = Self.code(field($0), width)
          return code < 0 ? half - 1 - Self.bucket(-1 - code, width) : half + Self.bucket(code, width)
        }
        return CodedStreamSource(symbols: symbols, starts: starts, symbol: symbol, field: field)
      case .plane:
        let shift = UInt32(element.bitWidth - 8 * index - 8)
        return CodedStreamSource(symbols: symbols, starts: starts) {
          let byte = Int(field($0) >> shift & 0xFF)
          return index == 0 ? (byte << 1 | byte >> 7) & 0xFF : byte
        }
      }
    }
  }

  /// The code in the low bits of a field.
  @inline(__always)
  private static func code(_ field: UInt32, _ width: Int) -> Int {
    let shift = Int32(32 - width)
    return Int((Int32(bitPattern: field) << shift) >> shift)
  }

  @inline(__always)
  private static func bucket(_ magnitude: Int, _ width: Int) -> Int {
    width <= 8 ? magnitude : CodeBuckets.bucket(magnitude)
  }

  /// The low bits of codes of more than 8 bits: the value and number of those of stored element i.
  static func lowBits(_ field: UInt32, _ width: Int) -> (bits: UInt32, count: Int) {
    let code = code(field, width)
    let magnitude = code < 0 ? -1 - code : code
    let count = CodeBuckets.lowBits(CodeBuckets.bucket(magnitude))
    return (UInt32(magnitude & (1 << count - 1)), count)
  }
}

extension PruningMask {
  /// The elements of a range that are kept.
  fileprivate func keptCount(in range: Range<Int>) -> Int {
    var count = 0
    for _ in kept(from: range.lowerBound, count: range.count) { count &+= 1 }
    return count
  }
}
