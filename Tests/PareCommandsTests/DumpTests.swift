import Foundation
import Pare
import PareFormat
import Testing

@testable import PareCommands

@Suite("dump")
struct DumpTests {
  /// The fields' ranges, which follow each other from 0 to the last byte.
  private func expectPartition(_ bytes: [UInt8], _ name: String) -> FormatError? {
    let (items, failure) = dumpItems(bytes.span)
    var end = 0
    for case .field(let field) in items {
      #expect(field.range.lowerBound == end && !field.range.isEmpty, "\(name): \(field)")
      end = field.range.upperBound
    }
    #expect(end == bytes.count, "\(name)")
    return failure
  }

  @Test("Every byte of every valid fixture is accounted for once, by a field with a name")
  func valid() throws {
    for url in try Package.containers("valid") {
      let bytes = [UInt8](try Data(contentsOf: url))
      #expect(expectPartition(bytes, url.lastPathComponent) == nil)
      for case .field(let field) in dumpItems(bytes.span).items {
        #expect(!field.name.isEmpty && field.name != "not understood", "\(url.lastPathComponent): \(field)")
      }
    }
  }

  @Test("Every byte of every invalid fixture is accounted for once, and the error is the reader's")
  func invalid() throws {
    let table = Package.root.appending(path: "Fixtures/invalid/EXPECTED.tsv")
    for line in try String(contentsOf: table, encoding: .utf8).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard columns[4] != "32-bit" else { continue }
      let bytes = [UInt8](try Data(contentsOf: Package.root.appending(path: "Fixtures/invalid/\(columns[0])")))
      let failure = try #require(expectPartition(bytes, columns[0]))
      #expect("\(failure.code)" == columns[1] && failure.offset == Int(columns[2]), "\(columns[0])")
    }
  }

  @Test("A damaged or cut container of any kind is dumped without a trap")
  func damaged() throws {
    let coded = [
      "coded-position-classes.pare", "coded-classes.pare", "coded-f16-bf16.pare", "coded-segments-dense.pare",
    ]
    for name in [
      "pairs-00.pare", "model-audio.pare", "sections-all-known-and-unknown.pare", "position-rice-nnz-random.pare",
    ] + coded {
      let whole = [UInt8](try Data(contentsOf: Package.root.appending(path: "Fixtures/valid/\(name)")))
      for length in stride(from: 0, to: whole.count, by: 1 + whole.count / 200) {
        _ = expectPartition(Array(whole[..<length]), "\(name) cut at \(length)")
      }
      for bit in stride(from: 0, to: 8 * min(whole.count, 800), by: 3) {
        var bytes = whole
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(expectPartition(bytes, "\(name) bit \(bit)") != nil)
      }
    }
  }

  @Test("--all shows every byte; without it the lines that stand for others count them")
  func bytesShown() throws {
    for url in try Package.containers("valid") where try Data(contentsOf: url).count < 20_000 {
      let bytes = [UInt8](try Data(contentsOf: url))
      for all in [true, false] {
        let run = pare(["dump", url.path] + (all ? ["--all"] : []), width: 400)
        #expect(run.status == 0)
        var count = 0
        for line in run.text.split(separator: "\n") where line.hasPrefix("0x") {
          // Bits stand below the bytes that they are of.
          if line.prefix(while: { $0 != " " }).contains(".") { continue }
          let rest = line.drop { $0 != " " }.drop { $0 == " " }
          if rest.hasPrefix("... ") {
            #expect(!all)
            count += Int(rest.dropFirst(4).prefix { $0 != " " }) ?? 0
          } else {
            // 8 bytes are 23 columns.
            let shown = rest.prefix(23).split(separator: " ").prefix { $0.count == 2 && Int($0, radix: 16) != nil }
            for hex in shown {
              #expect(count < bytes.count && Int(hex, radix: 16) == Int(bytes[min(count, bytes.count - 1)]))
              count += 1
            }
          }
        }
        #expect(count == bytes.count, "\(url.lastPathComponent)")
      }
    }
  }

  @Test("Every bit of the description of every coded part of every valid fixture belongs to one field with a name")
  func bits() throws {
    let names: Set = [
      "s", "mode", "precision", "classes", "positionClasses", "table", "knot", "segment class", "position class",
      "padding",
    ]
    for url in try Package.containers("valid") {
      let bytes = [UInt8](try Data(contentsOf: url))
      let codedCount = try Model(bytes: bytes).records.count { $0.encoding.coded != nil }
      var count = 0
      for case .field(let field) in dumpItems(bytes.span).items where !field.bits.isEmpty {
        #expect(field.name == "description")
        count += 1
        var end = 0
        for line in DumpBitsItem.lines(field.bits) {
          #expect(line.start == end && line.bitCount > 0 && line.widths.allSatisfy { $0 > 0 }, "\(url): \(line)")
          // A line without a name goes on with the one above.
          let name = line.name.filter { !$0.isNumber }
          #expect(names.contains(name.trimmingCharacters(in: .whitespaces)) || (name.isEmpty && end > 0), "\(line)")
          end = line.start + line.bitCount
        }
        #expect(end == 8 * field.range.count, "\(url.lastPathComponent)")
      }
      #expect(count == codedCount, "\(url.lastPathComponent)")
    }
  }

  @Test("--all shows every bit of a description; without it the lines that stand for others count them")
  func bitsShown() throws {
    var shortCount = 0
    for name in ["coded-position-classes", "coded-segments-short-last", "coded-tables-lines", "coded-f32"] {
      let url = Package.root.appending(path: "Fixtures/valid/\(name).pare")
      let bytes = [UInt8](try Data(contentsOf: url))
      var expected = ""
      for case .field(let field) in dumpItems(bytes.span).items where !field.bits.isEmpty {
        for byte in bytes[field.range] { expected += (0..<8).map { byte >> $0 & 1 == 1 ? "1" : "0" }.joined() }
      }
      for all in [true, false] {
        let run = pare(["dump", url.path] + (all ? ["--all"] : []), width: 400)
        var shown = ""
        var isShort = false
        for line in run.text.split(separator: "\n") where line.prefix(while: { $0 != " " }).contains(".") {
          let words = line.split(separator: " ").dropFirst()
          if words.first == "..." {
            isShort = true
            let count = try #require(Int(words.dropFirst().first ?? ""))
            shown += expected.dropFirst(shown.count).prefix(count)
          } else {
            // Two blanks end the bits.
            let rest = line.drop { $0 != " " }.dropFirst()
            let end = rest.range(of: "  ")?.lowerBound ?? rest.endIndex
            shown += rest[..<end].filter { $0 != " " }
          }
        }
        #expect(shown == expected, "\(name)")
        #expect(!isShort || !all)
        shortCount += isShort ? 1 : 0
      }
    }
    #expect(shortCount > 0)
  }

  @Test("A damaged container is shown up to the damage, and the status is 65")
  func damage() throws {
    let folder = try TemporaryFolder()
    var bytes = [UInt8](try Data(contentsOf: Package.root.appending(path: "Fixtures/valid/article.pare")))
    bytes[0x19] ^= 1
    let run = pare("dump", try folder.write(bytes, to: "bad.pare"))
    #expect(run.status == 65)
    #expect(run.errors.hasSuffix("at byte 0x19 [sectionChecksum]\n"))
    #expect(run.text.contains("0x10  03                       element "))
    #expect(run.text.contains("<==[sectionChecksum]"))
    #expect(run.text.contains("-- behind the damage\n0x1D  C0"))
  }

  @Test("Spec/example.txt is what dump says about the worked example")
  func example() throws {
    let article = Package.root.appending(path: "Fixtures/valid/article.pare").path
    let example = Package.root.appending(path: "Spec/example.txt")
    #expect(pare("dump", article).text == (try String(contentsOf: example, encoding: .utf8)))
  }
}
