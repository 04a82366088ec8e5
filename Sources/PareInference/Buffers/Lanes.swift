// Eight and four neighbouring floats as one vector. One range check stands for all of them: checks for each, between the loads,
// keep the compiler from making one load of them (measured: a third of the speed).

extension Span<Float> {
  /// The floats from `index` on. Precondition: 8 of them are in the span.
  @inline(__always)
  func lanes8(at index: Int) -> SIMD8<Float> {
    precondition(index >= 0 && index <= count &- 8)
    return unsafe SIMD8(
      self[unchecked: index], self[unchecked: index &+ 1], self[unchecked: index &+ 2], self[unchecked: index &+ 3],
      self[unchecked: index &+ 4], self[unchecked: index &+ 5], self[unchecked: index &+ 6], self[unchecked: index &+ 7]
    )
  }

  /// The floats from `index` on. Precondition: 4 of them are in the span.
  @inline(__always)
  func lanes4(at index: Int) -> SIMD4<Float> {
    precondition(index >= 0 && index <= count &- 4)
    return unsafe SIMD4(
      self[unchecked: index], self[unchecked: index &+ 1], self[unchecked: index &+ 2], self[unchecked: index &+ 3])
  }
}

extension MutableSpan<Float> {
  /// The floats from `index` on. Precondition: 8 of them are in the span.
  @inline(__always)
  func lanes8(at index: Int) -> SIMD8<Float> {
    precondition(index >= 0 && index <= count &- 8)
    return unsafe SIMD8(
      self[unchecked: index], self[unchecked: index &+ 1], self[unchecked: index &+ 2], self[unchecked: index &+ 3],
      self[unchecked: index &+ 4], self[unchecked: index &+ 5], self[unchecked: index &+ 6], self[unchecked: index &+ 7]
    )
  }

  /// The floats from `index` on. Precondition: 4 of them are in the span.
  @inline(__always)
  func lanes4(at index: Int) -> SIMD4<Float> {
    precondition(index >= 0 && index <= count &- 4)
    return unsafe SIMD4(
      self[unchecked: index], self[unchecked: index &+ 1], self[unchecked: index &+ 2], self[unchecked: index &+ 3])
  }

  /// Replaces the floats from `index` on. Precondition: 4 of them are in the span.
  @inline(__always)
  mutating func setLanes4(_ values: SIMD4<Float>, at index: Int) {
    precondition(index >= 0 && index <= count &- 4)
    for lane in 0..<4 { unsafe self[unchecked: index &+ lane] = values[lane] }
  }

  /// Replaces the floats from `index` on. Precondition: 8 of them are in the span.
  @inline(__always)
  mutating func setLanes8(_ values: SIMD8<Float>, at index: Int) {
    precondition(index >= 0 && index <= count &- 8)
    for lane in 0..<8 { unsafe self[unchecked: index &+ lane] = values[lane] }
  }
}

#if !hasFeature(Embedded)
  /// Four neighbouring floats in memory.
  enum Lanes {
    @inline(__always)
    static func load(_ place: UnsafePointer<Float>) -> SIMD4<Float> {
      unsafe UnsafeRawPointer(place).loadUnaligned(as: SIMD4<Float>.self)
    }

    @inline(__always)
    static func store(_ lanes: SIMD4<Float>, _ place: UnsafeMutablePointer<Float>) {
      unsafe UnsafeMutableRawPointer(place).storeBytes(of: lanes, as: SIMD4<Float>.self)
    }
  }
#endif

/// The order in which partial sums become one.
enum SumTree {
  /// ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)): that of a dense row.
  @inline(__always)
  static func dense(_ s: SIMD8<Float>) -> Float {
    ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
  }

  /// The sum of some floats, each of which is added to sum index mod 8.
  @inline(never)
  static func dense(_ values: Span<Float>) -> Float {
    var sums = SIMD8<Float>(repeating: 0)
    var index = 0
    #if !hasFeature(Embedded)
      while index &+ 8 <= values.count {
        sums += values.lanes8(at: index)
        index &+= 8
      }
    #endif
    var last = sums
    while index < values.count {
      last[index & 7] += values[index]
      index &+= 1
    }
    return dense(last)
  }
}
