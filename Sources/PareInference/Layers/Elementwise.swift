/// Sums, products and scalings of whole values.
public enum Elementwise {
  /// target[i] += source[i] for a range of the target, whose floats start at `sourceStart` in the source. Linear.
  ///
  /// Precondition: both are in their buffers.
  public static func add(
    _ source: Span<Float>, at sourceStart: Int, to target: inout MutableSpan<Float>, _ range: Range<Int>
  ) {
    combine(source, sourceStart, &target, range) { $0 + $1 }
  }

  /// target[i] *= source[i]. As `add`.
  public static func multiply(
    _ source: Span<Float>, at sourceStart: Int, into target: inout MutableSpan<Float>, _ range: Range<Int>
  ) {
    combine(source, sourceStart, &target, range) { $0 * $1 }
  }

  @inline(__always)
  private static func combine(
    _ source: Span<Float>, _ sourceStart: Int, _ target: inout MutableSpan<Float>, _ range: Range<Int>,
    _ body: (Float, Float) -> Float
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= target.count, "range outside the target")
    let part = source.extracting(sourceStart..<sourceStart &+ range.count)
    let first = range.lowerBound
    for index in part.indices { target[first &+ index] = body(target[first &+ index], part[index]) }
  }

  /// Adds bias[c] to channel c of each frame. Linear. Precondition: the frames of `bias.count` channels are in `values`.
  public static func addBias(
    _ bias: Span<Float>, to values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int
  ) {
    precondition(layout.fits(frames: frames, channels: bias.count, in: values.count), "frames outside the buffer")
    for frame in 0..<frames {
      let start = layout.start(ofFrame: frame)
      for channel in bias.indices { values[start &+ channel &* layout.channelStride] += bias[channel] }
    }
  }

  /// alpha * x where x < 0, else x, in place, with one alpha or one for each channel. Linear.
  ///
  /// An image is a frame layout whose channels are height * width apart, with a frame for each position. Preconditions: the frames
  /// are in `values`; `alphas` has 1 or `channels` floats.
  public static func prelu(
    _ alphas: Span<Float>, _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int, channels: Int
  ) {
    precondition(alphas.count == 1 || alphas.count == channels, "one alpha, or one for each channel")
    precondition(layout.fits(frames: frames, channels: channels, in: values.count), "frames outside the buffer")
    for channel in 0..<channels {
      let alpha = alphas[alphas.count == 1 ? 0 : channel]
      var index = layout.start &+ channel &* layout.channelStride
      for _ in 0..<frames {
        let x = values[index]
        values[index] = x < 0 ? alpha * x : x
        index &+= layout.frameStride
      }
    }
  }
}

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel.
public enum BatchNormalization {
  /// Normalizes in place: ((x - mean[c]) / root[c]) * gamma[c] + beta[c], with root[c] = sqrt(variance[c] + epsilon), each
  /// operation rounded. Linear.
  ///
  /// An image is a frame layout whose channels are height * width apart, with a frame for each position. Preconditions: the frames of
  /// `mean.count` channels are in `values`; `variance` is as long; `gamma` and `beta` are, or are empty, which leaves their operation out.
  public static func apply(
    mean: Span<Float>, variance: Span<Float>, gamma: Span<Float>, beta: Span<Float>, epsilon: Float,
    _ values: inout MutableSpan<Float>, _ layout: FrameLayout, frames: Int
  ) {
    let channels = mean.count
    precondition(variance.count == channels, "a variance for each channel")
    precondition(gamma.isEmpty || gamma.count == channels, "a gamma for each channel")
    precondition(beta.isEmpty || beta.count == channels, "a beta for each channel")
    precondition(layout.fits(frames: frames, channels: channels, in: values.count), "frames outside the buffer")
    for channel in 0..<channels {
      let root = FloatMath.squareRoot(variance[channel] + epsilon)
      var index = layout.start &+ channel &* layout.channelStride
      for _ in 0..<frames {
        var value = (values[index] - mean[channel]) / root
        if !gamma.isEmpty { value *= gamma[channel] }
        if !beta.isEmpty { value += beta[channel] }
        values[index] = value
        index &+= layout.frameStride
      }
    }
  }
}
