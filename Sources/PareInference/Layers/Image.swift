/// The extents of an image, [channels][height][width], row-major.
public struct ImageSize: Sendable, Equatable {
  public var channels: Int
  public var height: Int
  public var width: Int

  /// The floats of the image.
  public var count: Int { channels * height * width }

  public init(channels: Int, height: Int, width: Int) {
    precondition(channels >= 0 && height >= 0 && width >= 0)
    self.channels = channels
    self.height = height
    self.width = width
  }
}

/// How a window slides over an image: extents, steps, gaps between taps, and zeros around the image.
public struct ImageWindow: Sendable, Equatable {
  public var height: Int
  public var width: Int
  public var strideY = 1
  public var strideX = 1
  public var dilationY = 1
  public var dilationX = 1
  public var top = 0
  public var left = 0
  public var bottom = 0
  public var right = 0

  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0)
    self.height = height
    self.width = width
  }

  /// The positions of the window along an axis: floor((extent + padding - dilation * (window - 1) - 1) / stride) + 1, at least 0.
  public func outputSize(of image: ImageSize, channels: Int) -> ImageSize { fatalError() }
}

/// Pooling of images.
public enum Pooling {
  /// The largest element of each window; padding is never the largest, and a window of padding alone gives -infinity. NaN gives NaN.
  ///
  /// Preconditions: `size.count` floats of `x` from `xStart` on are the image; y has room from `yStart` on for
  /// `window.outputSize(of: size, channels: size.channels)`. Linear in the outputs times the window.
  public static func maximum(
    _ window: ImageWindow, _ x: Span<Float>, at xStart: Int, _ size: ImageSize, into y: inout MutableSpan<Float>,
    at yStart: Int
  ) { fatalError() }

  /// The mean of each window: the sum in row-major order, divided by the number of taps; of those inside the image alone unless
  /// `countsPadding`. Preconditions and complexity: as for `maximum`.
  public static func average(
    _ window: ImageWindow, countsPadding: Bool = true, _ x: Span<Float>, at xStart: Int, _ size: ImageSize,
    into y: inout MutableSpan<Float>, at yStart: Int
  ) { fatalError() }
}
