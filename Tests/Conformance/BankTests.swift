import Foundation
import Pare
import PareFormat
import Testing

@Suite("Banks: several containers in one image")
struct BankTests {
  private static let folder = FixtureFiles.root.appending(path: "Fixtures/bank")

  private static func rows(_ table: String) throws -> [[String]] { try FixtureFiles.rows(folder, table) }

  private static func validFiles() throws -> [String] { Set(try rows("EXPECTED.tsv").map { $0[0] }).sorted() }

  @Test("Every valid bank gives names, places and bytes of its models, by number and by name")
  func valid() throws {
    let rows = try Self.rows("EXPECTED.tsv")
    for file in try Self.validFiles() {
      let bytes = try FixtureFiles.bytes(Self.folder, file)
      let bank = try Bank.open(bytes.span, checksum: SmallChecksum.self)
      let expected = rows.filter { $0[0] == file }
      #expect(bank.modelCount == expected.count, "\(file)")
      for (index, row) in expected.enumerated() {
        let entry = bank.entry(at: index, in: bytes.span)
        #expect(String(decoding: bytes[entry.name], as: UTF8.self) == row[1], "\(file)")
        #expect("\(entry.model.lowerBound)" == row[2] && "\(entry.model.count)" == row[3], "\(file) \(row[1])")
        #expect(entry.model.lowerBound % bank.alignment == 0)
        let crc = ZlibChecksum.update(0, bytes.span, entry.model)
        #expect(UInt32(row[4], radix: 16) == crc, "\(file) \(row[1])")
        #expect(bank.entry(named: Array(row[1].utf8).span, in: bytes.span) == entry, "\(file) \(row[1])")
      }
      let names = Set(["", "A", "a.", "zzz", String(repeating: "x", count: 253)]).subtracting(expected.map { $0[1] })
      for name in names {
        #expect(bank.entry(named: Array(name.utf8).span, in: bytes.span) == nil, "\(file) \(name)")
      }
    }
  }

  @Test("Every damaged bank is refused with the code and the offset of the spec")
  func invalid() throws {
    let rows = try Self.rows("ERRORS.tsv")
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".bank") }
    #expect(Set(rows.map { $0[0] }).union(try Self.validFiles()) == Set(files))
    for row in rows {
      let error = refusal(try FixtureFiles.bytes(Self.folder, row[0]))
      #expect(error.map { "\($0.code) \($0.offset)" } == "\(row[1]) \(row[2])", "\(row[0])")
      #expect(error?.tensor == nil)
    }
  }

  @Test("No changed bit outside the models goes unseen; one inside leaves index and places as they were")
  func singleBitFlips() throws {
    for file in try Self.validFiles() {
      var bytes = try FixtureFiles.bytes(Self.folder, file)
      let bank = try Bank.open(bytes.span, checksum: ZlibChecksum.self)
      let models = (0..<bank.modelCount).map { bank.entry(at: $0, in: bytes.span).model }
      for offset in bytes.indices {
        let isInModel = models.contains { $0.contains(offset) }
        for bit in 0..<8 {
          bytes[offset] ^= 1 << bit
          let isAccepted = refusal(bytes) == nil
          if isAccepted != isInModel { Issue.record("\(file): bit \(bit) of byte \(offset)") }
          bytes[offset] ^= 1 << bit
        }
      }
    }
  }

  @Test("Every truncation is refused, and so is a byte too many")
  func truncations() throws {
    for file in try Self.validFiles() {
      let bytes = try FixtureFiles.bytes(Self.folder, file)
      for count in bytes.indices where refusal(Array(bytes[..<count])) == nil {
        Issue.record("\(file): accepted with \(count) of \(bytes.count) bytes")
      }
      #expect(refusal(bytes + [0])?.code == .trailingBytes, "\(file)")
    }
  }

  @Test("Random mutations under a right checksum are refused, or give places in the image that do not overlap")
  func mutations() throws {
    let files = try Self.validFiles().map { try FixtureFiles.bytes(Self.folder, $0) }.filter { $0.count < 2048 }
    var random = SplitMix(state: 7)
    var accepted = 0
    for _ in 0..<200_000 {
      var bytes = files[random.below(files.count)]
      for _ in 0..<1 + random.below(3) {
        // Mostly the index, where the numbers are.
        let offset = random.below(random.below(4) == 0 ? bytes.count : min(bytes.count, 120))
        bytes[offset] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next())][random.below(6)]
      }
      if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
      repairChecksums(&bytes)
      if refusal(bytes) == nil { accepted += 1 }
      readEverything(bytes.span)
    }
    #expect(accepted > 100)
  }

  private func refusal(_ bytes: [UInt8]) -> FormatError? {
    do throws(FormatError) {
      _ = try Bank.open(bytes.span, checksum: ZlibChecksum.self)
      return nil
    } catch {
      return error
    }
  }
}
