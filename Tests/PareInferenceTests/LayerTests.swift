import Pare
import PareEncode
import PareFormat
import PareInference
import Testing

@Suite("Layers: what numpy computes from the definitions")
struct LayerTests {
  private func activation(_ name: String) -> Activation? {
    switch name {
    case "tanh": .tanh
    case "sigmoid": .sigmoid
    case "relu": .relu
    case "relu6": .relu6
    case "leakyReLU": .leakyReLU(alpha: 0.25)
    case "elu": .elu(alpha: 0.5)
    case "hardTanh": .hardTanh
    case "hardSigmoidKeras": .hardSigmoidKeras
    case "hardSigmoid": .hardSigmoid
    case "hardSwish": .hardSwish
    case "silu": .silu
    case "softsign": .softsign
    case "geluTanh": .geluTanh
    case "geluErf": .geluErf
    case "softmax": .softmax
    default: nil
    }
  }

  @Test("Activations, in place, over a range and over frames")
  func activations() throws {
    var count = 0
    for expected in try LayerCase.all() {
      guard let activation = activation(expected.layer) else { continue }
      count += 1
      let x = try expected.input("x")
      var values = [9] + x + [9]
      var span = values.mutableSpan
      activation.apply(&span, 1..<1 + x.count)
      #expect(values.first == 9 && values.last == 9)
      let found = Array(values[1...x.count])
      expected.expect(found)

      // Three frames, close and with gaps: each as if it were alone.
      for gap in [0, 3] {
        var frames = Array((0..<3).map { _ in x + [Float](repeating: 9, count: gap) }.joined())
        var span = frames.mutableSpan
        activation.apply(&span, FrameLayout(frameStride: x.count + gap), frames: 3, channels: x.count)
        for frame in 0..<3 {
          let start = frame * (x.count + gap)
          #expect(bits(Array(frames[start..<start + x.count])) == bits(found), "\(expected.layer)")
          #expect(frames[start + x.count..<start + x.count + gap].allSatisfy { $0 == 9 })
        }
      }
      // NaN in, NaN out: in lanes of 8, and alone.
      var nan = [Float](repeating: .nan, count: 9)
      var nanSpan = nan.mutableSpan
      activation.apply(&nanSpan, 0..<9)
      #expect(nan.allSatisfy { $0.isNaN }, "\(expected.layer)")
    }
    #expect(count == 15)
  }

  @Test(
    "PReLU and batch normalization, channels adjacent and as an image", arguments: try LayerCase.named("prelu", "batch")
  )
  func channels(expected: LayerCase) throws {
    let frames = try expected.option("frames")
    let x = try expected.input("x")
    let channels = x.count / frames
    // Channel c of frame f is element c * frames + f of the image.
    let image = (0..<x.count).map { x[$0 % frames * channels + $0 / frames] }
    for (values, layout) in [
      (x, FrameLayout(frameStride: channels)), (image, FrameLayout(frameStride: 1, channelStride: frames)),
    ] {
      var values = values
      var span = values.mutableSpan
      if expected.layer == "prelu" {
        let alphas = try expected.input("alphas")
        Elementwise.prelu(alphas.span, &span, layout, frames: frames, channels: channels)
      } else {
        let mean = try expected.input("mean")
        let variance = try expected.input("variance")
        let gamma = try expected.input("gamma")
        let beta = try expected.input("beta")
        BatchNormalization.apply(
          mean: mean.span, variance: variance.span, gamma: gamma.span, beta: beta.span,
          epsilon: Float(try #require(expected.options["epsilon"])), &span, layout, frames: frames)
      }
      let isImage = layout.channelStride != 1
      expected.expect(isImage ? (0..<x.count).map { values[$0 % channels * frames + $0 / channels] } : values)
    }
  }

  @Test("Sums, products and biases touch their range alone")
  func elementwise() {
    var random = SplitMix(state: 1)
    let source = random.floats(20)
    let target = random.floats(20)
    for count in 0..<12 {
      var sum = target
      var sumSpan = sum.mutableSpan
      Elementwise.add(source.span, at: 3, to: &sumSpan, 5..<5 + count)
      var product = target
      var productSpan = product.mutableSpan
      Elementwise.multiply(source.span, at: 3, into: &productSpan, 5..<5 + count)
      for index in 0..<20 {
        let isInside = index >= 5 && index < 5 + count
        #expect(sum[index] == (isInside ? target[index] + source[index - 2] : target[index]))
        #expect(product[index] == (isInside ? target[index] * source[index - 2] : target[index]))
      }
    }
    var biased = target
    var span = biased.mutableSpan
    let bias = Array(source[0..<4])
    Elementwise.addBias(bias.span, to: &span, FrameLayout(start: 1, frameStride: 6), frames: 3)
    for index in 0..<20 {
      let channel = (index - 1) % 6
      let isInside = index >= 1 && index < 19 && channel < 4
      #expect(biased[index] == (isInside ? target[index] + bias[channel] : target[index]))
    }
  }

  @Test("Gates of LSTM and GRU, in lanes and one by one", arguments: try LayerCase.named("lstm", "gru"))
  func gates(expected: LayerCase) throws {
    let units = try expected.option("units")
    let x = try expected.input("x")
    let u = try expected.input("u")
    if expected.layer == "gru" {
      var state = [9] + (try expected.input("h"))
      var span = state.mutableSpan
      let order: GRUGateOrder = expected.options["rzn"] != nil ? .rzn : .zrn
      GRUGates.step(
        units: units, order: order, input: x.span, at: 0, recurrent: u.span, at: 0, state: &span, hiddenStart: 1)
      expected.expect(Array(state[1...]))
      return
    }
    // The sums apart, or added before.
    let sums = zip(x, u).map { $0 + $1 }
    var all: [[UInt32]] = []
    for (input, recurrent) in [(x, u), (sums, []), ([], sums)] {
      var state = (try expected.input("c")) + [Float](repeating: 9, count: units)
      var span = state.mutableSpan
      LSTMGates.step(
        units: units, input: input.span, at: 0, recurrent: recurrent.span, at: 0, state: &span, cellStart: 0,
        hiddenStart: units)
      expected.expect(state)
      all.append(bits(state))
    }
    #expect(all[0] == all[1] && all[0] == all[2])
  }

  @Test(
    "Activations and gates have the same bits with the machine's vectors and without", arguments: [1, 7, 8, 9, 40, 67])
  func paths(units: Int) {
    var random = SplitMix(state: UInt64(units))
    func wide(_ count: Int) -> [Float] {
      var values = random.floats(count).map { 8 * $0 }
      values[random.below(count)] = [.nan, .infinity, -.infinity, -0.0, 200][random.below(5)]
      return values
    }
    for activation in [Activation.tanh, .sigmoid, .silu, .elu(alpha: 1), .geluTanh, .geluErf, .softmax] {
      for _ in 0..<20 {
        let x = wide(units)
        var results: [[UInt32]] = []
        for path in [ProductPath.portable, .fastest] {
          var values = x
          var span = values.mutableSpan
          activation.apply(&span, 0..<units, path: path)
          results.append(bits(values))
        }
        #expect(results[0] == results[1], "\(activation)")
      }
    }
    for _ in 0..<20 {
      let x = wide(4 * units)
      let u = wide(4 * units)
      let start = wide(2 * units)
      var results: [[UInt32]] = []
      for path in [ProductPath.portable, .fastest] {
        for (input, recurrent) in [(x, u), (x, []), ([], u)] {
          var state = start
          var span = state.mutableSpan
          LSTMGates.step(
            units: units, input: input.span, at: 0, recurrent: recurrent.span, at: 0, state: &span, cellStart: units,
            hiddenStart: 0, path: path)
          results.append(bits(state))
        }
        for order in [GRUGateOrder.rzn, .zrn] {
          var state = start
          var span = state.mutableSpan
          GRUGates.step(
            units: units, order: order, input: x.span, at: units, recurrent: u.span, at: 0, state: &span,
            hiddenStart: 0,
            path: path)
          results.append(bits(state))
        }
      }
      #expect(results[0..<5] == results[5..<10])
    }
  }

  @Test("Two parts of one buffer, to read and to write")
  func parts() {
    var values = (0..<10).map { Float($0) }
    var span = values.mutableSpan
    span.withParts(reading: 6..<9, writing: 1..<4) { input, output in
      for index in input.indices { output[index] = 10 * input[index] }
    }
    #expect(values == [0, 60, 70, 80, 4, 5, 6, 7, 8, 9])
  }
}
