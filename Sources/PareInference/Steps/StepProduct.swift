#if canImport(CKernels) && !hasFeature(Embedded)
  import CKernels

  /// The portable form of a step's products, with what follows them. Steps are large, and read where they are: a copy for each costs as much
  /// as a small product.
  enum StepProduct {
    /// Computes `frames` frames of a step from frame `first` on, whose inputs start at `x`: two at once, or two panels of one.
    static func run(
      _ step: borrowing FusedStep, x: Int, first: Int, frames: Int, _ weights: borrowing ModelWeights,
      _ state: Span<Float>, _ scratch: inout MutableSpan<Float>
    ) {
      let rows = Int(step.rows)
      let columns = Int(step.first.columns)
      let unit = Panels.width &* columns
      let isState = step.first.x_is_state != 0
      var row = 0
      while row < rows {
        let start = Int(step.first.factors) &+ row &* columns
        let factors = weights.floats.extracting(start..<start &+ unit)
        var frame = 0
        while frame &+ 2 <= frames {
          let sums = twoFrames(factors, scratch, at: x &+ frame &* columns)
          finish(step, sums.first, row, first &+ frame, weights, state, &scratch)
          finish(step, sums.second, row, first &+ frame &+ 1, weights, state, &scratch)
          frame &+= 2
        }
        if frames == 1, row &+ 8 < rows {
          let both = weights.floats.extracting(start..<start &+ 2 &* unit)
          let sums = isState ? twoPanels(both, state, at: x) : twoPanels(both, scratch, at: x)
          finish(step, sums.first, row, first, weights, state, &scratch)
          finish(step, sums.second, row &+ 8, first, weights, state, &scratch)
          row &+= 8
        } else if frame < frames {
          let from = x &+ frame &* columns
          let all = isState ? sums(factors, state, at: from) : sums(factors, scratch, at: from)
          finish(step, all, row, first &+ frame, weights, state, &scratch)
        }
        row &+= 8
      }
    }

    /// Brings the sums of 8 rows of a frame to their end, and writes as many as there are. Keeping the constants of a panel for all its frames
    /// was tried: copying them costs more than reading them.
    @inline(__always)
    private static func finish(
      _ step: borrowing FusedStep, _ sums: SIMD8<Float>, _ row: Int, _ number: Int, _ weights: borrowing ModelWeights,
      _ state: Span<Float>,
      _ scratch: inout MutableSpan<Float>
    ) {
      let rows = Int(step.rows)
      let count = min(8, rows &- row)
      var v = scaled(sums, step.first, row, count, weights)
      if step.second.columns >= 0 {
        let columns = Int(step.second.columns)
        let start = Int(step.second.factors) &+ row &* columns
        let factors = weights.floats.extracting(start..<start &+ Panels.width &* columns)
        let from = Int(step.second.x) &+ number &* columns
        let isState = step.second.x_is_state != 0
        let others = isState ? Self.sums(factors, state, at: from) : Self.sums(factors, scratch, at: from)
        v += scaled(others, step.second, row, count, weights)
      }
      switch step.function {
      case PARE_TANH: v = FloatMath8.tanh(v)
      case PARE_SIGMOID: v = FloatMath8.sigmoid(v)
      case PARE_RELU: v = v.replacing(with: 0, where: v .< 0)
      default: break
      }
      let place = number &* rows &+ row
      if step.kept >= 0 { write(v, count, Int(step.kept) &+ place, &scratch) }
      if step.added >= 0 { v += read(scratch.span, count, Int(step.added) &+ place) }
      write(v, count, Int(step.y) &+ place, &scratch)
    }

    /// Multiplies sums by the scales and adds the bias, as far as the product has them.
    @inline(__always)
    private static func scaled(
      _ sums: SIMD8<Float>, _ product: borrowing pare_product, _ row: Int, _ count: Int,
      _ weights: borrowing ModelWeights
    ) -> SIMD8<Float> {
      var v = sums
      if product.scales >= 0 { v *= weights.floats.lanes8(at: Int(product.scales) &+ row) }
      if product.bias >= 0 { v += read(weights.constants, count, Int(product.bias) &+ row) }
      return v
    }

    @inline(__always)
    private static func read(_ source: Span<Float>, _ count: Int, _ start: Int) -> SIMD8<Float> {
      if count == 8 { return source.lanes8(at: start) }
      var lanes = SIMD8<Float>(repeating: 0)
      for lane in 0..<count { lanes[lane] = source[start &+ lane] }
      return lanes
    }

    @inline(__always)
    private static func write(
      _ lanes: SIMD8<Float>, _ count: Int, _ start: Int, _ target: inout MutableSpan<Float>
    ) {
      if count == 8 { return target.setLanes8(lanes, at: start) }
      for lane in 0..<count { target[start &+ lane] = lanes[lane] }
    }

    // The products come in two forms, for what is read only and for the buffer that results are written to.

    @inline(__always)
    private static func twoFrames(
      _ factors: Span<Float>, _ buffer: borrowing MutableSpan<Float>, at start: Int
    ) -> PanelSums.Pair {
      let columns = factors.count / Panels.width
      return PanelSums.twoFrames(
        factors, buffer.span.extracting(start..<start &+ 2 &* columns), distance: columns)
    }

    @inline(__always)
    private static func twoPanels(
      _ factors: Span<Float>, _ buffer: borrowing MutableSpan<Float>, at start: Int
    ) -> PanelSums.Pair { twoPanels(factors, buffer.span, at: start) }

    @inline(__always)
    private static func twoPanels(_ factors: Span<Float>, _ x: Span<Float>, at start: Int) -> PanelSums.Pair {
      PanelSums.twoPanels(factors, x.extracting(start..<start &+ factors.count / (2 &* Panels.width)))
    }

    @inline(__always)
    private static func sums(
      _ factors: Span<Float>, _ buffer: borrowing MutableSpan<Float>, at start: Int
    ) -> SIMD8<Float> { sums(factors, buffer.span, at: start) }

    @inline(__always)
    private static func sums(_ factors: Span<Float>, _ x: Span<Float>, at start: Int) -> SIMD8<Float> {
      // One or two columns are most common in a second product. A sum begins with +0, which makes +0 of -0; the other sums are +0 and change
      // nothing.
      let zero = SIMD8<Float>(repeating: 0)
      if factors.count == Panels.width { return zero + factors.lanes8(at: 0) * x[start] }
      if factors.count == 2 &* Panels.width {
        return (zero + factors.lanes8(at: 0) * x[start]) + (zero + factors.lanes8(at: 8) * x[start &+ 1])
      }
      return Panels.sums(factors, x.extracting(start..<start &+ factors.count / Panels.width))
    }
  }
#endif
