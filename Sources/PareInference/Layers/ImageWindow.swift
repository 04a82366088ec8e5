/// The extents of an image, [channels][height][width], row-major.
public struct ImageSize: Sendable, Equatable {
  /// The channels.
  public var channels: Int
  /// The rows of pixels.
  public var height: Int
  /// The pixels of a row.
  public var width: Int

  /// The floats of the image.
  public var count: Int { channels &* height &* width }

  /// Precondition: no extent is negative.
  public init(channels: Int, height: Int, width: Int) {
    precondition(channels >= 0 && height >= 0 && width >= 0)
    self.channels = channels
    self.height = height
    self.width = width
  }
}

/// How a window slides over an image: its taps, their distance, its steps, and the padding around the image.
public struct ImageWindow: Sendable, Equatable {
  /// The taps.
  public var height: Int
  public var width: Int
  /// The steps from a position to the next.
  public var strideY = 1
  public var strideX = 1
  /// The distance of neighbouring taps.
  public var dilationY = 1
  public var dilationX = 1
  /// The padding on each side.
  public var top = 0
  public var left = 0
  public var bottom = 0
  public var right = 0

  /// A window with steps and distances of 1 and without padding. Precondition: there are taps.
  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0)
    self.height = height
    self.width = width
  }

  /// The positions of the window: along each axis floor((extent + padding - dilation * (taps - 1) - 1) / stride) + 1, at least 0.
  ///
  /// Preconditions: strides and dilations are above 0, padding is not negative.
  public func outputSize(of image: ImageSize, channels: Int) -> ImageSize {
    precondition(strideY > 0 && strideX > 0 && dilationY > 0 && dilationX > 0)
    precondition(top >= 0 && left >= 0 && bottom >= 0 && right >= 0)
    return ImageSize(
      channels: channels,
      height: Self.positions(image.height + top + bottom, height, dilationY, strideY),
      width: Self.positions(image.width + left + right, width, dilationX, strideX))
  }

  /// The taps along one axis that are inside an image's `extent`, where the first is at `start`: a window may be mostly padding, and
  /// costs what is inside.
  static func taps(_ count: Int, from start: Int, _ dilation: Int, inside extent: Int) -> Range<Int> {
    let first = start < 0 ? min(count, (dilation &- 1 &- start) / dilation) : 0
    let end = start < extent ? min(count, (extent &- start &+ dilation &- 1) / dilation) : 0
    return first..<max(first, end)
  }

  private static func positions(_ extent: Int, _ taps: Int, _ dilation: Int, _ stride: Int) -> Int {
    let span = dilation * (taps - 1) + 1
    return extent < span ? 0 : (extent - span) / stride + 1
  }
}
