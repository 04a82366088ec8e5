#if !hasFeature(Embedded)
  /// The sums of a panel for two frames, or of two panels for one: what is loaded once serves twice.
  ///
  /// Sums 0 and 1 of all rows are made first, then 2 and 3, and so on: so many fit the registers of a machine whose vectors have 4 lanes.
  enum PanelSums {
    typealias Pair = (first: SIMD8<Float>, second: SIMD8<Float>)
    typealias Quarter = (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)

    /// Of a panel for the frame at the start of `x`, and the one `distance` behind. Precondition: both are in `x`.
    @inline(__always)
    static func twoFrames(_ factors: Span<Float>, _ x: Span<Float>, distance: Int) -> Pair {
      let columns = factors.count &>> 3
      precondition(distance >= 0 && columns &+ distance <= x.count)
      if columns <= 2 {
        // The other sums are +0, which changes nothing.
        let sums = frames(0, columns, factors, x, distance)
        return (SIMD8(lowHalf: sums.0, highHalf: sums.1), SIMD8(lowHalf: sums.2, highHalf: sums.3))
      }
      return join(
        frames(0, columns, factors, x, distance), frames(2, columns, factors, x, distance),
        frames(4, columns, factors, x, distance), frames(6, columns, factors, x, distance))
    }

    /// Of two panels that follow each other. Precondition: they have `x.count` columns.
    @inline(__always)
    static func twoPanels(_ factors: Span<Float>, _ x: Span<Float>) -> Pair {
      precondition(factors.count == 16 &* x.count)
      if x.count <= 2 {
        let sums = panels(0, factors, x)
        return (SIMD8(lowHalf: sums.0, highHalf: sums.1), SIMD8(lowHalf: sums.2, highHalf: sums.3))
      }
      return join(panels(0, factors, x), panels(2, factors, x), panels(4, factors, x), panels(6, factors, x))
    }

    @inline(__always)
    private static func join(_ a: Quarter, _ b: Quarter, _ c: Quarter, _ d: Quarter) -> Pair {
      (
        SIMD8(lowHalf: (a.0 + b.0) + (c.0 + d.0), highHalf: (a.1 + b.1) + (c.1 + d.1)),
        SIMD8(lowHalf: (a.2 + b.2) + (c.2 + d.2), highHalf: (a.3 + b.3) + (c.3 + d.3))
      )
    }

    @inline(__always)
    private static func lanes(_ factors: Span<Float>, _ place: Int) -> SIMD4<Float> {
      // Below 8 factors for each column, or 16, of which the callers have checked that there are as many.
      unsafe SIMD4(
        factors[unchecked: place], factors[unchecked: place &+ 1], factors[unchecked: place &+ 2],
        factors[unchecked: place &+ 3])
    }

    /// Sum `first` plus sum `first` + 1 of 8 rows for two frames. Inlined into a larger loop it is slower, as is the next one.
    @inline(never)
    private static func frames(
      _ first: Int, _ columns: Int, _ factors: Span<Float>, _ x: Span<Float>, _ distance: Int
    ) -> Quarter {
      let zero = SIMD4<Float>(repeating: 0)
      var (e0, e1, e2, e3) = (zero, zero, zero, zero)
      var (o0, o1, o2, o3) = (zero, zero, zero, zero)
      var column = first
      while column &+ 1 < columns {
        let low = lanes(factors, 8 &* column)
        let high = lanes(factors, 8 &* column &+ 4)
        // Columns are below the count of both frames, which the caller has checked.
        let a = unsafe x[unchecked: column]
        let b = unsafe x[unchecked: column &+ distance]
        e0 += low * a
        e1 += high * a
        e2 += low * b
        e3 += high * b
        let nextLow = lanes(factors, 8 &* column &+ 8)
        let nextHigh = lanes(factors, 8 &* column &+ 12)
        let c = unsafe x[unchecked: column &+ 1]
        let d = unsafe x[unchecked: column &+ 1 &+ distance]
        o0 += nextLow * c
        o1 += nextHigh * c
        o2 += nextLow * d
        o3 += nextHigh * d
        column &+= 8
      }
      if column < columns {
        let low = lanes(factors, 8 &* column)
        let high = lanes(factors, 8 &* column &+ 4)
        let a = unsafe x[unchecked: column]
        let b = unsafe x[unchecked: column &+ distance]
        e0 += low * a
        e1 += high * a
        e2 += low * b
        e3 += high * b
      }
      return (e0 + o0, e1 + o1, e2 + o2, e3 + o3)
    }

    /// The same of 16 rows for one frame.
    @inline(never)
    private static func panels(_ first: Int, _ factors: Span<Float>, _ x: Span<Float>) -> Quarter {
      let zero = SIMD4<Float>(repeating: 0)
      var (e0, e1, e2, e3) = (zero, zero, zero, zero)
      var (o0, o1, o2, o3) = (zero, zero, zero, zero)
      let next = 8 &* x.count
      var column = first
      while column &+ 1 < x.count {
        let place = 8 &* column
        let a = unsafe x[unchecked: column]
        e0 += lanes(factors, place) * a
        e1 += lanes(factors, place &+ 4) * a
        e2 += lanes(factors, place &+ next) * a
        e3 += lanes(factors, place &+ next &+ 4) * a
        let b = unsafe x[unchecked: column &+ 1]
        o0 += lanes(factors, place &+ 8) * b
        o1 += lanes(factors, place &+ 12) * b
        o2 += lanes(factors, place &+ next &+ 8) * b
        o3 += lanes(factors, place &+ next &+ 12) * b
        column &+= 8
      }
      if column < x.count {
        let place = 8 &* column
        let a = unsafe x[unchecked: column]
        e0 += lanes(factors, place) * a
        e1 += lanes(factors, place &+ 4) * a
        e2 += lanes(factors, place &+ next) * a
        e3 += lanes(factors, place &+ next &+ 4) * a
      }
      return (e0 + o0, e1 + o1, e2 + o2, e3 + o3)
    }
  }
#endif
