import Foundation
import Pare
import PareCommands
import Testing

/// What a run of `pare` said and how it ended.
struct CommandRun {
  let status: Int32
  let output: [UInt8]
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs `pare` in this process.
func pare(_ arguments: String..., width: Int = 80, isTerminal: Bool = false) -> CommandRun {
  pare(arguments, width: width, isTerminal: isTerminal)
}

/// Runs `pare` in this process.
func pare(_ arguments: [String], width: Int = 80, isTerminal: Bool = false) -> CommandRun {
  var output: [UInt8] = []
  var errors: [UInt8] = []
  let streams = Streams(
    output: { bytes in for index in bytes.indices { output.append(bytes[index]) } },
    errors: { bytes in for index in bytes.indices { errors.append(bytes[index]) } }, width: width,
    isOutputTerminal: isTerminal, isErrorTerminal: isTerminal)
  let status = runPare(arguments, streams)
  return CommandRun(status: status, output: output, errors: String(decoding: errors, as: UTF8.self))
}

/// The package's folder, and places in it.
enum Package {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A source model of the fixtures.
  static func source(_ name: String) -> String { root.appending(path: "Fixtures/source/\(name)").path }

  /// The containers of a folder of fixtures.
  static func containers(_ folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: root.appending(path: "Fixtures/\(folder)"), includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "pare" }.sorted { $0.path < $1.path }
  }

  /// A published model, nil where the collection is absent.
  static func published(_ path: String) -> String? {
    let folder =
      ProcessInfo.processInfo.environment["PARE_DATA"].map { URL(filePath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared/data")
    let file = folder.appending(path: path).path
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// The built command beside this test bundle, nil where it was not built.
  static let command: String? = {
    let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "pare").path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : nil
  }()
}

/// A folder that is removed with its last reference.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "pare-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appending(path: name))) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  /// Everything in the folder, hidden files too.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}

/// Compares with a golden file; with PARE_UPDATE_GOLDENS set it is written instead.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) throws {
  let file = Package.root.appending(path: "Tests/PareCommandsTests/Goldens/\(name).txt")
  if ProcessInfo.processInfo.environment["PARE_UPDATE_GOLDENS"] != nil {
    try Data(text.utf8).write(to: file)
    return
  }
  let golden = try String(contentsOf: file, encoding: .utf8)
  #expect(text == golden, "\(name).txt", sourceLocation: location)
}

/// Runs a shell script with `pare` as the built command.
func shell(_ script: String, in folder: TemporaryFolder) throws -> CommandRun {
  let command = try #require(Package.command)
  let process = Process()
  process.executableURL = URL(filePath: "/bin/bash")
  process.arguments = ["-c", "pare() { '\(command)' \"$@\"; }\nPARE='\(command)'\n" + script]
  process.currentDirectoryURL = folder.url
  let output = Pipe()
  let errors = Pipe()
  process.standardOutput = output
  process.standardError = errors
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let bytes = output.fileHandleForReading.readDataToEndOfFile()
  let words = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return CommandRun(
    status: process.terminationStatus, output: [UInt8](bytes), errors: String(decoding: words, as: UTF8.self))
}
