import PareFormat
import Testing

@testable import PareEncode

@Suite("Encoding plan")
struct RulePlanTests {
  private func plan(_ rules: String...) throws -> EncodingPlan {
    var plan = EncodingPlan()
    plan.quantization = .integer(bitWidth: 8)
    plan.pruning = .sparsity(0.5)
    plan.rules = try rules.map { try TensorRule($0) }
    return plan
  }

  @Test("Vectors are neither pruned nor quantized unless a rule says so")
  func vectors() throws {
    let plain = try plan()
    #expect(plain.settings(forName: "b", rank: 0).isKept)
    #expect(plain.settings(forName: "b", rank: 1).isKept)
    #expect(plain.settings(forName: "w", rank: 2).quantization == .integer(bitWidth: 8))
    #expect(plain.settings(forName: "w", rank: 2).pruning == .sparsity(0.5))

    let ruled = try plan("*: quantize=int4").settings(forName: "b", rank: 1)
    #expect(ruled.quantization == .integer(bitWidth: 4))
    #expect(ruled.pruning == .unpruned)
  }

  @Test("Later rules override earlier ones field by field; keep is neither pruned nor quantized")
  func order() throws {
    let plan = try plan(
      "*.w: quantize=int4 scale=group:32", "a.*: prune=2:4 affine", "a.w: keep", "a.w: quantize=f16")
    let settings = plan.settings(forName: "a.w", rank: 2)
    #expect(settings.quantization == .half)
    #expect(settings.pruning == .unpruned)
    #expect(settings.layout.granularity == .group(32))
    #expect(settings.scheme == .affine)
    let other = plan.settings(forName: "b.w", rank: 2)
    #expect(other.quantization == .integer(bitWidth: 4) && other.pruning == .sparsity(0.5))
    #expect(other.description == "prune=sparsity=0.5 quantize=int4 scale=group:32 symmetric")
    #expect(plan.settings(forName: "b", rank: 1).description == "keep")
  }

  @Test(
    "Without a layout the whole tensor shares a scale, with tflite an index of axis 0; a vector has one row")
  func layouts() throws {
    var plan = try plan("b: quantize=int8", "c: quantize=int8 scale=axis,f16")
    #expect(plan.settings(forName: "w", rank: 2).layout == .tensor)
    plan.convention = .tflite
    #expect(plan.settings(forName: "w", rank: 2).layout.granularity == .axis(0))
    #expect(plan.settings(forName: "b", rank: 1).layout == .tensor)
    #expect(plan.settings(forName: "c", rank: 1).layout.description == "tensor,f16")
    plan.layout = ScaleLayout(.group(64))
    #expect(plan.settings(forName: "w", rank: 2).layout.granularity == .group(64))
    #expect(plan.settings(forName: "b", rank: 1).layout.granularity == .group(64))
  }

  @Test("Masks follow the rules, and tensors with the same model sparsity share one limit")
  func masks() throws {
    var plan = EncodingPlan()
    plan.pruning = .modelSparsity(0.5)
    plan.rules = [
      try TensorRule("t: prune=threshold=2"), try TensorRule("k: keep"),
      try TensorRule("s: prune=sparsity=0.25"),
    ]
    let tensors =
      ["a", "b", "t", "k", "s"].map { makeTensor([1, 2, 3, 4], shape: [2, 2], name: $0) }
      + [makeTensor([10, 20, 30, 40], shape: [2, 2], name: "c"), makeTensor([1, 2], name: "v")]
    let masks = plan.masks(for: tensors)
    // a, b and c: 6 of 12 go, 1 1 2 2 3 3.
    #expect(masks.map { $0?.droppedCount } == [3, 3, 2, nil, 1, 0, nil])
  }

  @Test("Rules that match no tensor are told")
  func unmatched() throws {
    let plan = try plan("fc*: quantize=int4", "cf*: quantize=int4")
    #expect(plan.unmatchedRules(among: ["fc1", "x"]).map(\.description) == ["cf*: quantize=int4"])
  }

  @Test("Settings quantize a tensor as they say")
  func quantized() throws {
    let plan = try plan("w: scale=axis affine")
    let tensor = makeTensor([1, 2, 3, 4], shape: [2, 2])
    let mask = try #require(plan.masks(for: [tensor])[0])
    let found = try plan.settings(forName: "w", rank: 2).quantized(tensor, mask: mask)
    #expect(found.granularity == .axis(0) && found.hasZeroPoints && found.nonZeroCount == 2)
  }
}
