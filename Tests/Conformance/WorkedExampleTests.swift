import Foundation
import Testing

@Suite("Worked example of the spec")
struct WorkedExampleTests {
  @Test("The table of FORMAT.md section 14 is article.pare, byte for byte")
  func table() throws {
    let spec = try String(contentsOf: FixtureFiles.root.appending(path: "Spec/FORMAT.md"), encoding: .utf8)
    var bytes: [UInt8] = []
    for match in spec.matches(of: /\n\| 0x([0-9A-F]+) \| ([0-9A-F ]*) \|/) {
      #expect(Int(match.1, radix: 16) == bytes.count)
      bytes += try match.2.split(separator: " ").map { try #require(UInt8($0, radix: 16)) }
    }
    #expect(try bytes == FixtureFiles.bytes(FixtureFiles.valid, "article.pare"))
  }
}
