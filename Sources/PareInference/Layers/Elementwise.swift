/// Sums, products and scalings of whole values.
public enum Elementwise {
  /// target[i] += source[i]. Precondition: both have `range`, which starts at `sourceStart` in the source. Linear.
  public static func add(
    _ source: Span<Float>, at sourceStart: Int, to target: inout MutableSpan<Float>, _ range: Range<Int>
  ) { fatalError() }

  /// target[i] *= source[i]. As `add`.
  public static func multiply(
    _ source: Span<Float>, at sourceStart: Int, to target: inout MutableSpan<Float>, _ range: Range<Int>
  ) { fatalError() }

  /// Adds bias[c] to channel c of each frame. Precondition: the frames of `bias.count` channels are in `values`.
  public static func addBias(
    _ bias: Span<Float>, to values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int
  ) { fatalError() }

  /// x where x > 0, else alpha * x, in place, with one alpha or one for each channel.
  ///
  /// Preconditions: the frames are in `values`; `alphas` has 1 or `channels` floats.
  public static func prelu(
    _ alphas: Span<Float>, _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int, channels: Int
  ) { fatalError() }
}

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel.
public enum BatchNormalization {
  /// Normalizes in place: (((x - mean[c]) / root[c]) * gamma[c]) + beta[c], with root[c] = sqrt(variance[c] + epsilon), in this
  /// order, each operation rounded. Images are frames whose channels are `channelStride` apart: see `applyImage`. Linear.
  ///
  /// Preconditions: the frames are in `values`; `mean` and `variance` have a float for each channel; `gamma` and `beta` too,
  /// or are empty, which is 1 and 0 and leaves their operation out.
  public static func apply(
    mean: Span<Float>, variance: Span<Float>, gamma: Span<Float>, beta: Span<Float>, epsilon: Float,
    _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int
  ) { fatalError() }
}
