import AllocationCounter
import Pare
import PareEncode
import PareFormat
import PareInference
import Testing

@Suite("Sessions")
struct SessionTests {
  /// A graph that streams, with side connections and memory, and its tensors.
  private func model(_ profile: Profile, sparsity: Double = 0, quantization: String = "int8") throws -> Model {
    var random = SplitMix(state: 7)
    var tensors: [FloatTensor] = []
    func tensor(_ name: String, _ shape: [Int]) -> Int {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { _ in Float(random.below(2001) - 1000) / 1500 }
      tensors.append(FloatTensor(name: name, shape: shape, values: FloatBuffer(values)))
      return tensors.count - 1
    }
    var graph = ModelGraph(inputs: [.init("audio", FrameShape(2)), .init("knob", FrameShape(1))])
    let joined = graph.append(.concatenate, [0, 1])
    let conv = graph.append(
      .conv1d, [joined], tensors: [tensor("a.weight", [12, 3, 3]), tensor("a.bias", [12])], attributes: [1, 5, 1, 0])
    let grouped = graph.append(
      .conv1d, [conv], tensors: [tensor("b.weight", [12, 4, 2]), nil], attributes: [1, 3, 3, 0])
    let sum = graph.append(.add, [graph.append(.tanh, grouped), conv])
    let lstm = graph.append(
      .lstm, [sum],
      tensors: [
        tensor("c.weight_ih", [40, 12]), tensor("c.weight_hh", [40, 10]), tensor("c.bias_ih", [40]),
        tensor("c.bias_hh", [40]), tensor("c.state", [20]),
      ])
    let gru = graph.append(
      .gru, [lstm], tensors: [tensor("d.weight_ih", [27, 10]), tensor("d.weight_hh", [27, 9])], attributes: [1])
    let part = graph.append(.slice, [gru], attributes: [2, 5])
    let product = graph.append(.multiply, [part, graph.append(.sigmoid, part)])
    let dense = graph.append(.dense, [product], tensors: [tensor("e.weight", [3, 5]), tensor("e.bias", [3])])
    graph.outputs = [.init("left", dense), .init("right", graph.append(.gain, [sum], tensors: [tensor("f", [1])]))]
    var plan = EncodingPlan()
    plan.quantization = try Quantization(quantization)
    let masks = tensors.map { sparsity > 0 && $0.shape.count > 1 ? PruningMask(of: $0, sparsity: sparsity) : nil }
    let encoded = try tensors.indices.map {
      try TensorEncoder.encode(
        tensors[$0], mask: masks[$0], settings: plan.settings(forName: tensors[$0].name, rank: tensors[$0].shape.count),
        options: EncodingOptions(profile: profile), checksum: ZlibChecksum.self)
    }
    return try Model(bytes: containerBytes(encoded, ContainerOptions(model: graph)))
  }

  private func containerBytes(_ tensors: [EncodedTensor], _ options: ContainerOptions) throws -> [UInt8] {
    let plan = try ContainerPlan(tensors, options: options, checksum: ZlibChecksum.self)
    var bytes: [UInt8] = []
    plan.write { piece in for index in piece.indices { bytes.append(piece[index]) } }
    return bytes
  }

  private var inputs: [Float] {
    var random = SplitMix(state: 99)
    return (0..<200 * 3).map { _ in Float(random.below(2001) - 1000) / 1000 }
  }

  /// All outputs, `size` frames at a time.
  private func outputs(_ session: Session, _ size: Int) -> [UInt32] {
    let width = session.program.inputCount
    var found: [UInt32] = []
    var block = [Float](repeating: 0, count: size * session.program.outputCount)
    var frame = 0
    while frame < 200 {
      let end = min(frame + size, 200)
      var span = block.mutableSpan
      let made = session.step(inputs.span.extracting(frame * width..<end * width), into: &span)
      found += block[..<(made * session.program.outputCount)].map(\.bitPattern)
      frame = end
    }
    return found
  }

  @Test(
    "Bits do not depend on the frames of a step nor on the profile, and come again after a reset",
    arguments: [0, 0.5, 0.9], ["int8", "int5", "codebook:9", "f16", "none"])
  func sameBits(sparsity: Double, quantization: String) throws {
    let program = try model(.inPlace, sparsity: sparsity, quantization: quantization).program()
    let session = Session(program, frameCapacity: 1)
    let one = outputs(session, 1)
    #expect(one.count == 200 * 15 && one.contains { $0 != 0 })
    session.reset()
    #expect(outputs(session, 1) == one)
    for size in [7, 64] { #expect(outputs(Session(program, frameCapacity: 64), size) == one) }
    for profile in Profile.allCases {
      #expect(outputs(Session(try repacked(program.model, profile).program()), 64) == one)
    }
  }

  /// The same content in another profile: what is dense stays dense, what is sparse stays sparse, and so sums have one order.
  private func repacked(_ model: Model, _ profile: Profile) throws -> Model {
    let tensors = try model.records.indices.map {
      let tensor = try model.tensor(at: $0)
      return TensorRepacker.repack(
        tensor.tensor, name: tensor.name, provenance: nil, in: model.bytes, options: EncodingOptions(profile: profile),
        checksum: ZlibChecksum.self)
    }
    let graph = ModelGraph(try #require(model.container.model), model.bytes)
    return try Model(bytes: containerBytes(tensors, ContainerOptions(model: graph)))
  }

  @Test(
    "In integers bits depend neither on the frames of a step, nor on the profile, nor on the path, and come again after a reset",
    arguments: [0, 0.5, 0.9], ["int8", "int5"])
  func sameBitsInIntegers(sparsity: Double, quantization: String) throws {
    let source = try model(.inPlace, sparsity: sparsity, quantization: quantization)
    let floats = outputs(Session(try source.program(), frameCapacity: 64), 64)
    var last: [UInt32] = floats
    for arithmetic in [Arithmetic.int8, .int16] {
      let program = try source.program(arithmetic: arithmetic)
      #expect(program.integerMatrixCount == 7)
      let session = Session(program, frameCapacity: 1, path: .portable)
      let one = outputs(session, 1)
      #expect(one != last)
      last = one
      session.reset()
      #expect(outputs(session, 1) == one)
      for size in [1, 7, 64] {
        for path in [ProductPath.portable, .narrow, .fastest] {
          #expect(outputs(Session(program, frameCapacity: 64, path: path), size) == one)
        }
      }
      for profile in Profile.allCases {
        let repacked = try repacked(source, profile).program(arithmetic: arithmetic)
        #expect(outputs(Session(repacked, frameCapacity: 64), 64) == one)
      }
    }
    // What is not of integers of at most 8 bits stays as it was.
    let wide = try model(.inPlace, sparsity: sparsity, quantization: "int9").program(arithmetic: .int8)
    let same = try model(.inPlace, sparsity: sparsity, quantization: "int9").program()
    #expect(wide.integerMatrixCount == 0)
    #expect(outputs(Session(wide, frameCapacity: 64), 64) == outputs(Session(same, frameCapacity: 64), 64))
  }

  @Test("A step allocates nothing", arguments: [1, 64], Arithmetic.allCases)
  func allocations(size: Int, arithmetic: Arithmetic) throws {
    let session = Session(try model(.compact).program(arithmetic: arithmetic), frameCapacity: size)
    let inputs = [Float](inputs[..<(size * session.program.inputCount)])
    var outputs = [Float](repeating: 0, count: size * session.program.outputCount)
    func run() -> Int64 {
      let before = allocation_count()
      for _ in 0..<20 {
        var span = outputs.mutableSpan
        _ = session.step(inputs.span, into: &span)
      }
      return allocation_count() - before
    }
    // The first steps may load code.
    _ = run()
    #expect(run() == 0)
    // The counter counts.
    let before = allocation_count()
    let memory = [Float](repeating: 1, count: size + 1000)
    #expect(before < 0 || allocation_count() > before, "\(memory.count)")
  }
}
