import CKernels
import PareEncode
import PareFormat
import PareInference
import Testing

@testable import Pare

@Suite("Fused steps")
struct FusedStepTests {
  /// Layers as a WaveNet has them, of `channels` channels, then recurrent layers.
  private func program(channels: Int, units: Int, quantization: String) throws -> ModelProgram {
    var random = SplitMix(state: UInt64(channels &* 100 &+ units))
    var tensors: [FloatTensor] = []
    func tensor(_ shape: [Int]) -> Int {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { _ in Float(random.below(2001) - 1000) / 3000 }
      let name = "t\(tensors.count + 100)"
      tensors.append(FloatTensor(name: name, shape: shape, values: FloatBuffer(values)))
      return tensors.count - 1
    }
    var graph = ModelGraph(inputs: [.init("audio", FrameShape(1))])
    var x = graph.append(.dense, [0], tensors: [tensor([channels, 1]), nil])
    var head: Int?
    for (layer, function) in [ActivationFunction.tanh, .relu, .sigmoid, .tanh].enumerated() {
      let conv = graph.append(
        .conv1d, [x], tensors: [tensor([channels, channels, [3, 2, 3, 6][layer]]), tensor([channels])],
        attributes: [1, [1, 2, 5, 16][layer], 1, 0])
      let mix = graph.append(.dense, [0], tensors: [tensor([channels, 1]), layer == 1 ? tensor([channels]) : nil])
      let sum = graph.append(.add, [conv, mix])
      let z = graph.append(function, sum)
      head = head.map { graph.append(.add, [$0, z]) } ?? z
      let out = graph.append(.dense, [z], tensors: [tensor([channels, channels]), tensor([channels])])
      x = graph.append(.add, [x, out])
    }
    let lstm = graph.append(
      .lstm, [x], tensors: [tensor([4 * units, channels]), tensor([4 * units, units]), tensor([4 * units]), nil, nil])
    let gru = graph.append(
      .gru, [lstm], tensors: [tensor([3 * units, units]), tensor([3 * units, units]), nil, tensor([3 * units])],
      attributes: [units & 1])
    let dense = graph.append(.dense, [gru], tensors: [tensor([3, units]), nil])
    graph.outputs = [.init("head", try #require(head)), .init("other", dense), .init("state", lstm)]
    var plan = EncodingPlan()
    plan.quantization = try Quantization(quantization)
    let encoded = try tensors.map {
      try TensorEncoder.encode(
        $0, mask: nil, settings: plan.settings(forName: $0.name, rank: $0.shape.count), options: EncodingOptions(),
        checksum: ZlibChecksum.self)
    }
    let options = ContainerOptions(model: graph)
    let container = try ContainerPlan(encoded, options: options, checksum: ZlibChecksum.self)
    var bytes: [UInt8] = []
    container.write { piece in for index in piece.indices { bytes.append(piece[index]) } }
    return try Model(bytes: bytes).program()
  }

  private func outputs(_ session: Session, _ size: Int) -> [UInt32] {
    let inputs = (0..<100).map { Float(($0 * 7919) % 2001 - 1000) / 500 }
    var found: [UInt32] = []
    var block = [Float](repeating: 0, count: size * session.program.outputCount)
    for frame in stride(from: 0, to: 100, by: size) {
      var span = block.mutableSpan
      let made = session.step(inputs.span.extracting(frame..<min(frame + size, 100)), into: &span)
      found += block[..<(made * session.program.outputCount)].map(\.bitPattern)
    }
    return found
  }

  @Test(
    "Fused steps give the bits of the operations one by one, on all paths, whatever the frames of a step",
    arguments: [1, 2, 4, 8, 12, 16, 17, 24, 33], ["none", "int8"])
  func sameBits(channels: Int, quantization: String) throws {
    let program = try program(channels: channels, units: channels + 7, quantization: quantization)
    let expected = outputs(Session(program, frameCapacity: 1, path: .portable, isFused: false), 1)
    #expect(Set(expected).count > 100)
    for path in [ProductPath.portable, .narrow, .fastest] {
      for size in [1, 2, 3, 7, 9, 64] {
        #expect(outputs(Session(program, frameCapacity: size, path: path), size) == expected, "\(path) \(size)")
      }
    }
  }

  @Test("A convolution takes the dense layer, the function and the sum behind it into its step")
  func steps() throws {
    let program = try program(channels: 8, units: 5, quantization: "none")
    let runner = ModelRunner(frameCapacity: 64, inputCount: 1, valuesCount: 1000)
    let fusion = StepFusion(program, runner)
    // The first layer, two for each of four, two recurrent ones, the last.
    #expect(fusion.steps.count == 12)
    #expect(fusion.work == [ModelWork(isFused: true, first: 0, end: 12)])
    #expect(fusion.steps[1].second.columns == 1 && fusion.steps[3].kept >= 0 && fusion.steps[3].added >= 0)
  }
}
