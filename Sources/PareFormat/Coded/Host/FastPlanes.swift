#if !hasFeature(Embedded)
  #if canImport(CKernels)
    import CKernels
  #endif

  /// The bytes that streams are decoded to, for some rows at a time: a byte of each element in each plane, and for sparse
  /// tensors mask and values on their way there.
  @safe struct FastPlanes {
    private var planes: [[UInt8]]
    private var mask: [UInt8] = []
    private var values: [UInt8] = []

    /// Where the first plane goes instead, in whole; nil for an array of these rows.
    private let target: UnsafeMutableBufferPointer<UInt8>?
    private var targetOffset = 0

    /// Vector kernels read and write whole words behind the end.
    private static let slack = 64

    init(count: Int, target: UnsafeMutableBufferPointer<UInt8>? = nil) {
      planes = [[UInt8]](repeating: [], count: count)
      unsafe self.target = target
    }

    /// Makes room for some rows, whose first element is element `first` of the tensor.
    mutating func resize(_ elementCount: Int, first: Int, isSparse: Bool) {
      targetOffset = first
      let hasTarget = unsafe target != nil
      for index in planes.indices where index > 0 || !hasTarget { Self.grow(&planes[index], elementCount) }
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
      if index == 0, let target = unsafe target {
        return unsafe body(UnsafeMutableBufferPointer(rebasing: target[targetOffset..<targetOffset + count]))
      }
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
      var span = values.mutableSpan
      for index in 0..<count { span[index] &+= 1 }
    }

    /// Puts values, from number `value` on, in the places that the mask, from byte `mask` on, states for `elements`; the others
    /// become 0.
    mutating func expand(_ elements: Range<Int>, mask first: Int, value: Int, usesVectors: Bool) {
      // Arrays of their own, so that the plane can be changed meanwhile; nothing is copied.
      let (mask, values) = (mask, values)
      unsafe withPlane(0, count: elements.upperBound) { plane in
        var done = 0
        var next = value
        #if canImport(CKernels)
          if usesVectors, elements.count >= 8 {
            // Whole mask bytes write 8 bytes each, all in the plane; the values have room for 64 more than are stored.
            let used = unsafe mask.withUnsafeBufferPointer { mask in
              unsafe values.withUnsafeBufferPointer { values in
                guard let target = plane.baseAddress, let mask = mask.baseAddress, let values = values.baseAddress
                else { return -1 }
                return unsafe pare_expand(
                  mask + first, elements.count / 8, values + value, target + elements.lowerBound)
              }
            }
            if used >= 0 {
              done = elements.count / 8
              next &+= used
            }
          }
        #endif
        let masks = mask.span
        let stored = values.span
        for index in done..<(elements.count + 7) / 8 {
          let start = elements.lowerBound &+ 8 &* index
          let count = min(8, elements.upperBound &- start)
          // Bits behind the elements are damage that has been noticed.
          var bits = masks[first &+ index] & (0xFF &>> UInt8(truncatingIfNeeded: 8 &- count))
          for bit in 0..<count { unsafe plane[start &+ bit] = 0 }
          while bits != 0 {
            unsafe plane[start &+ bits.trailingZeroBitCount] = stored[next]
            next &+= 1
            bits &= bits &- 1
          }
        }
      }
    }
  }
#endif
