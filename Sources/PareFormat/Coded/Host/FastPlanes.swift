#if !hasFeature(Embedded)
  #if canImport(CKernels)
    import CKernels
  #endif

  /// The bytes that streams are decoded to, for some rows at a time: a byte of each element in each plane, and for sparse
  /// tensors mask and values on their way there.
  struct FastPlanes {
    private var planes: [[UInt8]]
    private var mask: [UInt8] = []
    private var values: [UInt8] = []

    /// Vector kernels read and write whole words behind the end.
    private static let slack = 64

    init(count: Int) { planes = [[UInt8]](repeating: [], count: count) }

    mutating func resize(_ elementCount: Int, isSparse: Bool) {
      for index in planes.indices { Self.grow(&planes[index], elementCount) }
      if isSparse {
        // Each row may have a symbol of its own that it does not fill.
        Self.grow(&mask, elementCount)
        Self.grow(&values, elementCount)
      }
    }

    private static func grow(_ bytes: inout [UInt8], _ count: Int) {
      if bytes.count < count + slack { bytes = [UInt8](repeating: 0, count: count + slack) }
    }

    /// The bytes of a plane.
    func plane(_ index: Int) -> [UInt8] { planes[index] }

    mutating func withPlane(_ index: Int, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
      unsafe planes[index].withUnsafeMutableBufferPointer {
        unsafe body(UnsafeMutableBufferPointer(rebasing: $0[..<count]))
      }
    }

    mutating func withMask(_ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
      unsafe mask.withUnsafeMutableBufferPointer { unsafe body(UnsafeMutableBufferPointer(rebasing: $0[..<count])) }
    }

    mutating func withValues(_ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
      // A mask has at most as many bits as there are elements, and the padding of a damaged one a few more.
      if values.count < count + Self.slack { values = [UInt8](repeating: 0, count: count + Self.slack) }
      unsafe values.withUnsafeMutableBufferPointer { unsafe body(UnsafeMutableBufferPointer(rebasing: $0[..<count])) }
    }

    /// The bits set in some bytes of the mask.
    func countMask(_ range: Range<Int>) -> Int {
      let span = mask.span
      var found = 0
      var index = range.lowerBound
      while index &+ 8 <= range.upperBound {
        found &+= span.word(at: index).nonzeroBitCount
        index &+= 8
      }
      while index < range.upperBound {
        found &+= span[index].nonzeroBitCount
        index &+= 1
      }
      return found
    }

    func maskByte(_ index: Int) -> UInt8 { mask[index] }

    /// Whether one of the first `count` values is 0.
    func hasZeroValue(_ count: Int) -> Bool {
      let span = values.span.extracting(first: count)
      var found: UInt8 = 0
      for index in span.indices { found |= span[index] == 0 ? 1 : 0 }
      return found != 0
    }

    /// Makes indices one more, so that 0 is free for elements that are not stored.
    mutating func raiseValues(_ count: Int) {
      for index in 0..<count { values[index] &+= 1 }
    }

    /// Puts values, from number `value` on, in the places that the mask, from byte `mask` on, states for `elements`; the others
    /// become 0.
    mutating func expand(_ elements: Range<Int>, mask first: Int, value: Int, usesVectors: Bool) {
      let maskCount = (elements.count + 7) / 8
      #if canImport(CKernels)
        if usesVectors {
          // The plane has room for 8 bytes a mask byte and more behind, the values for 8 more than are stored.
          let isDone = unsafe planes[0].withUnsafeMutableBufferPointer { plane in
            unsafe mask.withUnsafeBufferPointer { mask in
              unsafe values.withUnsafeBufferPointer { values in
                guard let target = plane.baseAddress, let mask = mask.baseAddress, let values = values.baseAddress
                else { return false }
                return unsafe pare_expand(mask + first, maskCount, values + value, target + elements.lowerBound) != 0
              }
            }
          }
          if isDone { return }
        }
      #endif
      var next = value
      for index in 0..<maskCount {
        let start = elements.lowerBound &+ 8 &* index
        let count = min(8, elements.upperBound &- start)
        var bits = mask[first &+ index]
        for bit in 0..<count { planes[0][start &+ bit] = 0 }
        while bits != 0 {
          let bit = bits.trailingZeroBitCount
          if bit < count { planes[0][start &+ bit] = values[next] }
          next &+= 1
          bits &= bits &- 1
        }
      }
    }
  }
#endif
