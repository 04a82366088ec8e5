import CPare
import Foundation
import Pare
import PareFormat
import Testing

@testable import PareC

@Suite("Models from C")
struct ModelCallTests {
  /// A model in memory that is exactly what it asked for.
  @safe private final class Opened {
    let bytes: [UInt8]
    let file: GuardedBuffer
    var container = unsafe pare_container()
    var model = pare_model()
    var sizes = pare_sizes()
    let workspace: GuardedBuffer

    init(_ bytes: [UInt8]) throws {
      self.bytes = bytes
      file = GuardedBuffer(byteCount: bytes.count)
      unsafe file.start.copyMemory(from: bytes, byteCount: bytes.count)
      try #require(unsafe pare_open(&container, file.start, bytes.count, 0) == PARE_OK)
      try #require(unsafe pare_model_sizes(&container, &sizes) == PARE_OK)
      workspace = GuardedBuffer(byteCount: sizes.workspace)
    }

    func open() -> Int32 { unsafe pare_model_open(&model, &container, workspace.start, workspace.count) }

    /// Runs frames in steps of `size` frames.
    func run(_ inputs: [Float], size: Int) throws -> [UInt32] {
      let width = model.input_byte_count / 4
      let output = GuardedBuffer(byteCount: size * model.output_byte_count * model.largest_burst)
      var found: [UInt32] = []
      for start in stride(from: 0, to: inputs.count, by: size * width) {
        let input = Array(inputs[start..<min(start + size * width, inputs.count)])
        var made = 0
        try #require(
          unsafe pare_model_step(&model, input, 4 * input.count, output.floats, output.count, &made) == PARE_OK)
        found += output.bits(made)
      }
      #expect(output.isIntact && workspace.isIntact && file.isIntact)
      return found
    }
  }

  private static func inputs(_ count: Int) -> [Float] {
    (0..<count).map { Float(Double(($0 * 7919) % 2001 - 1000) / 1000) }
  }

  @Test("Every kind of operation gives a session's bits, in memory of the size stated, and again after a reset")
  func outputs() throws {
    for file in try CFixtures.files("Fixtures/running", ".pare") {
      let bytes = try CFixtures.bytes("Fixtures/running/" + file)
      let model = try Model(bytes: bytes)
      let program = try model.program()
      let opened = try Opened(bytes)
      #expect(opened.open() == PARE_OK, "\(file)")
      #expect(opened.model.input_byte_count == 4 * program.inputCount)
      #expect(opened.model.output_byte_count == 4 * program.outputCount)
      #expect(opened.model.largest_burst == program.largestBurst)
      #expect(opened.sizes.workspace == DeviceWorkspace(model)?.byteCount64)
      #expect(opened.sizes.state == 4 * program.section.stateCount)
      #expect(opened.sizes.scratch == 4 * program.section.scratchCount)
      let inputs = Self.inputs(50 * program.inputCount)
      let session = Session(program, frameCapacity: 1)
      var expected: [UInt32] = []
      for frame in 0..<50 {
        let input = Array(inputs[frame * program.inputCount..<(frame + 1) * program.inputCount])
        expected += session.step(input).map(\.bitPattern)
      }
      #expect(try opened.run(inputs, size: 1) == expected, "\(file)")
      for size in [7, 50] {
        #expect(unsafe pare_model_reset(&opened.model) == PARE_OK)
        #expect(try opened.run(inputs, size: size) == expected, "\(file)")
      }
    }
  }

  @Test("Input and output may be one buffer where their frames have one size")
  func inPlace() throws {
    var count = 0
    for file in try CFixtures.files("Fixtures/running", ".pare") {
      let opened = try Opened(CFixtures.bytes("Fixtures/running/" + file))
      #expect(opened.open() == PARE_OK)
      let frame = opened.model.input_byte_count
      guard frame == opened.model.output_byte_count, opened.model.largest_burst == 1 else { continue }
      count += 1
      let inputs = Self.inputs(10 * frame / 4)
      let expected = try opened.run(inputs, size: 10)
      let buffer = GuardedBuffer(byteCount: 10 * frame)
      for index in inputs.indices { unsafe buffer.floats[index] = inputs[index] }
      #expect(unsafe pare_model_reset(&opened.model) == PARE_OK)
      var made = 0
      #expect(
        unsafe pare_model_step(&opened.model, buffer.floats, buffer.count, buffer.floats, buffer.count, &made)
          == PARE_OK)
      #expect(buffer.bits(made) == expected && buffer.isIntact, "\(file)")
    }
    #expect(count > 0)
  }

  @Test("Models whose shapes or sizes disagree are refused with code and offset")
  func damaged() throws {
    for row in try CFixtures.rows("Fixtures/invalid/EXPECTED.tsv")
    where ["badShape", "badModelSize"].contains(row[1]) && row[4] == "any" {
      let bytes = try CFixtures.bytes("Fixtures/invalid/" + row[0])
      var container = unsafe pare_container()
      unsafe bytes.withUnsafeBytes { buffer in
        #expect(unsafe pare_open(&container, buffer.baseAddress, buffer.count, 0) == PARE_OK)
        var sizes = pare_sizes()
        #expect(unsafe pare_model_sizes(&container, &sizes) == PARE_OK)
        // Some state memory that a device would refuse before.
        let workspace = GuardedBuffer(byteCount: sizes.workspace)
        var model = pare_model()
        let code = unsafe pare_model_open(&model, &container, workspace.start, workspace.count)
        #expect(FormatError.Code(rawValue: UInt8(code)).map { "\($0)" } == row[1], "\(row[0])")
        #expect(model.error_offset == Int(row[2]), "\(row[0])")
        #expect(workspace.isIntact)
        #expect(unsafe pare_model_reset(&model) == PARE_NOT_OPEN)
      }
    }
  }

  @Test("A caller's mistakes have codes of their own")
  func mistakes() throws {
    let opened = try Opened(CFixtures.bytes("Fixtures/running/lstm.pare"))
    let floats = GuardedBuffer(byteCount: 1 << 12)
    func open(_ start: UnsafeMutableRawPointer?, _ count: Int) -> Int32 {
      unsafe pare_model_open(&opened.model, &opened.container, start, count)
    }
    func step(_ input: Int, _ output: Int) -> Int32 {
      unsafe pare_model_step(&opened.model, floats.floats, input, floats.floats, output, nil)
    }
    #expect(open(nil, 1 << 20) == PARE_BAD_ARGUMENT)
    #expect(unsafe open(opened.workspace.start, -1) == PARE_BAD_ARGUMENT)
    #expect(unsafe open(opened.workspace.start, opened.workspace.count - 1) == PARE_BUFFER_TOO_SMALL)
    #expect(unsafe open(opened.workspace.start + 4, opened.workspace.count) == PARE_MISALIGNED)
    #expect(step(4, 4) == PARE_NOT_OPEN)
    #expect(opened.open() == PARE_OK)
    let (input, output) = (opened.model.input_byte_count, opened.model.output_byte_count)
    #expect(step(input - 1, output) == PARE_BAD_ARGUMENT)
    #expect(step(-input, output) == PARE_BAD_ARGUMENT)
    #expect(step(input, output - 1) == PARE_BUFFER_TOO_SMALL)
    #expect(step(2 * input, output) == PARE_BUFFER_TOO_SMALL)
    #expect(unsafe pare_model_step(&opened.model, nil, input, floats.floats, output, nil) == PARE_BAD_ARGUMENT)
    let odd = unsafe (floats.start + 2).assumingMemoryBound(to: Float.self)
    #expect(unsafe pare_model_step(&opened.model, odd, input, floats.floats, output, nil) == PARE_MISALIGNED)
    #expect(step(0, 0) == PARE_OK && step(input, output) == PARE_OK)
    var container = unsafe pare_container()
    let weights = try CFixtures.bytes("Fixtures/valid/article.pare")
    unsafe weights.withUnsafeBytes { buffer in
      #expect(unsafe pare_open(&container, buffer.baseAddress, buffer.count, 0) == PARE_OK)
      #expect(unsafe pare_model_sizes(&container, &opened.sizes) == PARE_NO_MODEL)
      #expect(
        unsafe pare_model_open(&opened.model, &container, opened.workspace.start, opened.workspace.count)
          == PARE_NO_MODEL)
    }
  }
}
