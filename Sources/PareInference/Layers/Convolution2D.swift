/// Convolution of an image: weight [out][in / groups][height][width], whose rows are the output channels.
///
/// For each output position the taps of a group are gathered to a window of (in / groups) * height * width floats, of which the
/// matrix product is taken: column c = (i * height + y) * width + x. Taps in the padding are products with zero.
public struct Convolution2D: Sendable, Equatable {
  /// The window.
  public let window: ImageWindow

  /// The image that is read.
  public let input: ImageSize

  /// The image that is written.
  public let output: ImageSize

  /// The groups: group g reads and writes the g-th part of the channels.
  public let groups: Int

  /// Precondition: both numbers of channels are multiples of `groups`.
  public init(_ window: ImageWindow, input: ImageSize, outputChannels: Int, groups: Int = 1) {
    precondition(groups > 0 && input.channels % groups == 0 && outputChannels % groups == 0, "channels in equal groups")
    self.window = window
    self.input = input
    self.output = window.outputSize(of: input, channels: outputChannels)
    self.groups = groups
  }

  /// The columns of the matrix, which are the least floats of scratch.
  public var windowCount: Int { input.channels / groups &* window.height &* window.width }

  /// The rows of the matrix in a group.
  var rowsPerGroup: Int { output.channels / groups }

  /// Gathers the taps of one output position for one group.
  ///
  /// Preconditions: the image starts at `xStart` in `x`; `scratch` has `windowCount` floats from `scratchStart` on. Linear in them.
  public func gather(
    outputY: Int, outputX: Int, group: Int, _ x: Span<Float>, at xStart: Int, into scratch: inout MutableSpan<Float>,
    at scratchStart: Int
  ) {
    let channels = input.channels / groups
    let firstY = outputY &* window.strideY &- window.top
    let firstX = outputX &* window.strideX &- window.left
    let pixels = input.height &* input.width
    var place = scratchStart
    for channel in group &* channels..<(group &+ 1) &* channels {
      for row in 0..<window.height {
        let y = firstY &+ row &* window.dilationY
        let line = xStart &+ channel &* pixels &+ y &* input.width
        for column in 0..<window.width {
          let pixel = firstX &+ column &* window.dilationX
          let isInside = y >= 0 && y < input.height && pixel >= 0 && pixel < input.width
          scratch[place] = isInside ? x[line &+ pixel] : 0
          place &+= 1
        }
      }
    }
  }

  /// Convolves one image with a matrix where it is stored. Linear in the output positions times the stored elements.
  ///
  /// Preconditions: the matrix has `output.channels` rows and `windowCount` columns; `bias` is empty or has `output.channels` floats;
  /// the images are in `x` and `y`; `scratch` has `windowCount` floats, or several times as many, which is faster.
  public func apply(
    _ matrix: StoredMatrix, _ bytes: Span<UInt8>, bias: Span<Float>, _ x: Span<Float>, at xStart: Int,
    scratch: inout MutableSpan<Float>, into y: inout MutableSpan<Float>, at yStart: Int, path: ProductPath = .fastest
  ) {
    precondition(matrix.rowCount == output.channels && matrix.columnCount == windowCount, "another matrix")
    forEachRun(x, xStart, &scratch, &y, yStart) { group, frames, windows, y, layout in
      let rows = group &* rowsPerGroup..<(group &+ 1) &* rowsPerGroup
      matrix.multiply(
        rows: rows, bytes, windows, FrameLayout(frameStride: windowCount), frames: frames,
        bias: bias.isEmpty ? bias : bias.extracting(rows), into: &y, layout, path: path)
    }
  }

  /// Convolves one image with panels of `groups` groups; else as above.
  public func apply(
    _ panels: Panels, _ floats: Span<Float>, bias: Span<Float>, _ x: Span<Float>, at xStart: Int,
    scratch: inout MutableSpan<Float>, into y: inout MutableSpan<Float>, at yStart: Int, path: ProductPath = .fastest
  ) {
    precondition(
      panels.groupCount == groups && panels.rowsPerGroup == rowsPerGroup && panels.columnCount == windowCount,
      "panels of another matrix")
    forEachRun(x, xStart, &scratch, &y, yStart) { group, frames, windows, y, layout in
      let rows = group &* rowsPerGroup..<(group &+ 1) &* rowsPerGroup
      panels.multiply(
        floats, group: group, windows, FrameLayout(frameStride: windowCount), frames: frames,
        bias: bias.isEmpty ? bias : bias.extracting(rows), into: &y, layout, path: path)
    }
  }

  /// Gathers as many neighbouring positions of an output line as fit the scratch, and calls `body` with them as frames.
  @inline(__always)
  private func forEachRun(
    _ x: Span<Float>, _ xStart: Int, _ scratch: inout MutableSpan<Float>, _ y: inout MutableSpan<Float>, _ yStart: Int,
    _ body: (
      _ group: Int, _ frames: Int, _ windows: Span<Float>, _ y: inout MutableSpan<Float>, _ layout: FrameLayout
    ) -> Void
  ) {
    precondition(xStart >= 0 && xStart + input.count <= x.count, "the image is outside x")
    precondition(yStart >= 0 && yStart + output.count <= y.count, "the output is outside y")
    precondition(scratch.count >= windowCount, "the scratch must hold a window")
    let pixels = output.height &* output.width
    let most = windowCount == 0 ? 1 : scratch.count / windowCount
    for group in 0..<groups {
      for row in 0..<output.height {
        var column = 0
        while column < output.width {
          let frames = min(most, output.width &- column)
          for frame in 0..<frames {
            gather(
              outputY: row, outputX: column &+ frame, group: group, x, at: xStart, into: &scratch,
              at: frame &* windowCount)
          }
          let start = yStart &+ group &* rowsPerGroup &* pixels &+ row &* output.width &+ column
          let layout = FrameLayout(start: start, frameStride: 1, channelStride: pixels)
          body(group, frames, scratch.span, &y, layout)
          column &+= frames
        }
      }
    }
  }
}
