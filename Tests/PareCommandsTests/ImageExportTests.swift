import Foundation
import Pare
import PareFormat
import Testing

@Suite("export to a program")
struct ImageExportTests {
  private static func fixture(_ name: String) -> String {
    Package.root.appending(path: "Fixtures/valid/\(name).pare").path
  }

  private static let models = ["model-gru", "article", "model-audio"].map(fixture)

  /// The path of a tool, nil where there is none.
  private static func tool(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a script in the folder, and gives what it printed.
  private func bash(_ script: String, in folder: TemporaryFolder) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "exec 2>&1; " + script]
    process.currentDirectoryURL = folder.url
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  @Test("bin of one container is the container; of several, or with --bank, a bank that holds each of them")
  func bin() throws {
    let folder = try TemporaryFolder()
    #expect(pare("export", Self.models[0], "--to", "bin", "-o", folder.path("one")).status == 0)
    #expect(try folder.bytes("one") == [UInt8](Data(contentsOf: URL(filePath: Self.models[0]))))

    #expect(pare(["export"] + Self.models + ["--to", "bin", "-o", folder.path("bank")]).status == 0)
    let image = try folder.bytes("bank")
    let bank = try Bank.open(image.span, checksum: SmallChecksum.self)
    #expect(bank.modelCount == 3 && bank.alignment == 16)
    for path in Self.models {
      let name = URL(filePath: path).deletingPathExtension().lastPathComponent
      let found = bank.entry(named: Array(name.utf8).span, in: image.span)
      let entry = try #require(found)
      #expect(try Array(image[entry.model]) == [UInt8](Data(contentsOf: URL(filePath: path))))
    }
    let shuffled = pare(["export"] + Self.models.reversed() + ["--to", "bin", "-o", "-"])
    #expect(shuffled.output == image)

    let single = pare("export", Self.models[1], "--to", "bin", "--bank", "--name", "w b", "--align", "4096", "-o", "-")
    let other = try Bank.open(single.output.span, checksum: SmallChecksum.self)
    #expect(other.modelCount == 1 && other.alignment == 4096)
    let found = other.entry(named: Array("w b".utf8).span, in: single.output.span)
    #expect(found?.model == 4096..<4096 + 55)
  }

  @Test(
    "The C source compiles without a warning as C99, C11, C++98 and C++20, aligned, and has the image's bytes",
    .enabled(if: tool("gcc") != nil, "gcc is absent"))
  func compiledC() throws {
    let folder = try TemporaryFolder()
    let names = ["--name", "a \"b\" ??/ \\ é", "--name", "article", "--name", "int"]
    let run = pare(["export"] + Self.models + names + ["--to", "c", "--align", "64", "-o", folder.path("my amps.c")])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(
      pare(["export"] + Self.models + names + ["--to", "bin", "--align", "64", "-o", folder.path("bin")]).status == 0)
    let crc = try folder.bytes("bin").crcText
    let main = """
      #include "my amps.h"
      #include <stdio.h>
      #include <string.h>
      int main(void) {
        if ((uintptr_t)my_amps % MY_AMPS_ALIGNMENT != 0 || MY_AMPS_ALIGNMENT != 64) return 2;
        if (MY_AMPS_CRC32 != \(crc)u || MY_AMPS_MODEL_COUNT != 3) return 3;
        if (memcmp(my_amps + MY_AMPS_OFFSET_MODEL_INT, "\\x89PAR", 4) != 0) return 4;
        if (strcmp(MY_AMPS_NAME_A_B, "a \\"b\\" \\?\\?/ \\\\ \\303\\251") != 0 || strcmp(MY_AMPS_NAME_MODEL_INT, "int") != 0) return 5;
        if (MY_AMPS_INDEX_ARTICLE != 1 || MY_AMPS_STATE_COUNT_A_B == 0) return 6;
        return fwrite(my_amps, 1, sizeof my_amps, stdout) == MY_AMPS_BYTE_COUNT ? 0 : 7;
      }
      """
    _ = try folder.write(Array(main.utf8), to: "main.c")
    var languages = ["gcc -std=c99", "gcc -std=c11"]
    if Self.tool("g++") != nil { languages += ["g++ -std=c++98 -x c++", "g++ -std=c++20 -x c++"] }
    for language in languages {
      let flags = "-pedantic -Wall -Wextra -Werror"
      let result = try bash("\(language) \(flags) 'my amps.c' main.c -o m && ./m >out && cmp out bin", in: folder)
      #expect(result.status == 0, "\(language): \(result.output)")
    }
    // A reader of another generation, and an array of another size, do not compile.
    let other = try bash("gcc -std=c99 -DPARE_FORMAT_MAJOR=9 -c 'my amps.c'", in: folder)
    #expect(other.status != 0 && other.output.contains("different generations"))
    let short = try bash("sed -i '0,/0x89, //s///' 'my amps.c' && gcc -std=c99 -c 'my amps.c'", in: folder)
    #expect(short.status != 0)
  }

  @Test(
    "The Swift source compiles, and its constant has the image's bytes",
    .enabled(if: tool("swiftc") != nil, "swiftc is absent"))
  func compiledSwift() throws {
    let folder = try TemporaryFolder()
    #expect(pare(["export"] + Self.models + ["--to", "swift", "-o", folder.path("amps.swift")]).status == 0)
    #expect(pare(["export"] + Self.models + ["--to", "bin", "-o", folder.path("bin")]).status == 0)
    let crc = try folder.bytes("bin").crcText
    let main = """
      func show(_ image: borrowing Amps) {
        let bytes = image.bytes.span
        guard bytes.count == Amps.byteCount, Amps.crc32 == \(crc), Amps.Index.article == 0 else { fatalError() }
        for index in bytes.indices { print(bytes[index], terminator: " ") }
      }
      show(Amps.image)
      """
    _ = try folder.write(Array(main.utf8), to: "main.swift")
    let flags = "-swift-version 6 -strict-memory-safety -warnings-as-errors"
    let result = try bash("swiftc \(flags) amps.swift main.swift -o m && ./m", in: folder)
    #expect(result.status == 0)
    #expect(
      result.output.split(separator: " ").compactMap { UInt8($0) } == (try folder.bytes("bin")), "\(result.output)")
  }

  @Test(
    "In Embedded Swift the constant lies in flash and is read where it lies",
    .enabled(if: tool("swiftc") != nil, "swiftc is absent"))
  func inFlash() throws {
    let folder = try TemporaryFolder()
    #expect(
      pare("export", Self.models[0], "--to", "swift", "--symbol", "Amp", "-o", folder.path("amp.swift")).status == 0)
    let main = """
      @inline(never) func total(_ bytes: Span<UInt8>) -> UInt32 {
        var total: UInt32 = 0
        for index in bytes.indices { total &+= UInt32(truncatingIfNeeded: bytes[index]) }
        return total
      }
      @c public func use() -> UInt32 { total(Amp.image.bytes.span) }
      """
    _ = try folder.write(Array(main.utf8), to: "use.swift")
    let result = try bash(
      """
      tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
      swiftc -target armv7em-none-none-eabi -enable-experimental-feature Embedded -swift-version 6 -wmo -Osize \
        -parse-as-library -module-name M -Xfrontend -disable-stack-protector -Xfrontend -function-sections \
        -no-allocations -c amp.swift use.swift -o o.o || exit 1
      "$tools/ld.lld" -r --gc-sections -u use -e use -o linked.o o.o && "$tools/llvm-nm" linked.o
      """, in: folder)
    #expect(result.status == 0, "\(result.output)")
    // The model is a constant, and nothing copies it or makes it at the first use.
    #expect(result.output.contains(" R "), "\(result.output)")
    for word in ["memcpy", "memmove", "swift_once", " B ", " D "] {
      #expect(!result.output.contains(word), "\(result.output)")
    }
  }

  @Test("The same containers give the same texts, whatever the order; a single one's header is what it was")
  func deterministic() throws {
    let folder = try TemporaryFolder()
    for (name, models) in [("a", Self.models), ("b", Array(Self.models.reversed()))] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
      for file in ["amps.c", "amps.swift"] {
        let format = file.hasSuffix(".c") ? "c" : "swift"
        #expect(pare(["export"] + models + ["--to", format, "-o", folder.path("\(name)/\(file)")]).status == 0)
      }
    }
    for file in ["amps.c", "amps.h", "amps.swift"] {
      #expect(try folder.bytes("a/\(file)") == folder.bytes("b/\(file)"))
    }
    try expectGolden(String(decoding: folder.bytes("a/amps.h"), as: UTF8.self), "export-bank.h")
    #expect(pare("export", Self.models[1], "--to", "c", "-o", folder.path("w.cpp")).status == 0)
    let source = try String(decoding: folder.bytes("w.cpp"), as: UTF8.self)
    try expectGolden(String(decoding: folder.bytes("w.h"), as: UTF8.self) + "---\n" + source, "export-article.c")
    try expectGolden(pare("export", Self.models[1], "--to", "swift", "-o", "-").text, "export-article.swift")
  }

  /// Arguments behind `export`, and words of the refusal.
  struct Refusal: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let words: String
    var status: Int32 = 64
    var testDescription: String { words }
  }

  private static let one = fixture("article")

  static let refusals: [Refusal] = [
    .init(arguments: [one, one, "--to", "bin"], words: "Two models are named 'article'"),
    .init(arguments: [one, "--to", "c", "-o", "-"], words: "name the source, as in -o model.c"),
    .init(arguments: [one, "--to", "c", "-o", "DIR/x.h"], words: "name the source, as in -o model.c"),
    .init(arguments: [one, "--to", "c", "-o", "DIR/.c"], words: "name the source, as in -o model.c"),
    .init(arguments: [one, "--to", "c", "-o", "DIR/a\"b.c"], words: "cannot include a header of this name"),
    .init(arguments: [one, "--to", "swift", "--symbol", "a b"], words: "invalid for '--symbol <name>'"),
    .init(arguments: [one, "--to", "swift", "--symbol", "Self"], words: "invalid for '--symbol <name>'"),
    .init(arguments: [one, "--to", "bin", "--symbol", "a"], words: "bytes have no name"),
    .init(arguments: [one, "--to", "bin", "--name", "a"], words: "--bank makes one of a single container"),
    .init(arguments: [one, one, "--to", "bin", "--name", "a"], words: "2 containers and 1 name were given"),
    .init(arguments: [one, "--to", "bin", "--bank", "--name", "a\u{1}"], words: "a name is 1 to 255 bytes"),
    .init(arguments: [one, "--to", "bin", "--align", "24"], words: "a power of two from 16 to 65536"),
    .init(arguments: [one, "--to", "bin", "--align", "8"], words: "a power of two from 16 to 65536"),
    .init(arguments: ["-", one, "--to", "bin"], words: "has no name in a bank"),
    .init(arguments: [one, one, "--to", "json"], words: "json takes one container, and 2 were given"),
    .init(arguments: [one, "--to", "npy", "--bank"], words: "'--bank' is for c, swift and bin, not for npy"),
    .init(arguments: [one, "--to", "tar"], words: "a format is json, csv, npy, npz, f32, c, swift or bin"),
    .init(
      arguments: [Package.root.appending(path: "Fixtures/invalid/badMagic-last-byte.pare").path, "--to", "bin"],
      words: "[badMagic]", status: 65),
  ]

  @Test("What cannot be is refused in words, and nothing is written", arguments: refusals)
  func refused(_ refusal: Refusal) throws {
    let folder = try TemporaryFolder()
    var arguments = refusal.arguments.map { $0.replacingOccurrences(of: "DIR", with: folder.url.path) }
    if !arguments.contains("-o") { arguments += ["-o", folder.path("out")] }
    let run = pare(["export"] + arguments)
    #expect(run.status == refusal.status)
    #expect(run.errors.contains(refusal.words), "\(run.errors)")
    #expect(try folder.names.isEmpty)
  }

  @Test("A header that is there is not replaced without --force, and its container never is")
  func existing() throws {
    let folder = try TemporaryFolder()
    let header = try folder.write([1], to: "amp.h")
    let run = pare("export", Self.one, "--to", "c", "-o", folder.path("amp.c"))
    #expect(run.status == 73 && run.errors == "\(header): error: the file exists; --force replaces it\n")
    #expect(try folder.names == ["amp.h"])
    #expect(pare("export", Self.one, "--to", "c", "-o", folder.path("amp.c"), "--force").status == 0)
    let model = try folder.write([UInt8](Data(contentsOf: URL(filePath: Self.one))), to: "m.pare")
    #expect(pare("export", model, "--to", "bin", "--bank", "-o", model, "--force").status == 64)
    #expect(try folder.names == ["amp.c", "amp.h", "m.pare"])
  }
}

extension [UInt8] {
  /// The CRC-32 in decimal.
  fileprivate var crcText: String { "\(ZlibChecksum.update(0, span, 0..<count))" }
}
