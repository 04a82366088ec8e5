#if !hasFeature(Embedded)
  /// The sums of a panel for two frames, of two panels for one, or of one panel for one.
  ///
  /// Of 8 partial sums as many are made at a time as fit the registers of a machine whose vectors have 4 lanes: two of 16 rows, or four of 8.
  /// What is loaded once serves twice. All take pointers, which those who call have checked: spans and their checks, for each panel of each
  /// frame, took 7 % of the time of a model.
  enum PanelSums {
    /// The sums of 16 rows, or of 8 rows for two frames.
    typealias Sums = (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)

    /// Of a panel for the frame at `x`, and the one `distance` behind.
    @inline(never)
    static func twoFrames(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ x: UnsafePointer<Float>, distance: Int
    ) -> Sums {
      if columns == 8 { return unsafe wholePairs(factors, 8, 0, x, distance) }
      if columns & 7 == 0 { return unsafe wholePairs(factors, columns, 0, x, distance) }
      return unsafe pairs(factors, columns, 0, x, distance)
    }

    /// Of two panels that follow each other.
    @inline(never)
    static func twoPanels(_ factors: UnsafePointer<Float>, _ columns: Int, _ x: UnsafePointer<Float>) -> Sums {
      // With the number of columns as a constant there is no inner loop.
      if columns == 16 { return unsafe wholePairs(factors, 16, 128, x, 0) }
      if columns & 7 == 0 { return unsafe wholePairs(factors, columns, 8 &* columns, x, 0) }
      return unsafe pairs(factors, columns, 8 &* columns, x, 0)
    }

    /// The first of these on spans. Precondition: `x` has both frames.
    static func twoFrames(_ factors: Span<Float>, _ x: Span<Float>, distance: Int) -> Sums {
      let columns = factors.count &>> 3
      precondition(distance >= 0 && columns > 0 && columns &+ distance <= x.count)
      return unsafe factors.withUnsafeBufferPointer { factors in
        unsafe x.withUnsafeBufferPointer { x in
          unsafe twoFrames(factors.baseAddress!, columns, x.baseAddress!, distance: distance)
        }
      }
    }

    /// The second. Precondition: the panels have `x.count` columns.
    static func twoPanels(_ factors: Span<Float>, _ x: Span<Float>) -> Sums {
      precondition(!x.isEmpty && factors.count == 16 &* x.count)
      return unsafe factors.withUnsafeBufferPointer { factors in
        unsafe x.withUnsafeBufferPointer { x in unsafe twoPanels(factors.baseAddress!, x.count, x.baseAddress!) }
      }
    }

    /// Of one panel: sums 0 to 3, then 4 to 7.
    @inline(never)
    static func onePanel(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ x: UnsafePointer<Float>
    ) -> (SIMD4<Float>, SIMD4<Float>) {
      let zero = SIMD4<Float>(repeating: 0)
      let wholes = columns &- 3
      var (low, high) = (zero, zero)
      var first = 0
      repeat {
        var (a0, a1, b0, b1) = (zero, zero, zero, zero)
        var (c0, c1, d0, d1) = (zero, zero, zero, zero)
        var column = first
        while column < wholes {
          unsafe add(factors, x, column, &a0, &a1)
          unsafe add(factors, x, column &+ 1, &b0, &b1)
          unsafe add(factors, x, column &+ 2, &c0, &c1)
          unsafe add(factors, x, column &+ 3, &d0, &d1)
          column &+= 8
        }
        if column < columns {
          unsafe add(factors, x, column, &a0, &a1)
          if column &+ 1 < columns { unsafe add(factors, x, column &+ 1, &b0, &b1) }
          if column &+ 2 < columns { unsafe add(factors, x, column &+ 2, &c0, &c1) }
        }
        low += (a0 + b0) + (c0 + d0)
        high += (a1 + b1) + (c1 + d1)
        first &+= 4
      } while first < min(8, columns)
      return (low, high)
    }

    @inline(__always)
    private static func add(
      _ factors: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ column: Int, _ low: inout SIMD4<Float>,
      _ high: inout SIMD4<Float>
    ) {
      let element = unsafe x[column]
      low += unsafe Lanes.load(factors + 8 &* column) * element
      high += unsafe Lanes.load(factors + (8 &* column &+ 4)) * element
    }

    /// The sums of a panel, and of the panel `next` floats behind it for the frame `distance` behind.
    @inline(__always)
    private static func pairs(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ next: Int, _ x: UnsafePointer<Float>, _ distance: Int
    ) -> Sums {
      let zero = SIMD4<Float>(repeating: 0)
      // What each pair of sums gives is kept in memory: the compiler keeps it in registers that the loop needs, and moves it about.
      return unsafe withUnsafeTemporaryAllocation(of: Sums.self, capacity: 2) { parts in
        if columns <= 4 { unsafe parts[1] = (zero, zero, zero, zero) }
        var first = 0
        repeat {
          var (e0, e1, e2, e3) = (zero, zero, zero, zero)
          var (o0, o1, o2, o3) = (zero, zero, zero, zero)
          var column = first
          while column &+ 1 < columns {
            unsafe add(factors, next, x, distance, column, &e0, &e1, &e2, &e3)
            unsafe add(factors, next, x, distance, column &+ 1, &o0, &o1, &o2, &o3)
            column &+= 8
          }
          if column < columns { unsafe add(factors, next, x, distance, column, &e0, &e1, &e2, &e3) }
          unsafe keep((e0 + o0, e1 + o1, e2 + o2, e3 + o3), first &>> 1, parts)
          first &+= 2
        } while first < min(8, columns)
        return unsafe plus(parts[0], parts[1])
      }
    }

    /// The same of columns that come in eights: no sum is shorter than another, and each has at least one product. A sum begins with that, not
    /// with +0, which is the same but for the sign of a zero; of that the last line makes what it would be.
    @inline(__always)
    private static func wholePairs(
      _ factors: UnsafePointer<Float>, _ columns: Int, _ next: Int, _ x: UnsafePointer<Float>, _ distance: Int
    ) -> Sums {
      let zero = SIMD4<Float>(repeating: 0)
      let count = columns &>> 3
      return unsafe withUnsafeTemporaryAllocation(of: Sums.self, capacity: 2) { parts in
        var (place, elements) = unsafe (factors, x)
        var index = 0
        repeat {
          var (e0, e1, e2, e3) = unsafe products(place, next, elements, distance, 0)
          var (o0, o1, o2, o3) = unsafe products(place, next, elements, distance, 1)
          var group = 1
          while group < count {
            unsafe add(place, next, elements, distance, 8 &* group, &e0, &e1, &e2, &e3)
            unsafe add(place, next, elements, distance, 8 &* group &+ 1, &o0, &o1, &o2, &o3)
            group &+= 1
          }
          unsafe keep((e0 + o0, e1 + o1, e2 + o2, e3 + o3), index, parts)
          unsafe place += 16
          unsafe elements += 2
          index &+= 1
        } while index < min(4, columns)
        return unsafe plus(plus(parts[0], parts[1]), (zero, zero, zero, zero))
      }
    }

    /// Keeps what a pair of sums gives, the first of two alone.
    @inline(__always)
    static func keep(_ sums: Sums, _ index: Int, _ parts: UnsafeMutableBufferPointer<Sums>) {
      let half = index &>> 1
      if index & 1 == 0 {
        unsafe parts[half] = sums
      } else {
        unsafe parts[half] = plus(parts[half], sums)
      }
    }

    @inline(__always)
    static func plus(_ a: Sums, _ b: Sums) -> Sums { (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3) }

    @inline(__always)
    static func products(
      _ factors: UnsafePointer<Float>, _ next: Int, _ x: UnsafePointer<Float>, _ distance: Int, _ column: Int
    ) -> Sums {
      let (a, b) = unsafe (x[column], x[column &+ distance])
      let place = unsafe factors + 8 &* column
      return unsafe (
        Lanes.load(place) * a, Lanes.load(place + 4) * a, Lanes.load(place + next) * b,
        Lanes.load(place + (next &+ 4)) * b
      )
    }

    /// Adds the products of a column.
    @inline(__always)
    static func add(
      _ place: UnsafePointer<Float>, _ next: Int, _ x: UnsafePointer<Float>, _ distance: Int, _ sums: inout Sums
    ) {
      let products = unsafe products(place, next, x, distance, 0)
      sums = plus(sums, products)
    }

    @inline(__always)
    private static func add(
      _ factors: UnsafePointer<Float>, _ next: Int, _ x: UnsafePointer<Float>, _ distance: Int, _ column: Int,
      _ s0: inout SIMD4<Float>, _ s1: inout SIMD4<Float>, _ s2: inout SIMD4<Float>, _ s3: inout SIMD4<Float>
    ) {
      let (a, b) = unsafe (x[column], x[column &+ distance])
      let place = unsafe factors + 8 &* column
      s0 += unsafe Lanes.load(place) * a
      s1 += unsafe Lanes.load(place + 4) * a
      s2 += unsafe Lanes.load(place + next) * b
      s3 += unsafe Lanes.load(place + (next &+ 4)) * b
    }
  }
#endif
