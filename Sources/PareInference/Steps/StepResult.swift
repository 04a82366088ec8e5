#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels

  /// What follows a step's first product on each result: scale, bias, second product, function, sum.
  enum StepResult {
    /// The row and the frame that 8 results begin with.
    typealias Place = (row: Int, frame: Int)

    /// Brings the sums of 8 rows at one place and of 8 at another to their end, and writes as many as the step has.
    @inline(never)
    static func finish(
      _ step: borrowing FusedStep, _ sums: PanelSums.Sums, _ a: Place, _ b: Place, _ memory: borrowing StepMemory
    ) {
      // What calls other functions, or reads and writes parts of 8, is elsewhere: here it would drive results out of their registers.
      guard b.row &+ 8 <= Int(step.rows), step.second.columns <= 2 else {
        finish(step, (sums.0, sums.1), a, memory)
        finish(step, (sums.2, sums.3), b, memory)
        return
      }
      var (v, w) = (Rows(sums.0, sums.1), Rows(sums.2, sums.3))
      v.scale(step.first, a.row, memory)
      w.scale(step.first, b.row, memory)
      if step.second.columns > 0 {
        v.add(short(step.second, a, memory))
        w.add(short(step.second, b, memory))
      }
      switch step.function {
      case PARE_TANH:
        v.tanh()
        w.tanh()
      case PARE_SIGMOID:
        v.sigmoid()
        w.sigmoid()
      case PARE_RELU:
        v.relu()
        w.relu()
      default: break
      }
      let rows = Int(step.rows)
      let (first, other) = (a.frame &* rows &+ a.row, b.frame &* rows &+ b.row)
      if step.kept >= 0 {
        let kept = unsafe memory.place(Int(step.kept))
        unsafe v.write(kept + first)
        unsafe w.write(kept + other)
      }
      if step.added >= 0 {
        let added = unsafe memory.place(Int(step.added))
        unsafe v.add(Rows(added + first))
        unsafe w.add(Rows(added + other))
      }
      let y = unsafe memory.place(Int(step.y))
      unsafe v.write(y + first)
      unsafe w.write(y + other)
    }

    /// The same of one place, where there may be less than 8 rows, and any second product.
    @inline(never)
    static func finish(
      _ step: borrowing FusedStep, _ sums: (SIMD4<Float>, SIMD4<Float>), _ place: Place,
      _ memory: borrowing StepMemory
    ) {
      let rows = Int(step.rows)
      let count = min(8, rows &- place.row)
      var v = Rows(sums.0, sums.1)
      v.scale(step.first, place.row, memory, count)
      let columns = Int(step.second.columns)
      if columns == 1 || columns == 2 {
        v.add(short(step.second, place, memory, count))
      } else if columns > 0 {
        let others = unsafe PanelSums.onePanel(
          memory.floats + (Int(step.second.factors) &+ place.row &* columns), columns,
          memory.place(Int(step.second.x) &+ place.frame &* columns))
        var w = Rows(others.0, others.1)
        w.scale(step.second, place.row, memory, count)
        v.add(w)
      }
      switch step.function {
      case PARE_TANH: v.tanh()
      case PARE_SIGMOID: v.sigmoid()
      case PARE_RELU: v.relu()
      default: break
      }
      let start = place.frame &* rows &+ place.row
      if step.kept >= 0 { unsafe v.write(memory.place(Int(step.kept) &+ start), count) }
      if step.added >= 0 { unsafe v.add(Rows(memory.place(Int(step.added) &+ start), count)) }
      unsafe v.write(memory.place(Int(step.y) &+ start), count)
    }

    /// A product with one or two elements. A sum begins with +0, which makes +0 of -0.
    @inline(__always)
    private static func short(
      _ product: borrowing pare_product, _ place: Place, _ memory: borrowing StepMemory, _ count: Int = 8
    ) -> Rows {
      let columns = Int(product.columns)
      let factors = unsafe memory.floats + (Int(product.factors) &+ place.row &* columns)
      let x = unsafe memory.place(Int(product.x) &+ place.frame &* columns)
      var v = unsafe Rows(factors)
      unsafe v.multiply(x[0])
      if columns == 2 {
        var w = unsafe Rows(factors + 8)
        unsafe w.multiply(x[1])
        v.add(w)
      }
      v.scale(product, place.row, memory, count)
      return v
    }

    /// Replaces `count` results from `start` on by a function of them: all in one loop, in which none waits for another.
    static func apply(_ function: Int32, _ start: UnsafeMutablePointer<Float>, _ count: Int) {
      switch function {
      case PARE_TANH: unsafe map(start, count, FloatMath4.tanh, FloatMath.tanh)
      case PARE_SIGMOID: unsafe map(start, count, FloatMath4.sigmoid, FloatMath.sigmoid)
      case PARE_RELU: unsafe map(start, count, { $0.replacing(with: 0, where: $0 .< 0) }, { $0 < 0 ? 0 : $0 })
      default: break
      }
    }

    @inline(__always)
    private static func map(
      _ start: UnsafeMutablePointer<Float>, _ count: Int, _ lanes: (SIMD4<Float>) -> SIMD4<Float>,
      _ scalar: (Float) -> Float
    ) {
      var index = 0
      while index &+ 4 <= count {
        unsafe Lanes.store(lanes(Lanes.load(start + index)), start + index)
        index &+= 4
      }
      while index < count {
        unsafe start[index] = scalar(start[index])
        index &+= 1
      }
    }

    /// Writes sums of `count` floats of two places to a third, which may be one of them.
    static func add(
      _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int, into y: UnsafeMutablePointer<Float>
    ) {
      var index = 0
      while index &+ 4 <= count {
        unsafe Lanes.store(Lanes.load(a + index) + Lanes.load(b + index), y + index)
        index &+= 4
      }
      while index < count {
        unsafe y[index] = a[index] + b[index]
        index &+= 1
      }
    }
  }

  /// Results of 8 rows, in the vectors that every machine has.
  private struct Rows {
    private var low: SIMD4<Float>
    private var high: SIMD4<Float>

    @inline(__always)
    init(_ low: SIMD4<Float>, _ high: SIMD4<Float>) {
      self.low = low
      self.high = high
    }

    /// The floats at a place, and zeros behind `count`.
    @inline(__always)
    init(_ place: UnsafePointer<Float>, _ count: Int = 8) {
      if count == 8 {
        unsafe self.init(Lanes.load(place), Lanes.load(place + 4))
      } else {
        self = unsafe Self.part(place, count)
      }
    }

    @inline(never)
    private static func part(_ place: UnsafePointer<Float>, _ count: Int) -> Rows {
      var lanes = SIMD8<Float>(repeating: 0)
      for lane in 0..<count { lanes[lane] = unsafe place[lane] }
      return Rows(lanes.lowHalf, lanes.highHalf)
    }

    @inline(__always)
    mutating func add(_ other: Rows) {
      low += other.low
      high += other.high
    }

    /// Multiplies sums by the scales and adds the bias, as far as the product has them.
    @inline(__always)
    mutating func scale(
      _ product: borrowing pare_product, _ row: Int, _ memory: borrowing StepMemory, _ count: Int = 8
    ) {
      if product.scales >= 0 {
        let scales = unsafe Rows(memory.floats + (Int(product.scales) &+ row))
        low *= scales.low
        high *= scales.high
      }
      if product.bias >= 0 { unsafe add(Rows(memory.constants + (Int(product.bias) &+ row), count)) }
    }

    /// The sum of one product with an element.
    @inline(__always)
    mutating func multiply(_ element: Float) {
      let zero = SIMD4<Float>(repeating: 0)
      low = zero + low * element
      high = zero + high * element
    }

    @inline(__always)
    mutating func tanh() { self = Rows(FloatMath4.tanh(low), FloatMath4.tanh(high)) }

    @inline(__always)
    mutating func sigmoid() { self = Rows(FloatMath4.sigmoid(low), FloatMath4.sigmoid(high)) }

    @inline(__always)
    mutating func relu() {
      self = Rows(low.replacing(with: 0, where: low .< 0), high.replacing(with: 0, where: high .< 0))
    }

    @inline(__always)
    func write(_ place: UnsafeMutablePointer<Float>, _ count: Int = 8) {
      if count == 8 {
        unsafe Lanes.store(low, place)
        unsafe Lanes.store(high, place + 4)
      } else {
        unsafe writePart(place, count)
      }
    }

    @inline(never)
    private func writePart(_ place: UnsafeMutablePointer<Float>, _ count: Int) {
      let lanes = SIMD8(lowHalf: low, highHalf: high)
      for lane in 0..<count { unsafe place[lane] = lanes[lane] }
    }
  }
#endif
