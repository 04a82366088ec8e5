import Foundation
import Testing

@Suite("Atomic output")
struct AtomicOutputTests {
  private let source = Package.source("mlp.json")

  @Test("An existing file is replaced only with --force")
  func existing() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write([1, 2, 3], to: "m.pare")
    let run = pare("convert", source, "-o", model)
    #expect(run.status == 73)
    #expect(run.errors == "\(model): error: the file exists; --force replaces it\n")
    #expect(try folder.bytes("m.pare") == [1, 2, 3])
    #expect(pare("convert", source, "-o", model, "--force").status == 0)
    #expect(try folder.bytes("m.pare").count > 3)
    #expect(try folder.names == ["m.pare"])
  }

  @Test("Through a link the file is replaced, and the link stays")
  func link() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write([1], to: "m.pare")
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: model)
    #expect(pare("convert", source, "-o", folder.path("link")).status == 73)
    #expect(pare("convert", source, "-o", folder.path("link"), "--force").status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == model)
    #expect(try folder.bytes("m.pare").count > 1)
  }

  @Test("A folder that is missing or none, and a folder as target, are 73 and leave nothing")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], to: "file")
    for (target, words) in [
      (folder.path("none/m.pare"), "No such file or directory"), (file + "/m.pare", "Not a directory"),
      (folder.url.path, "Is a directory"),
    ] {
      let run = pare("convert", source, "-o", target, "--force")
      #expect(run.status == 73)
      #expect(run.errors == "\(target): error: \(words)\n")
    }
    #expect(try folder.names == ["file"])
  }

  @Test("The output never replaces the source")
  func sameFile() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: source)))
    let copy = try folder.write(bytes, to: "m.json")
    #expect(pare("convert", copy, "-o", copy, "--force").status == 64)
    #expect(try folder.bytes("m.json") == bytes)
  }

  @Test("-o - gives the same bytes as a file, the same every time")
  func standardOutput() throws {
    let folder = try TemporaryFolder()
    let options = ["--quantize", "int8", "--scale", "axis", "--prune", "sparsity=0.9"]
    #expect(pare(["convert", source, "-o", folder.path("m.pare")] + options).status == 0)
    let run = pare(["convert", source, "-o", "-"] + options)
    #expect(run.output == (try folder.bytes("m.pare")))
    #expect(run.errors.isEmpty)
  }

  @Test("A device is written to, not replaced")
  func device() throws {
    #expect(pare("convert", source, "-o", "/dev/null").status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/null")
    #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
  }
}

/// These run the built command, which `swift build --build-tests` puts beside the tests.
@Suite("The built command", .enabled(if: Package.command != nil, "the command was not built beside the tests"))
struct BuiltCommandTests {
  /// A model of some MB, so that writing it takes a while.
  private func largeModel(_ folder: TemporaryFolder) throws {
    var text = "{"
    for tensor in 0..<40 {
      let row = "[" + (0..<1000).map { "\(Double($0 * 7919 % 1000 + tensor) / 977)" }.joined(separator: ",") + "]"
      text +=
        (tensor == 0 ? "" : ",") + "\"t\(tensor)\":[" + Array(repeating: row, count: 60).joined(separator: ",") + "]"
    }
    _ = try folder.write(Array((text + "}").utf8), to: "large.json")
  }

  @Test("Without room on the disk the old file stays, nothing is left behind, and the status is 73")
  func diskFull() throws {
    let folder = try TemporaryFolder()
    try largeModel(folder)
    _ = try folder.write([1, 2, 3], to: "m.pare")
    // A limit of file sizes fails writes as a full disk does.
    let run = try shell("ulimit -f 64; pare convert large.json -o m.pare --force", in: folder)
    #expect(run.status == 73)
    #expect(run.errors == "m.pare: error: File too large\n")
    #expect(try folder.bytes("m.pare") == [1, 2, 3])
    #expect(try folder.names == ["large.json", "m.pare"])
  }

  @Test("Killed at any time, the target is the old file or the complete new one", arguments: ["KILL", "TERM", "INT"])
  func killed(signal: String) throws {
    let folder = try TemporaryFolder()
    try largeModel(folder)
    let complete = try shell("pare convert large.json -o whole.pare > /dev/null", in: folder)
    #expect(complete.status == 0)
    let whole = try folder.bytes("whole.pare")
    for attempt in 0..<12 {
      _ = try folder.write([1, 2, 3], to: "m.pare")
      let delay = Double(attempt) * 0.012
      // Job control gives a background process its own handling of INT.
      _ = try shell(
        "set -m; $PARE convert large.json -o m.pare --force > /dev/null & sleep \(delay); kill -\(signal) $! 2> /dev/null; wait $!",
        in: folder)
      let found = try folder.bytes("m.pare")
      #expect(found == [1, 2, 3] || found == whole)
      // Only a kill that cannot be caught leaves a temporary file.
      if signal != "KILL" { #expect(try folder.names == ["large.json", "m.pare", "whole.pare"]) }
    }
  }

  @Test("A reader that goes away ends the command quietly")
  func brokenPipe() throws {
    let folder = try TemporaryFolder()
    try largeModel(folder)
    let run = try shell(
      "pare convert large.json -o m.pare > /dev/null; $PARE dump m.pare --all | head -1; echo ${PIPESTATUS[0]}",
      in: folder)
    #expect(run.text == "-- header\n141\n")
    #expect(run.errors.isEmpty)
  }

  @Test("Standard input and output are -")
  func pipes() throws {
    let folder = try TemporaryFolder()
    let run = try shell(
      "cat '\(Package.source("linear.json"))' | pare convert - -o - | pare validate - && pare convert '\(Package.source("linear.json"))' -o - | pare compare - '\(Package.source("linear.json"))'",
      in: folder)
    #expect(run.status == 0)
    #expect(run.text.hasPrefix("<stdin>: OK, 2 tensors, "))
    #expect(run.text.hasSuffix("identical: every weight of 2 tensors, bit for bit\n"))
  }

  @Test("COLUMNS narrows help")
  func columns() throws {
    let run = try shell("COLUMNS=44 pare convert --help", in: try TemporaryFolder())
    #expect(run.text == pare("convert", "--help", width: 44).text)
  }
}
