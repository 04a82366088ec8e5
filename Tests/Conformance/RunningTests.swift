import Foundation
import Pare
import PareFormat
import PareInference
import Testing

@Suite("Running models")
struct RunningTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/running")

  struct Line: Sendable, CustomTestStringConvertible {
    let file: String
    let frameCount: Int
    let outputs: [Double]
    var testDescription: String { file }
  }

  static let lines: [Line] = {
    let text = try? String(contentsOf: folder.appending(path: "OUTPUTS.tsv"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t")
      return Line(
        file: String(fields[0]), frameCount: Int(fields[1]) ?? 0,
        outputs: fields[2].split(separator: ",").map { Double($0) ?? .nan })
    }
  }()

  @Test("There is a model of each kind of operation")
  func kinds() throws {
    var kinds: Set<UInt8> = []
    for line in Self.lines {
      let model = try Model(path: Self.folder.appending(path: line.file).path)
      model.container.model?.forEachOperation(model.bytes) { _, operation, _ in
        kinds.insert(operation.kind.rawValue)
        return true
      }
    }
    #expect(kinds == Set(1...20))
  }

  @Test(
    "Models give what an independent program computes in float64, the same bits whatever the frames of a step and the path",
    arguments: lines)
  func outputs(line: Line) throws {
    let program = try Model(path: Self.folder.appending(path: line.file).path).program()
    let width = program.inputCount
    let inputs = (0..<24 * width).map { Float(Double(($0 * 7919) % 2001 - 1000) / 1000) }
    var bits: [UInt32]?
    let paths: [ProductPath] = [.portable, .narrow, .fastest]
    for (size, path, isFused) in [24, 5, 1].flatMap({ size in
      paths.flatMap { path in [(size, path, true), (size, path, false)] }
    }) {
      let session = Session(program, frameCapacity: size, path: path, isFused: isFused)
      var block = [Float](repeating: 0, count: size * program.outputCount * program.largestBurst)
      var found: [Float] = []
      for frame in stride(from: 0, to: 24, by: size) {
        var span = block.mutableSpan
        let end = min(frame + size, 24)
        let made = session.step(inputs.span.extracting(frame * width..<end * width), into: &span)
        found += block[..<(made * program.outputCount)]
      }
      #expect(found.count == line.outputs.count && found.count == line.frameCount * program.outputCount)
      for (value, expected) in zip(found, line.outputs) {
        #expect(abs(Double(value) - expected) <= 4e-6 * max(1, abs(expected)))
      }
      #expect(bits == nil || bits == found.map(\.bitPattern))
      bits = found.map(\.bitPattern)
    }
  }
}
