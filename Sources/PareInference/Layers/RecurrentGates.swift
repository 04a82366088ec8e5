/// The gates of a long short-term memory, on sums that matrix products have made.
public enum LSTMGates {
  /// One step: with z[k] = input[k] + recurrent[k], in the order i, f, g, o of `units` floats each,
  /// c' = (sigmoid(f) * c) + (sigmoid(i) * tanh(g)) and h' = sigmoid(o) * tanh(c').
  ///
  /// `input` is W x + b and `recurrent` U h, or one of them is empty, and the other is their sum. Cell and hidden state are replaced.
  /// Linear. Preconditions: 4 * `units` floats from each start on are in `input` and `recurrent`, `units` in `state`, and
  /// those of the cell are not those of the hidden state.
  public static func step(
    units: Int, input: Span<Float>, at inputStart: Int, recurrent: Span<Float>, at recurrentStart: Int,
    state: inout MutableSpan<Float>, cellStart: Int, hiddenStart: Int, path: ProductPath = .fastest
  ) {
    guard units > 0 else { return }
    let x = input.isEmpty ? input : input.extracting(inputStart..<inputStart &+ 4 &* units)
    let u = recurrent.isEmpty ? recurrent : recurrent.extracting(recurrentStart..<recurrentStart &+ 4 &* units)
    precondition(!x.isEmpty || !u.isEmpty, "sums of gates")
    precondition(cellStart >= 0 && cellStart + units <= state.count, "the cell state is outside the buffer")
    precondition(hiddenStart >= 0 && hiddenStart + units <= state.count, "the hidden state is outside the buffer")
    // One loop for the sums apart and together: the choice is the same each time.
    #if !hasFeature(Embedded)
      @inline(__always)
      func lanes(_ index: Int) -> SIMD4<Float> {
        if u.isEmpty { return x.lanes4(at: index) }
        return x.isEmpty ? u.lanes4(at: index) : x.lanes4(at: index) + u.lanes4(at: index)
      }
    #endif
    func sum(_ index: Int) -> Float { u.isEmpty ? x[index] : x.isEmpty ? u[index] : x[index] + u[index] }
    var unit = 0
    if path == .fastest {
      unit = VectorFunctions.lstm(units: units, x, u, &state, cellStart: cellStart, hiddenStart: hiddenStart)
    }
    #if !hasFeature(Embedded)
      // Two loops: in one, the second function would wait for the first.
      let start = unit
      while unit &+ 4 <= units {
        let i = FloatMath4.sigmoid(lanes(unit))
        let f = FloatMath4.sigmoid(lanes(units &+ unit))
        let g = FloatMath4.tanh(lanes(2 &* units &+ unit))
        let c = (f * state.lanes4(at: cellStart &+ unit)) + (i * g)
        state.setLanes4(c, at: cellStart &+ unit)
        unit &+= 4
      }
      unit = start
      while unit &+ 4 <= units {
        let o = FloatMath4.sigmoid(lanes(3 &* units &+ unit))
        state.setLanes4(o * FloatMath4.tanh(state.lanes4(at: cellStart &+ unit)), at: hiddenStart &+ unit)
        unit &+= 4
      }
    #endif
    while unit < units {
      let i = FloatMath.sigmoid(sum(unit))
      let f = FloatMath.sigmoid(sum(units &+ unit))
      let g = FloatMath.tanh(sum(2 &* units &+ unit))
      let c = (f * state[cellStart &+ unit]) + (i * g)
      state[cellStart &+ unit] = c
      state[hiddenStart &+ unit] = FloatMath.sigmoid(sum(3 &* units &+ unit)) * FloatMath.tanh(c)
      unit &+= 1
    }
  }
}

/// The order of the gates of a GRU in its sums.
public enum GRUGateOrder: Sendable, Equatable {
  /// torch's r, z, n.
  case rzn
  /// Keras' z, r, h.
  case zrn
}

/// The gates of a gated recurrent unit that resets after the product.
public enum GRUGates {
  /// One step: r = sigmoid(input_r + recurrent_r), z = sigmoid(input_z + recurrent_z), n = tanh(input_n + (r * recurrent_n)),
  /// h' = ((1 - z) * n) + (z * h).
  ///
  /// `input` is W x + b and `recurrent` U h + c. The hidden state is replaced. Linear. Preconditions: 3 * `units` floats from each
  /// start on are in `input` and `recurrent`, `units` in `state`.
  public static func step(
    units: Int, order: GRUGateOrder, input: Span<Float>, at inputStart: Int, recurrent: Span<Float>,
    at recurrentStart: Int, state: inout MutableSpan<Float>, hiddenStart: Int,
    path: ProductPath = .fastest
  ) {
    let x = units == 0 ? Span() : input.extracting(inputStart..<inputStart &+ 3 &* units)
    let u = units == 0 ? Span() : recurrent.extracting(recurrentStart..<recurrentStart &+ 3 &* units)
    precondition(hiddenStart >= 0 && hiddenStart + units <= state.count, "the hidden state is outside the buffer")
    let reset = order == .rzn ? 0 : units
    let update = units &- reset
    var unit = 0
    if path == .fastest, units > 0 {
      unit = VectorFunctions.gru(units: units, reset: reset, update: update, x, u, &state, hiddenStart: hiddenStart)
    }
    #if !hasFeature(Embedded)
      while unit &+ 4 <= units {
        let r = FloatMath4.sigmoid(x.lanes4(at: reset &+ unit) + u.lanes4(at: reset &+ unit))
        let z = FloatMath4.sigmoid(x.lanes4(at: update &+ unit) + u.lanes4(at: update &+ unit))
        let n = FloatMath4.tanh(x.lanes4(at: 2 &* units &+ unit) + (r * u.lanes4(at: 2 &* units &+ unit)))
        state.setLanes4(((1 - z) * n) + (z * state.lanes4(at: hiddenStart &+ unit)), at: hiddenStart &+ unit)
        unit &+= 4
      }
    #endif
    while unit < units {
      let r = FloatMath.sigmoid(x[reset &+ unit] + u[reset &+ unit])
      let z = FloatMath.sigmoid(x[update &+ unit] + u[update &+ unit])
      let n = FloatMath.tanh(x[2 &* units &+ unit] + (r * u[2 &* units &+ unit]))
      state[hiddenStart &+ unit] = ((1 - z) * n) + (z * state[hiddenStart &+ unit])
      unit &+= 1
    }
  }
}
