/// Convolution of an image: weight [out][in / groups][height][width], a row is an output channel.
///
/// For each output position the taps are gathered to a window of (in / groups) * height * width floats, zeros for padding, of
/// which the matrix product is taken: column c = (i * height + y) * width + x. Padding is a product with zero.
public struct Convolution2D: Sendable, Equatable {
  public let window: ImageWindow
  public let input: ImageSize
  public let output: ImageSize
  public let groups: Int

  /// Preconditions: the channels of both are multiples of `groups`.
  public init(_ window: ImageWindow, input: ImageSize, outputChannels: Int, groups: Int = 1) { fatalError() }

  /// The columns of the matrix, and the floats of scratch.
  public var windowCount: Int { input.channels / groups * window.height * window.width }

  /// Gathers the taps of one output position for one group.
  ///
  /// Preconditions: the image starts at `xStart` in `x`; `scratch` has `windowCount` floats from `scratchStart` on.
  public func gather(
    outputY: Int, outputX: Int, group: Int, _ x: Span<Float>, at xStart: Int, into scratch: inout MutableSpan<Float>,
    at scratchStart: Int
  ) { fatalError() }

  /// Convolves one image. Preconditions: the matrix has `output.channels` rows and `windowCount` columns; `bias` is empty or has
  /// `output.channels` floats; the images are in `x` and `y`; `scratch` has `windowCount` floats.
  public func apply(
    _ matrix: StoredMatrix, _ bytes: Span<UInt8>, bias: Span<Float>, _ x: Span<Float>, at xStart: Int,
    scratch: inout MutableSpan<Float>, into y: inout MutableSpan<Float>, at yStart: Int
  ) { fatalError() }

  /// Convolves one image with panels of `groups` groups; as above.
  public func apply(
    _ panels: Panels, _ floats: Span<Float>, bias: Span<Float>, _ x: Span<Float>, at xStart: Int,
    scratch: inout MutableSpan<Float>, into y: inout MutableSpan<Float>, at yStart: Int
  ) { fatalError() }
}
