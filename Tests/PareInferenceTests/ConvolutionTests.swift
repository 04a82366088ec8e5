import Pare
import PareEncode
import PareFormat
import Testing

@testable import PareInference

@Suite("Convolution and pooling: what numpy computes from the definitions")
struct ConvolutionTests {
  private func window(_ expected: LayerCase) throws -> (ImageWindow, ImageSize) {
    var window = ImageWindow(height: try expected.option("windowHeight"), width: try expected.option("windowWidth"))
    window.strideY = try expected.option("strideY")
    window.strideX = try expected.option("strideX")
    window.dilationY = try expected.option("dilationY")
    window.dilationX = try expected.option("dilationX")
    window.top = try expected.option("top")
    window.left = try expected.option("left")
    window.bottom = try expected.option("bottom")
    window.right = try expected.option("right")
    let size = ImageSize(
      channels: try expected.option("channels"), height: try expected.option("height"),
      width: try expected.option("width"))
    return (window, size)
  }

  @Test("Pooling", arguments: try LayerCase.named("maximum", "average"))
  func pooling(expected: LayerCase) throws {
    let (window, size) = try window(expected)
    let x = [9] + (try expected.input("x"))
    let output = window.outputSize(of: size, channels: size.channels)
    var y = [Float](repeating: 9, count: output.count + 2)
    var span = y.mutableSpan
    if expected.layer == "maximum" {
      Pooling.maximum(window, x.span, at: 1, size, into: &span, at: 1)
    } else {
      let countsPadding = try expected.option("countsPadding") == 1
      Pooling.average(window, countsPadding: countsPadding, x.span, at: 1, size, into: &span, at: 1)
    }
    #expect(y.first == 9 && y.last == 9)
    expected.expect(Array(y[1...output.count]))
  }

  /// A container with one matrix of these weights, as floats.
  private func matrix(_ shape: [Int], _ values: [Float]) throws -> Model {
    let tensor = FloatTensor(name: "w", shape: shape, values: FloatBuffer(values))
    let encoded = try TensorEncoder.encode(
      tensor, mask: nil, settings: EncodingPlan().settings(forName: "w", rank: shape.count), checksum: ZlibChecksum.self
    )
    return try Model(bytes: containerBytes(encoded))
  }

  @Test(
    "Two-dimensional convolution, where it is stored and in panels, with scratch for one window or for some",
    arguments: try LayerCase.named("convolution2D"))
  func images(expected: LayerCase) throws {
    let (window, size) = try window(expected)
    let groups = try expected.option("groups")
    let outputs = try expected.option("outputs")
    let layer = Convolution2D(window, input: size, outputChannels: outputs, groups: groups)
    let shape = [outputs, size.channels / groups, window.height, window.width]
    let model = try matrix(shape, try expected.input("weight"))
    let tensor = try model.tensor(at: 0).tensor
    let x = [9] + (try expected.input("x"))
    let bias = try expected.input("bias")
    let panels = Panels(tensor, groups: groups)
    var floats = [Float](repeating: 0, count: panels.floatCount)
    var floatSpan = floats.mutableSpan
    panels.build(tensor, model.bytes, into: &floatSpan)

    var all: [[UInt32]] = []
    for windows in [1, 3, 100] {
      for isStored in [true, false] {
        var scratch = [Float](repeating: .nan, count: windows * layer.windowCount + windows / 3)
        var scratchSpan = scratch.mutableSpan
        var y = [Float](repeating: 9, count: layer.output.count + 2)
        var span = y.mutableSpan
        if isStored {
          layer.apply(
            StoredMatrix(tensor), model.bytes, bias: bias.span, x.span, at: 1, scratch: &scratchSpan, into: &span, at: 1
          )
        } else {
          layer.apply(panels, floats.span, bias: bias.span, x.span, at: 1, scratch: &scratchSpan, into: &span, at: 1)
        }
        #expect(y.first == 9 && y.last == 9)
        expected.expect(Array(y[1...layer.output.count]))
        all.append(bits(y))
      }
    }
    #expect(all.allSatisfy { $0 == all[0] })
  }

  @Test("Streaming convolution: windows of frames with their history", arguments: try LayerCase.named("convolution1D"))
  func streams(expected: LayerCase) throws {
    let channels = try expected.option("channels")
    let outputs = try expected.option("outputs")
    let frames = try expected.option("frames")
    let size = try expected.option("kernel")
    let dilation = try expected.option("dilation")
    let windowCount = channels * size
    let ring = FrameRing(start: 0, frameCount: channels, capacity: (size - 1) * dilation + 1)
    let model = try matrix([outputs, channels, size], try expected.input("weight"))
    let matrix = StoredMatrix(try model.tensor(at: 0).tensor)
    // Silence before the first frame.
    var state = [Float](repeating: 0, count: ring.capacity * channels + 2)
    let x = try expected.input("x")
    var windows = [Float](repeating: .nan, count: frames * windowCount)
    for frame in 0..<frames {
      var kept = state.mutableSpan
      ring.push(x.span, at: frame * channels, &kept)
      var span = windows.mutableSpan
      ring.gather(0..<channels, size, dilation, state.span, at: frame * windowCount, &span)
    }
    var y = [Float](repeating: 9, count: frames * outputs)
    var output = y.mutableSpan
    matrix.multiply(
      rows: 0..<outputs, model.bytes, windows.span, FrameLayout(frameStride: windowCount), frames: frames,
      bias: Span(), into: &output, FrameLayout(frameStride: outputs))
    expected.expect(y)
  }

  @Test("A maximum is NaN where there is one, and padding is never the largest")
  func maxima() {
    var window = ImageWindow(height: 1, width: 2)
    window.left = 2
    let x: [Float] = [-5, .nan, -3, -4]
    var y = [Float](repeating: 9, count: 5)
    var span = y.mutableSpan
    Pooling.maximum(window, x.span, at: 0, ImageSize(channels: 1, height: 1, width: 4), into: &span, at: 0)
    #expect(bits(y) == bits([-.infinity, -5, .nan, .nan, -3]))
  }

  @Test("A window that is mostly padding costs what is inside the image")
  func hugeWindows() {
    var window = ImageWindow(height: 65_535, width: 65_535)
    (window.top, window.left, window.bottom, window.right) = (32_767, 32_767, 32_767, 32_767)
    let size = ImageSize(channels: 1, height: 3, width: 2)
    let x: [Float] = [1, 2, 3, 4, 5, 6]
    var y = [Float](repeating: 0, count: window.outputSize(of: size, channels: 1).count)
    #expect(y.count == 6)
    var span = y.mutableSpan
    Pooling.maximum(window, x.span, at: 0, size, into: &span, at: 0)
    #expect(y == [6, 6, 6, 6, 6, 6])
    for countsPadding in [true, false] {
      var span = y.mutableSpan
      Pooling.average(window, countsPadding: countsPadding, x.span, at: 0, size, into: &span, at: 0)
      #expect(y == [Float](repeating: 21 / (countsPadding ? Float(65_535 * 65_535) : 6), count: 6))
    }
  }
}
