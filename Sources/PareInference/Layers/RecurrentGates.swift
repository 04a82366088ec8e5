/// The gates of a long short-term memory, on sums that matrix products have made.
public enum LSTMGates {
  /// One step of `units` units: with z[k] = input[k] + recurrent[k], where `input` is W x + b and `recurrent` is U h, both in
  /// the order i, f, g, o of `units` floats each:
  /// c' = sigmoid(f) * c + sigmoid(i) * tanh(g); h' = sigmoid(o) * tanh(c').
  ///
  /// `input` may be empty where it has been added to `recurrent` already. `cell` and `hidden` are replaced, each at its start.
  /// Preconditions: `inputStart + 4 * units` and so on are in their buffers. Linear.
  public static func step(
    units: Int, input: Span<Float>, at inputStart: Int, recurrent: Span<Float>, at recurrentStart: Int,
    cell: inout MutableSpan<Float>, at cellStart: Int, hidden: inout MutableSpan<Float>, at hiddenStart: Int
  ) { fatalError() }
}

extension LSTMGates {
  /// One step whose hidden and cell state are `units` floats each of one buffer, hidden first; else as above.
  static func step(
    units: Int, input: Span<Float>, at inputStart: Int, recurrent: Span<Float>, at recurrentStart: Int,
    state: inout MutableSpan<Float>
  ) { fatalError() }
}

/// The order of the gates of a GRU in its sums: torch has r, z, n; Keras z, r, h.
public enum GRUGateOrder: Sendable, Equatable {
  case rzn
  case zrn
}

/// The gates of a gated recurrent unit that resets after the product.
public enum GRUGates {
  /// One step of `units` units: with `input` = W x + b and `recurrent` = U h + c, three times `units` floats each:
  /// r = sigmoid(input_r + recurrent_r); z = sigmoid(input_z + recurrent_z); n = tanh(input_n + r * recurrent_n);
  /// h' = (1 - z) * n + z * h.
  ///
  /// Preconditions: as for `LSTMGates.step`. Linear.
  public static func step(
    units: Int, order: GRUGateOrder, input: Span<Float>, at inputStart: Int, recurrent: Span<Float>,
    at recurrentStart: Int, hidden: inout MutableSpan<Float>, at hiddenStart: Int
  ) { fatalError() }
}
