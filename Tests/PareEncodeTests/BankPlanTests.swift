import Foundation
import PareEncode
import PareFormat
import Testing

@Suite("Writing banks")
struct BankPlanTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/bank")

  private func bytes(_ models: [BankPlan.Model], alignment: Int = 16) throws -> [UInt8] {
    let plan = try BankPlan(models, alignment: alignment, checksum: SmallChecksum.self)
    var bytes: [UInt8] = []
    plan.write { (piece: Span<UInt8>) in for index in piece.indices { bytes.append(piece[index]) } }
    #expect(bytes.count == plan.byteCount)
    return bytes
  }

  @Test("The models of each bank that the Python reference wrote give the same bank, in whatever order they come")
  func fixtures() throws {
    let table = try String(contentsOf: Self.folder.appending(path: "EXPECTED.tsv"), encoding: .utf8)
    let files = Set(table.split(separator: "\n").dropFirst().map { String($0.split(separator: "\t")[0]) })
    #expect(files.count >= 10)
    for file in files {
      let expected = [UInt8](try Data(contentsOf: Self.folder.appending(path: file)))
      let bank = try Bank.open(expected.span, checksum: SmallChecksum.self)
      var models = (0..<bank.modelCount).map { index in
        let entry = bank.entry(at: index, in: expected.span)
        return BankPlan.Model(
          name: String(decoding: expected[entry.name], as: UTF8.self), container: Array(expected[entry.model]))
      }
      #expect(try bytes(models, alignment: bank.alignment) == expected, "\(file)")
      models.reverse()
      #expect(try bytes(models, alignment: bank.alignment) == expected, "\(file)")
    }
  }

  @Test("Every alignment from 16 to 65 536 is written and read")
  func alignments() throws {
    for exponent in 4...16 {
      let models = [BankPlan.Model(name: "a", container: [1]), BankPlan.Model(name: "b", container: [2, 3])]
      let written = try bytes(models, alignment: 1 << exponent)
      let bank = try Bank.open(written.span, checksum: SmallChecksum.self)
      #expect(bank.alignment == 1 << exponent)
      // Header, index and names are 50 bytes.
      let second = max(64, 1 << exponent) + (1 << exponent)
      #expect(bank.entry(at: 1, in: written.span).model == second..<second + 2)
    }
  }

  @Test("No model, a name that is none and a name twice are refused")
  func refused() {
    func rule(_ names: [String]) -> EncodeError.Rule? {
      do throws(EncodeError) {
        _ = try BankPlan(names.map { .init(name: $0, container: []) }, checksum: SmallChecksum.self)
        return nil
      } catch {
        return error.rule
      }
    }
    #expect(rule([]) == .badBank)
    #expect(rule(["a", ""]) == .badName)
    #expect(rule(["a\n"]) == .badName)
    #expect(rule([String(repeating: "x", count: 256)]) == .badName)
    #expect(rule(["b", "a", "b"]) == .duplicateName)
    #expect(rule((0..<Bank.maximumModelCount + 1).map { "\($0)" }) == .badBank)
    #expect(rule((0..<Bank.maximumModelCount).map { "\($0)" }) == nil)
  }
}
