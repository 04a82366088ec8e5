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
    let sums = GateSums(
      input.isEmpty ? input : input.extracting(inputStart..<inputStart &+ 4 &* units),
      recurrent.isEmpty ? recurrent : recurrent.extracting(recurrentStart..<recurrentStart &+ 4 &* units))
    var unit = 0
    #if !hasFeature(Embedded)
      precondition(cellStart >= 0 && cellStart + units <= state.count, "the cell state is outside the buffer")
      precondition(hiddenStart >= 0 && hiddenStart + units <= state.count, "the hidden state is outside the buffer")
      precondition(!sums.input.isEmpty || !sums.recurrent.isEmpty, "sums of gates")
      if path == .fastest {
        unit = VectorFunctions.lstm(
          units: units, sums.input, sums.recurrent, &state, cellStart: cellStart, hiddenStart: hiddenStart)
      }
      // Two loops: in one, the second function would wait for the first.
      let start = unit
      while unit &+ 4 <= units {
        let i = FloatMath4.sigmoid(sums.lanes(unit))
        let f = FloatMath4.sigmoid(sums.lanes(units &+ unit))
        let g = FloatMath4.tanh(sums.lanes(2 &* units &+ unit))
        let c = (f * state.lanes4(at: cellStart &+ unit)) + (i * g)
        state.setLanes4(c, at: cellStart &+ unit)
        unit &+= 4
      }
      unit = start
      while unit &+ 4 <= units {
        let o = FloatMath4.sigmoid(sums.lanes(3 &* units &+ unit))
        state.setLanes4(o * FloatMath4.tanh(state.lanes4(at: cellStart &+ unit)), at: hiddenStart &+ unit)
        unit &+= 4
      }
    #endif
    while unit < units {
      let i = sums.sigmoid(unit)
      let f = sums.sigmoid(units &+ unit)
      let g = FloatMath.tanh(sums.sum(2 &* units &+ unit))
      let c = (f * state[cellStart &+ unit]) + (i * g)
      state[cellStart &+ unit] = c
      state[hiddenStart &+ unit] = sums.sigmoid(3 &* units &+ unit) * FloatMath.tanh(c)
      unit &+= 1
    }
  }
}

/// The sums of both products of a recurrent layer, which are added here; one may be empty, the other is their sum then.
private struct GateSums: ~Escapable {
  let input: Span<Float>
  let recurrent: Span<Float>

  @_lifetime(copy input, copy recurrent)
  init(_ input: Span<Float>, _ recurrent: Span<Float>) {
    self.input = input
    self.recurrent = recurrent
  }

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  @_addressableSelf
  func sum(_ index: Int) -> Float {
    recurrent.isEmpty ? input[index] : input.isEmpty ? recurrent[index] : input[index] + recurrent[index]
  }

  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  @_addressableSelf
  func sigmoid(_ index: Int) -> Float { FloatMath.sigmoid(sum(index)) }

  #if !hasFeature(Embedded)
    @inline(__always)
    func lanes(_ index: Int) -> SIMD4<Float> {
      if recurrent.isEmpty { return input.lanes4(at: index) }
      return input.isEmpty ? recurrent.lanes4(at: index) : input.lanes4(at: index) + recurrent.lanes4(at: index)
    }
  #endif
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
    guard units > 0 else { return }
    let x = input.extracting(inputStart..<inputStart &+ 3 &* units)
    let u = recurrent.extracting(recurrentStart..<recurrentStart &+ 3 &* units)
    let reset = order == .rzn ? 0 : units
    let update = units &- reset
    let sums = GateSums(x, u)
    var unit = 0
    #if !hasFeature(Embedded)
      precondition(hiddenStart >= 0 && hiddenStart + units <= state.count, "the hidden state is outside the buffer")
      if path == .fastest {
        unit = VectorFunctions.gru(units: units, reset: reset, update: update, x, u, &state, hiddenStart: hiddenStart)
      }
      while unit &+ 4 <= units {
        let r = FloatMath4.sigmoid(x.lanes4(at: reset &+ unit) + u.lanes4(at: reset &+ unit))
        let z = FloatMath4.sigmoid(x.lanes4(at: update &+ unit) + u.lanes4(at: update &+ unit))
        let n = FloatMath4.tanh(x.lanes4(at: 2 &* units &+ unit) + (r * u.lanes4(at: 2 &* units &+ unit)))
        state.setLanes4(((1 - z) * n) + (z * state.lanes4(at: hiddenStart &+ unit)), at: hiddenStart &+ unit)
        unit &+= 4
      }
    #endif
    while unit < units {
      let r = sums.sigmoid(reset &+ unit)
      let z = sums.sigmoid(update &+ unit)
      let n = FloatMath.tanh(x[2 &* units &+ unit] + (r * u[2 &* units &+ unit]))
      state[hiddenStart &+ unit] = ((1 - z) * n) + (z * state[hiddenStart &+ unit])
      unit &+= 1
    }
  }
}
