import Foundation
import Pare
import PareFormat
import Testing

/// The fixtures and what `EXPECTED.tsv` beside them says, found from this source file.
enum FixtureFiles {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let valid = root.appending(path: "Fixtures/valid")
  static let invalid = root.appending(path: "Fixtures/invalid")

  /// A tensor of a valid fixture.
  struct ExpectedTensor: Equatable {
    let name: String
    let shape: String
    let crc: String
  }

  /// An invalid fixture.
  struct ExpectedError: CustomTestStringConvertible, Sendable {
    let file: String
    let code: String
    let offset: Int
    let tensor: Int?
    let is32Bit: Bool
    var testDescription: String { file }
  }

  static func rows(_ folder: URL, _ table: String = "EXPECTED.tsv") throws -> [[String]] {
    try String(contentsOf: folder.appending(path: table), encoding: .utf8)
      .split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  static func validTensors() throws -> [String: [ExpectedTensor]] {
    var found: [String: [ExpectedTensor]] = [:]
    for row in try rows(valid) { found[row[0], default: []].append(.init(name: row[1], shape: row[2], crc: row[3])) }
    return found
  }

  static func invalidErrors() throws -> [ExpectedError] {
    try rows(invalid).map { row in
      ExpectedError(
        file: row[0], code: row[1], offset: try #require(Int(row[2])), tensor: Int(row[3]),
        is32Bit: row[4] == "32-bit")
    }
  }

  static func files(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".pare") }.sorted()
  }

  static func bytes(_ folder: URL, _ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: file)))
  }
}

/// Opens and checks everything, as a reader that validates a whole container does.
func validateWhole<C: Checksum>(_ bytes: Span<UInt8>, _ checksum: C.Type, is32Bit: Bool = false) -> FormatError? {
  do {
    let container = try Container.open(bytes, checksum: checksum, allowsLarge: !is32Bit)
    try container.validate(bytes, checksum: checksum)
    try checkModel(container, bytes)
    return nil
  } catch {
    return error
  }
}
