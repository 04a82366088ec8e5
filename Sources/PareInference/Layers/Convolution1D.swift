/// The window of a streaming convolution: the current frame, and those before it that its taps reach.
///
/// A window has channels * kernel floats; number i * kernel + j is channel i of the frame (kernel - 1 - j) * dilation before the
/// current one, so the last tap is the current frame. That is the column order of a weight [out][in][kernel].
public struct Convolution1D: Sendable, Equatable {
  /// The channels that a window takes: the inputs of a group.
  public let channels: Int

  /// The taps.
  public let kernel: Int

  /// The frames from a tap to the next.
  public let dilation: Int

  /// Preconditions: there are taps; `dilation` is above 0.
  public init(channels: Int, kernel: Int, dilation: Int = 1) {
    precondition(channels >= 0 && kernel > 0 && dilation > 0)
    self.channels = channels
    self.kernel = kernel
    self.dilation = dilation
  }

  /// The floats of a window, which are the columns of the matrix.
  public var windowCount: Int { channels &* kernel }

  /// The frames before the current one that a window reaches.
  public var pastFrames: Int { (kernel &- 1) &* dilation }

  /// Gathers the windows of `frames` frames, one behind the other from `start` on. Linear in what is written.
  ///
  /// `history` holds frames from old to new, the current ones included; the first of these is number `first`. For a group, channels
  /// from `firstChannel` on are taken. Preconditions: `first` is at least `pastFrames`; all frames are in `history`; `windows` has
  /// `frames * windowCount` floats from `start` on.
  public func gather(
    _ history: Span<Float>, _ layout: FrameLayout, first: Int, frames: Int, firstChannel: Int = 0,
    into windows: inout MutableSpan<Float>, at start: Int
  ) {
    precondition(first >= pastFrames && firstChannel >= 0, "the window begins before the history")
    precondition(
      layout.fits(frames: frames == 0 ? 0 : first + frames, channels: firstChannel + channels, in: history.count),
      "frames outside the history")
    precondition(start >= 0 && start + frames * windowCount <= windows.count, "no room for the windows")
    for frame in 0..<frames {
      let target = start &+ frame &* windowCount
      for tap in 0..<kernel {
        let source = layout.start(ofFrame: first &+ frame &- (kernel &- 1 &- tap) &* dilation)
        for channel in 0..<channels {
          windows[target &+ channel &* kernel &+ tap] =
            history[source &+ (firstChannel &+ channel) &* layout.channelStride]
        }
      }
    }
  }
}
