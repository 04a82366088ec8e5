import Foundation
import Testing

@Suite("inspect --target")
struct TargetTests {
  private static func fixture(_ path: String) -> String { Package.root.appending(path: "Fixtures/\(path).pare").path }

  private struct Answer: Decodable {
    struct Target: Decodable {
      struct Memory: Decodable {
        let byteCount: Int
        let parts: [String: Int]
        let limit: Int?
      }
      let name: String
      let library: String
      let flash: Memory
      let ram: Memory
      let multiplyAdds: Int?
      let codedTensors: Int
      let fits: Bool?
    }
    let byteCount: Int
    let target: Target?
  }

  private func answer(_ arguments: String...) throws -> Answer {
    let run = pare(["inspect", "--json"] + arguments)
    #expect(run.errors.isEmpty)
    return try JSONDecoder().decode(Answer.self, from: Data(run.output))
  }

  /// The last paragraph of the text, without the container's path.
  private func report(_ run: CommandRun) -> String {
    run.text.range(of: "\n\ntarget ").map { String(run.text[$0.lowerBound...].dropFirst(2)) } ?? ""
  }

  @Test("The report of a model, of weights alone, and of what does not fit is what it was")
  func text() throws {
    let runs = [
      pare("inspect", Self.fixture("running/gru"), "--target", "cortex-m4", "--flash", "256KB", "--ram", "8KB"),
      pare("inspect", Self.fixture("valid/article"), "--target", "cortex-m0"),
      pare("inspect", Self.fixture("running/lstm"), "--target", "cortex-m7", "--flash", "64KiB", "--ram", "1000"),
    ]
    #expect(runs.map(\.status) == [0, 0, 1])
    try expectGolden(runs.map(report).joined(separator: "\n"), "target")
  }

  @Test("Flash and memory are the sums of their parts, on every machine")
  func sums() throws {
    for machine in ["cortex-m0", "cortex-m4", "cortex-m7", "riscv32", "wasm32"] {
      for path in ["running/gru", "running/conv2d-pool2d", "valid/article", "valid/tensors-none"] {
        let answer = try answer(Self.fixture(path), "--target", machine)
        let target = try #require(answer.target)
        #expect(target.name == machine)
        #expect(target.flash.parts.values.reduce(0, +) == target.flash.byteCount)
        #expect(target.ram.parts.values.reduce(0, +) == target.ram.byteCount)
        #expect(target.flash.parts["container"] == answer.byteCount)
        #expect((target.flash.parts["library"] ?? 0) > 5_000)
        #expect(target.fits == nil)
      }
    }
    #expect(try answer(Self.fixture("running/gru")).target == nil)
  }

  @Test(
    "The library is the smallest that does it: without models for weights, without images for sequences, without entropy coding for what lies in place",
    arguments: [
      ("valid/article", "libpare-in-place.a"), ("valid/coded-affine01to08-sparse", "libpare-reader.a"),
      ("running/gru", "libpare-sequence-in-place.a"), ("running/conv2d-pool2d", "libpare.a"),
    ])
  func library(path: String, name: String) throws {
    let target = try #require(try answer(Self.fixture(path), "--target", "cortex-m4").target)
    #expect(target.library == name)
    let text = pare("inspect", Self.fixture(path), "--target", "cortex-m4").text
    #expect(text.contains("library   \(name), the smallest that"))
  }

  @Test("A model whose weights are entropy coded takes a larger library than the same in place")
  func codedModel() throws {
    let folder = try TemporaryFolder()
    var sizes: [Int] = []
    for (profile, name) in [("in-place", "libpare-sequence-in-place.a"), ("compact", "libpare-sequence.a")] {
      let model = folder.path("\(profile).pare")
      let run = pare(
        "convert", Package.source("mlp.json"), "-o", model, "--layers", "fc1 relu fc2", "--profile", profile,
        "--quantize",
        "int8")
      try #require(run.status == 0)
      let target = try #require(try answer(model, "--target", "riscv32").target)
      #expect(target.library == name)
      sizes.append(target.flash.parts["library"] ?? 0)
    }
    #expect(sizes[0] < sizes[1])
  }

  @Test("The memory of a model is that of its tables, state and scratch, counted by hand")
  func memory() throws {
    let ram = try #require(try answer(Self.fixture("valid/model-gru"), "--target", "riscv32").target).ram.parts
    let whole = pare("inspect", "--json", Self.fixture("valid/model-gru"))
    struct Model: Decodable {
      struct Inner: Decodable {
        struct Step: Decodable { let kind: String, tensors: [String: String?] }
        struct Port: Decodable { let shape: [Int] }
        let stateCount: Int, scratchCount: Int, operations: [Step], inputs: [Port], outputs: [Port]
      }
      struct Tensor: Decodable { let name: String, elementCount: Int }
      let model: Inner, tensors: [Tensor]
    }
    let found = try JSONDecoder().decode(Model.self, from: Data(whole.output))
    let matrices: Set = ["weight", "kernel", "recurrentKernel", "table"]
    var tables = 8 * ((44 * (found.model.inputs.count + found.model.operations.count) + 7) / 8)
    tables = 8 * ((tables + 156 * found.model.operations.count + 7) / 8)
    let used = found.model.operations.flatMap(\.tensors).compactMap { slot in slot.value.map { (slot.key, $0) } }
    tables = 8 * ((tables + 164 * used.count { matrices.contains($0.0) } + 7) / 8)
    tables = 8 * ((tables + 4 * found.model.outputs.count + 7) / 8)
    let constants = used.filter { !matrices.contains($0.0) }.map { name in
      found.tensors.first { $0.name == name.1 }?.elementCount ?? 0
    }
    #expect(!constants.isEmpty)
    tables = 8 * ((tables + 4 * constants.reduce(0, +) + 7) / 8)
    #expect(ram["tables"] == tables)
    #expect(ram["state"] == 8 * ((4 * found.model.stateCount + 7) / 8))
    #expect(ram["scratch"] == 8 * ((4 * found.model.scratchCount + 7) / 8))
    let frames = (found.model.inputs + found.model.outputs).map { $0.shape.reduce(1, *) }.reduce(0, +)
    #expect(ram["frames"] == 4 * frames)
  }

  @Test("It fits when it takes all there is, and does not with a byte less: exit status 1")
  func limits() throws {
    let path = Self.fixture("running/gru")
    let needs = try #require(try answer(path, "--target", "cortex-m4").target)
    for (flash, ram, fits) in [(0, 0, true), (-1, 0, false), (0, -1, false), (1, 1, true)] {
      let arguments = [
        "inspect", path, "--target", "cortex-m4", "--flash", "\(needs.flash.byteCount + flash)", "--ram",
        "\(needs.ram.byteCount + ram)",
      ]
      let text = pare(arguments)
      #expect(text.status == (fits ? 0 : 1))
      #expect(text.text.hasSuffix(fits ? "verdict   fits\n" : "verdict   does not fit\n"))
      let json = pare(arguments + ["--json"])
      #expect(json.status == (fits ? 0 : 1))
      #expect(try JSONDecoder().decode(Answer.self, from: Data(json.output)).target?.fits == fits)
    }
    #expect(pare("inspect", path, "--target", "cortex-m4", "--flash", "1").status == 1)
    #expect(pare("inspect", path, "--target", "cortex-m4", "--ram", "1MiB").status == 0)
  }

  @Test("Behind a transposed convolution the multiply-adds are those of all its frames")
  func bursts() throws {
    let folder = try TemporaryFolder()
    func row(_ count: Int) -> String { "[" + [String](repeating: "0.5", count: count).joined(separator: ",") + "]" }
    func list(_ text: String, _ count: Int) -> String {
      "[" + [String](repeating: text, count: count).joined(separator: ",") + "]"
    }
    let json = #"{"up.weight": \#(list(list(row(4), 3), 2)), "fc.weight": \#(list(row(3), 1))}"#
    let source = try folder.write(Array(json.utf8), to: "m.json")
    let model = folder.path("m.pare")
    #expect(
      pare("convert", source, "-o", model, "--profile", "in-place", "--layers", "up(transposed,stride=4) fc").status
        == 0)
    let target = try #require(try answer(model, "--target", "cortex-m4").target)
    // Four frames of 3 rows of 2 * 4 weights, then of one row of 3.
    #expect(target.multiplyAdds == 4 * 3 * 8 + 4 * 3)
    #expect(target.codedTensors == 0)
    #expect(target.ram.parts["frames"] == 4 * (2 + 4))
  }

  @Test("A machine that is not known, a size that is none, and a size without a machine are usage errors")
  func refused() {
    let path = Self.fixture("running/gru")
    let unknown = pare("inspect", path, "--target", "cortexm4")
    #expect(unknown.status == 64 && unknown.errors.contains("Did you mean 'cortex-m4'?"))
    for size in ["10x", "KB", "1.5.0", "-1", "1e3"] {
      let run = pare("inspect", path, "--target", "riscv32", "--flash=\(size)")
      #expect(run.status == 64 && run.errors.contains("invalid for '--flash <size>'"), "\(size)")
    }
    let alone = pare("inspect", path, "--ram", "1KB")
    #expect(alone.status == 64 && alone.errors.contains("The option '--ram' needs '--target <machine>'"))
  }
}
