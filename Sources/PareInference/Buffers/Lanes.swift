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

extension SIMD8<Float> {
  /// ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)): the order in which the partial sums of a dense row become one.
  @inline(__always)
  var total: Float { ((self[0] + self[1]) + (self[2] + self[3])) + ((self[4] + self[5]) + (self[6] + self[7])) }
}

/// Eight partial sums that are added to one at a time.
struct LaneSums {
  private var lanes = InlineArray<8, Float>(repeating: 0)

  @inline(__always)
  init() {}

  /// Adds to sum `lane` mod 8.
  @inline(__always)
  mutating func add(_ number: Float, to lane: Int) { lanes[lane & 7] += number }

  /// As that of a vector. Sums that nothing was added to do not change it: no sum that starts with 0 becomes -0.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  @_addressableSelf
  func total() -> Float {
    ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
  }

  /// The sum of some floats, each of which is added to sum index mod 8.
  @inline(never)
  static func total(of values: Span<Float>) -> Float {
    var sums = LaneSums()
    var index = 0
    #if !hasFeature(Embedded)
      var lanes = SIMD8<Float>(repeating: 0)
      while index &+ 8 <= values.count {
        lanes += values.lanes8(at: index)
        index &+= 8
      }
      for lane in 0..<8 { sums.lanes[lane] = lanes[lane] }
    #endif
    while index < values.count {
      sums.add(values[index], to: index)
      index &+= 1
    }
    return sums.total()
  }
}
