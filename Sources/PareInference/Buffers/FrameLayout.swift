/// Where the frames of a value lie in a buffer: channel c of frame f is at `start + f * frameStride + c * channelStride`.
public struct FrameLayout: Sendable, Equatable {
  /// The index of channel 0 of frame 0.
  public var start: Int
  /// The distance from a frame to the next.
  public var frameStride: Int
  /// The distance from a channel to the next: 1 for [frame][channel], the image size for [channel][height][width].
  public var channelStride: Int

  /// Creates a layout. Preconditions: `start` and the strides are not negative.
  public init(start: Int = 0, frameStride: Int, channelStride: Int = 1) {
    precondition(start >= 0 && frameStride >= 0 && channelStride >= 0)
    self.start = start
    self.frameStride = frameStride
    self.channelStride = channelStride
  }

  /// The index of channel 0 of `frame`.
  @inline(__always)
  func start(ofFrame frame: Int) -> Int { start &+ frame &* frameStride }

  /// Whether `frames` frames of `channels` channels are in a buffer of `count` floats.
  func fits(frames: Int, channels: Int, in count: Int) -> Bool {
    frames == 0 || channels == 0
      || start + (frames - 1) * frameStride + (channels - 1) * channelStride < count
  }
}
