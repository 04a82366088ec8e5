/// Pooling of images, with windows as torch has them (floor, no ceiling mode).
public enum Pooling {
  /// The largest element of each window, -infinity for a window of padding alone; NaN where there is one.
  ///
  /// Linear in the outputs times the taps that are inside the image. Preconditions: `size.count` floats of `x` from `xStart` on are the image; y has room
  /// from `yStart` on for `window.outputSize(of: size, channels: size.channels)`.
  public static func maximum(
    _ window: ImageWindow, _ x: Span<Float>, at xStart: Int, _ size: ImageSize, into y: inout MutableSpan<Float>,
    at yStart: Int
  ) {
    forEachWindow(window, x, xStart, size, &y, yStart) { image, taps in
      var largest = -Float.infinity
      taps.forEach(window, size) { index in
        let value = image[index]
        largest = value > largest || value.isNaN ? value : largest
      }
      return largest
    }
  }

  /// The mean of each window: the sum from +0 in row-major order, divided by the number of taps; of those inside the image alone
  /// unless `countsPadding`, and then 0 for a window of padding alone.
  ///
  /// Complexity and preconditions: as for `maximum`.
  public static func average(
    _ window: ImageWindow, countsPadding: Bool = true, _ x: Span<Float>, at xStart: Int, _ size: ImageSize,
    into y: inout MutableSpan<Float>, at yStart: Int
  ) {
    forEachWindow(window, x, xStart, size, &y, yStart) { image, taps in
      var sum: Float = 0
      var count = 0
      taps.forEach(window, size) { index in
        sum += image[index]
        count &+= 1
      }
      // Rounded once, as the product itself would be, which 32 bits do not hold.
      if countsPadding { return sum / (Float(window.height) * Float(window.width)) }
      return count == 0 ? 0 : sum / Float(count)
    }
  }

  /// The position of a window on one channel: where its first tap is, which may be in the padding.
  private struct Taps {
    let y: Int
    let x: Int

    /// Calls `body` with the index in the channel of each tap that is inside the image, in row-major order.
    @inline(__always)
    func forEach(_ window: ImageWindow, _ size: ImageSize, _ body: (Int) -> Void) {
      let columns = ImageWindow.taps(window.width, from: x, window.dilationX, inside: size.width)
      for row in ImageWindow.taps(window.height, from: y, window.dilationY, inside: size.height) {
        let line = (y &+ row &* window.dilationY) &* size.width &+ x
        for column in columns { body(line &+ column &* window.dilationX) }
      }
    }
  }

  @inline(__always)
  private static func forEachWindow(
    _ window: ImageWindow, _ x: Span<Float>, _ xStart: Int, _ size: ImageSize, _ y: inout MutableSpan<Float>,
    _ yStart: Int, _ body: (_ image: Span<Float>, _ taps: Taps) -> Float
  ) {
    let output = window.outputSize(of: size, channels: size.channels)
    precondition(xStart >= 0 && xStart + size.count <= x.count, "the image is outside x")
    precondition(yStart >= 0 && yStart + output.count <= y.count, "the output is outside y")
    guard output.count > 0 else { return }
    let pixels = size.height &* size.width
    var index = yStart
    for channel in 0..<size.channels {
      let start = xStart &+ channel &* pixels
      let image = pixels == 0 ? Span() : x.extracting(start..<start &+ pixels)
      for row in 0..<output.height {
        for column in 0..<output.width {
          let taps = Taps(y: row &* window.strideY &- window.top, x: column &* window.strideX &- window.left)
          y[index] = body(image, taps)
          index &+= 1
        }
      }
    }
  }
}
