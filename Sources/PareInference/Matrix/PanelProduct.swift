extension Panels {
  /// Multiplies the rows of a group with frames: y[f][r] = scale[r] * (sum over c of factor[r][c] * x[f][c]) + bias[r].
  ///
  /// The bits are those of `StoredMatrix` for a dense tensor; a sparse one's sums are others there, and where it has zeros an
  /// infinite input gives NaN here. Linear in the elements times the frames. Preconditions: `floats` was written by `build`; the
  /// frames of `columnCount` channels are in `x`, those of `rowsPerGroup` channels in `y`; the channels of `x` are adjacent; `bias`
  /// is empty or has `rowsPerGroup` floats.
  public func multiply(
    _ floats: Span<Float>, group: Int = 0, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout, path: ProductPath = .fastest
  ) {
    precondition(floats.count == floatCount, "the buffer must hold the panels")
    precondition(group >= 0 && group < groupCount)
    precondition(xLayout.channelStride == 1, "the channels of x must be adjacent")
    precondition(xLayout.fits(frames: frames, channels: columnCount, in: x.count), "frames outside x")
    precondition(yLayout.fits(frames: frames, channels: rowsPerGroup, in: y.count), "frames outside y")
    precondition(bias.isEmpty || bias.count == rowsPerGroup, "a bias for each row")
    if path != .portable {
      let groupPanels = group &* panelsPerGroup..<(group &+ 1) &* panelsPerGroup
      let unit = Self.width &* columnCount
      let factors = floats.extracting(groupPanels.lowerBound &* unit..<groupPanels.upperBound &* unit)
      let first = scalesStart &+ groupPanels.lowerBound &* Self.width
      let scales = hasRowScale ? floats.extracting(first..<first &+ panelsPerGroup &* Self.width) : Span()
      if VectorProducts.panels(
        factors, scales: scales, bias: bias, rows: rowsPerGroup, columns: columnCount, x, xLayout, frames: frames,
        into: &y, yLayout, lanes: path.lanes)
      {
        return
      }
    }
    // Panels outside, frames inside: a panel stays in the first cache while it is used.
    let output = PanelOutput(panels: self, group: group, layout: yLayout)
    var panel = 0
    while panel < panelsPerGroup {
      let start = (group &* panelsPerGroup &+ panel) &* Self.width &* columnCount
      let factors = floats.extracting(start..<start &+ Self.width &* columnCount)
      var frame = 0
      #if !hasFeature(Embedded)
        // A microcontroller has no registers for the sums of two.
        if columnCount > 0 {
          while frame &+ 2 <= frames {
            let input = xLayout.start(ofFrame: frame)
            let both = x.extracting(input..<input &+ xLayout.frameStride &+ columnCount)
            let sums = PanelSums.twoFrames(factors, both, distance: xLayout.frameStride)
            output.write(SIMD8(lowHalf: sums.0, highHalf: sums.1), panel, frame, floats, bias, &y)
            output.write(SIMD8(lowHalf: sums.2, highHalf: sums.3), panel, frame &+ 1, floats, bias, &y)
            frame &+= 2
          }
          if frames == 1, panel &+ 2 <= panelsPerGroup {
            let input = xLayout.start(ofFrame: 0)
            let both = floats.extracting(start..<start &+ 2 &* Self.width &* columnCount)
            let sums = PanelSums.twoPanels(both, x.extracting(input..<input &+ columnCount))
            output.write(SIMD8(lowHalf: sums.0, highHalf: sums.1), panel, 0, floats, bias, &y)
            output.write(SIMD8(lowHalf: sums.2, highHalf: sums.3), panel &+ 1, 0, floats, bias, &y)
            panel &+= 2
            continue
          }
        }
      #endif
      while frame < frames {
        let input = xLayout.start(ofFrame: frame)
        let vector = columnCount == 0 ? Span() : x.extracting(input..<input &+ columnCount)
        output.write(Self.sums(factors, vector), panel, frame, floats, bias, &y)
        frame &+= 1
      }
      panel &+= 1
    }
  }

  /// The sums of the 8 rows of a panel: lanes are rows, so the partial sums of a row are in the same lane of 8 vectors.
  @inline(__always)
  static func sums(_ factors: Span<Float>, _ x: Span<Float>) -> SIMD8<Float> {
    // Two halves, so that 8 partial sums fit the registers of a machine whose vectors have 4 lanes.
    SIMD8(lowHalf: half(factors, 0, x), highHalf: half(factors, 4, x))
  }

  /// The sums of 4 rows, which are lanes `start` to `start` + 4 of the panel. Inlined into a larger loop it is slower.
  @inline(never)
  private static func half(_ factors: Span<Float>, _ start: Int, _ x: Span<Float>) -> SIMD4<Float> {
    var s0 = SIMD4<Float>(repeating: 0)
    var s1 = s0
    var s2 = s0
    var s3 = s0
    var s4 = s0
    var s5 = s0
    var s6 = s0
    var s7 = s0
    // All indices below are under this: of columns below x.count, and of 4 factors of each. Checks for each made it a third slower.
    precondition(factors.count == 8 &* x.count && (start == 0 || start == 4))
    @inline(__always)
    func product(_ column: Int, _ place: Int) -> SIMD4<Float> {
      unsafe SIMD4(
        factors[unchecked: place], factors[unchecked: place &+ 1], factors[unchecked: place &+ 2],
        factors[unchecked: place &+ 3]) * x[unchecked: column]
    }
    var column = 0
    var place = start
    while column &+ 8 <= x.count {
      s0 += product(column, place)
      s1 += product(column &+ 1, place &+ 8)
      s2 += product(column &+ 2, place &+ 16)
      s3 += product(column &+ 3, place &+ 24)
      s4 += product(column &+ 4, place &+ 32)
      s5 += product(column &+ 5, place &+ 40)
      s6 += product(column &+ 6, place &+ 48)
      s7 += product(column &+ 7, place &+ 56)
      column &+= 8
      place &+= 64
    }
    // The columns behind the last whole 8: sum 0 to at most sum 6.
    let rest = x.count &- column
    if rest > 0 { s0 += product(column, place) }
    if rest > 1 { s1 += product(column &+ 1, place &+ 8) }
    if rest > 2 { s2 += product(column &+ 2, place &+ 16) }
    if rest > 3 { s3 += product(column &+ 3, place &+ 24) }
    if rest > 4 { s4 += product(column &+ 4, place &+ 32) }
    if rest > 5 { s5 += product(column &+ 5, place &+ 40) }
    if rest > 6 { s6 += product(column &+ 6, place &+ 48) }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
  }
}

/// Where the sums of a group's panels go.
private struct PanelOutput {
  let panels: Panels
  let group: Int
  let layout: FrameLayout

  /// Ends the rows of a panel for a frame: scales the sums, where rows have a scale, and adds the bias.
  @inline(__always)
  func write(
    _ rowSums: SIMD8<Float>, _ panel: Int, _ frame: Int, _ floats: Span<Float>, _ bias: Span<Float>,
    _ y: inout MutableSpan<Float>
  ) {
    let first = panel &* Panels.width
    let rows = min(Panels.width, panels.rowsPerGroup &- first)
    var sums = rowSums
    if panels.hasRowScale {
      let number = group &* panels.panelsPerGroup &+ panel
      sums *= floats.lanes8(at: panels.scalesStart &+ number &* Panels.width)
    }
    let output = layout.start(ofFrame: frame) &+ first &* layout.channelStride
    if rows == Panels.width, layout.channelStride == 1 {
      if !bias.isEmpty { sums += bias.lanes8(at: first) }
      y.setLanes8(sums, at: output)
    } else {
      for row in 0..<rows {
        y[output &+ row &* layout.channelStride] = bias.isEmpty ? sums[row] : sums[row] + bias[first &+ row]
      }
    }
  }
}
