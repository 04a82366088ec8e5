import PareFormat
import Testing

@testable import PareEncode

@Suite("Budget")
struct BudgetTests {
  private func bell(_ count: Int, state: UInt64, by factor: Float, name: String) -> FloatTensor {
    var numbers = Numbers(state: state)
    return makeTensor((0..<count).map { _ in numbers.bell() * factor }, shape: [count / 10, 10], name: name)
  }

  private var model: [FloatTensor] {
    [
      bell(3000, state: 1, by: 0.3, name: "a"), bell(2000, state: 2, by: 0.05, name: "b"),
      makeTensor([1, 2, 3], name: "bias"),
    ]
  }

  private func search(_ profile: Profile = .compact, rules: [String] = []) throws -> BudgetSearch<SmallChecksum> {
    var plan = EncodingPlan()
    plan.quantization = .modelStep(nil)
    plan.rules = try rules.map { try TensorRule($0) }
    return try BudgetSearch(
      model, masks: plan.masks(for: model), plan: plan, options: EncodingOptions(profile: profile),
      container: ContainerOptions(), checksum: SmallChecksum.self)
  }

  private func byteCount(_ tensors: [EncodedTensor]) throws -> Int {
    try ContainerPlan(tensors, options: ContainerOptions(), checksum: SmallChecksum.self).byteCount
  }

  private func noise(_ tensors: [EncodedTensor]) -> Double {
    tensors.reduce(0) { $0 + ($1.errors?.noisePower ?? 0) }
  }

  @Test("A budget is never exceeded, nearly used, and a larger one has a smaller error", arguments: Profile.allCases)
  func withinBudget(profile: Profile) throws {
    let search = try search(profile)
    var last = Double.infinity
    for budget in [900, 1500, 2000, 3000, 4500, 7000] {
      guard let result = try? search.result(within: budget) else {
        #expect(profile == .inPlace && budget < 1500)
        continue
      }
      let used = try byteCount(result.tensors)
      #expect(used <= budget)
      // Fixed widths come in steps: the next width takes 625 bytes more.
      #expect(used > budget - (profile == .compact ? budget / 100 : 700))
      #expect(noise(result.tensors) <= last)
      last = noise(result.tensors)
      #expect(result.tensors[2].errors == nil)
      #expect(result.step != nil)
    }
  }

  @Test("A budget with room for the floats keeps them")
  func floats() throws {
    let result = try search().result(within: 30_000)
    #expect(result.step == nil && result.tensors.allSatisfy { $0.errors == nil })
  }

  @Test("A budget that no step meets is refused with the least size, which is enough")
  func tooSmall() throws {
    let search = try search()
    let error = try #require(throws: EncodeError.self) { try search.result(within: 20) }
    #expect(error.rule == .budgetTooSmall)
    let least = try #require(error.expected.split(separator: " ").compactMap { Int($0) }.first)
    #expect(throws: EncodeError.self) { try search.result(within: least - 1) }
    #expect(try byteCount(search.result(within: least).tensors) == least)
  }

  @Test("Tensors with settings of their own keep them, and dropped weights stay dropped")
  func rules() throws {
    let result = try search(rules: ["b: quantize=int8", "a: prune=sparsity=0.5"]).result(within: 4000)
    #expect(try byteCount(result.tensors) <= 4000)
    #expect(result.tensors[1].encoding.element.bitWidth == 8)
    #expect(result.tensors[0].nonZeroCount <= 1500)
  }
}
