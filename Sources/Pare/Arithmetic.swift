/// How products of matrices and vectors are computed; all else is f32.
///
/// In integers (*dynamic quantization*) each vector is quantized by itself, and sums are exact (spec section 10.4.6). That is for matrices of
/// integers of at most 8 bits, dense or sparse, entropy coded or not, whose scales are per tensor or per row (`axis:0`); others are
/// multiplied in floats. Results differ from those of floats by the rounding of the vectors, and have the same bits on every machine.
public enum Arithmetic: String, Sendable, CaseIterable {
  /// Vectors are f32.
  case float
  /// Vectors are quantized to 8 bits.
  case int8
  /// Vectors are quantized to 16 bits, which is 256 times as fine.
  case int16

  /// The largest integer of a vector; nil for floats.
  var limit: Int? {
    switch self {
    case .float: nil
    case .int8: 127
    case .int16: 32767
    }
  }
}
