/// The window of a streaming convolution: the current frame and those before it that its taps reach.
///
/// A window has channels * kernel floats; number i * kernel + j is channel i of the frame (kernel - 1 - j) * dilation before the
/// current one, so the last tap is the current frame. That is the column order of a weight [out][in][kernel].
public struct Convolution1D: Sendable, Equatable {
  public let channels: Int
  public let kernel: Int
  public let dilation: Int

  public init(channels: Int, kernel: Int, dilation: Int = 1) {
    precondition(channels >= 0 && kernel > 0 && dilation > 0)
    self.channels = channels
    self.kernel = kernel
    self.dilation = dilation
  }

  /// The floats of a window, which are the columns of the matrix.
  public var windowCount: Int { channels * kernel }

  /// The frames before the current one that a window reaches.
  public var pastFrames: Int { (kernel - 1) * dilation }

  /// Gathers the windows of `frames` frames, one behind the other from `start` on.
  ///
  /// `history` holds frames of `channels` adjacent floats, from old to new; the first current frame is number `first`. Channels
  /// `channelStart` to `channelStart + channels` of them are taken, for a group. Preconditions: `first` is at least `pastFrames`;
  /// all frames are in `history`; `windows` has `frames * windowCount` floats from `start` on. Linear in what is written.
  public func gather(
    _ history: Span<Float>, _ layout: FrameLayout, first: Int, frames: Int, channelStart: Int = 0,
    into windows: inout MutableSpan<Float>, at start: Int
  ) { fatalError() }
}
