import Foundation
import PareFormat
import Testing

@Suite("Inputs that once broke a reader")
struct CrashReplayTests {
  @Test("Every file of Fixtures/crashes is read or refused, as it is and with its checksums repaired; none traps")
  func crashes() throws {
    let folder = FixtureFiles.root.appending(path: "Fixtures/crashes")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(".md") }
    for file in files.sorted() {
      var bytes = try FixtureFiles.bytes(folder, file)
      readEverything(bytes.span)
      repairChecksums(&bytes)
      readEverything(bytes.span)
    }
  }

  @Test("Every fixture is read alike whole, row by row and non-zero by non-zero, or is refused as the table says")
  func fixtures() throws {
    for file in try FixtureFiles.files(FixtureFiles.valid) {
      let bytes = try FixtureFiles.bytes(FixtureFiles.valid, file)
      let error = readEverything(bytes.span)
      #expect(error == nil, "\(file)")
    }
    for fixture in try FixtureFiles.invalidErrors() where !fixture.is32Bit {
      let bytes = try FixtureFiles.bytes(FixtureFiles.invalid, fixture.file)
      let error = readEverything(bytes.span)
      #expect(error.map { "\($0.code) \($0.offset)" } == "\(fixture.code) \(fixture.offset)", "\(fixture.file)")
    }
  }
}
