import Foundation
import Pare
import PareFormat
import Testing

@Suite("Conformance: fixtures written by an independent program")
struct ConformanceTests {
  @Test("Every valid fixture decodes to the floats that its writer knew")
  func validFixtures() throws {
    let expected = try FixtureFiles.validTensors()
    let files = try FixtureFiles.files(FixtureFiles.valid)
    #expect(files.count >= 100 && files.count <= 200)
    for file in files {
      let model = try Model(bytes: FixtureFiles.bytes(FixtureFiles.valid, file))
      let found = try model.records.indices.map { index in
        let tensor = try model.tensor(at: index)
        let shape = tensor.shape.isEmpty ? "-" : tensor.shape.map(String.init).joined(separator: "x")
        return FixtureFiles.ExpectedTensor(name: tensor.name, shape: shape, crc: crcText(tensor.floats()))
      }
      #expect(found == expected[file] ?? [], "\(file)")
    }
  }

  @Test("Every row of every valid fixture decodes alone to the same floats, and so do its non-zeros")
  func rowsAndNonZeros() throws {
    for file in try FixtureFiles.files(FixtureFiles.valid) {
      let model = try Model(bytes: FixtureFiles.bytes(FixtureFiles.valid, file))
      for index in model.records.indices {
        let tensor = try model.tensor(at: index)
        let whole = tensor.floats().map(\.bitPattern)
        let count = tensor.tensor.shape.rowElementCount
        guard count > 0 else { continue }
        for row in 0..<tensor.rows {
          let expected = Array(whole[row * count..<(row + 1) * count])
          #expect(tensor.floats(rows: row..<row + 1).map(\.bitPattern) == expected, "\(file) \(tensor.name) row \(row)")
          var sparse = [UInt32](repeating: 0, count: count)
          var last = -1
          tensor.forEachNonZero(rows: row..<row + 1) { element in
            #expect(element.row == row && element.column > last)
            last = element.column
            sparse[element.column] = element.value.bitPattern
          }
          #expect(sparse == expected, "\(file) \(tensor.name) non-zeros of row \(row)")
        }
      }
    }
  }

  @Test("Every invalid fixture is refused with the code, the offset and the tensor of the spec")
  func invalidFixtures() throws {
    let expected = try FixtureFiles.invalidErrors()
    #expect(Set(expected.map(\.file)) == Set(try FixtureFiles.files(FixtureFiles.invalid)))
    for fixture in expected {
      let bytes = try FixtureFiles.bytes(FixtureFiles.invalid, fixture.file)
      let error = validateWhole(bytes.span, ZlibChecksum.self, is32Bit: fixture.is32Bit)
      let found = error.map { "\($0.code) \($0.offset) \($0.tensor.map(String.init) ?? "-")" }
      #expect(found == "\(fixture.code) \(fixture.offset) \(fixture.tensor.map(String.init) ?? "-")", "\(fixture.file)")
    }
  }

  @Test("Each error code has an invalid fixture")
  func everyCodeHasAFixture() throws {
    let banks = try FixtureFiles.rows(FixtureFiles.root.appending(path: "Fixtures/bank"), "ERRORS.tsv").map { $0[1] }
    let covered = Set(try FixtureFiles.invalidErrors().map(\.code)).union(banks)
    for code in FormatError.Code.allCases { #expect(covered.contains("\(code)"), "\(code)") }
  }

  @Test("The Python reader agrees on every fixture: floats bit for bit, codes and offsets")
  func pythonAgrees() throws {
    let script = FixtureFiles.root.appending(path: "Spec/reference/decode.py").path
    let valid = try FixtureFiles.files(FixtureFiles.valid)
    let printed = try run(["python3", script] + valid.map { FixtureFiles.valid.appending(path: $0).path })
    var expected = try FixtureFiles.rows(FixtureFiles.valid).map { $0.joined(separator: "\t") }
    #expect(printed.sorted() == expected.sorted())

    for is32Bit in [false, true] {
      let invalid = try FixtureFiles.invalidErrors().filter { $0.is32Bit == is32Bit }
      let found = try run(
        ["python3", script] + (is32Bit ? ["--32-bit"] : [])
          + invalid.map { FixtureFiles.invalid.appending(path: $0.file).path })
      expected = invalid.map { "\($0.file)\terror\t\($0.code)\t\($0.offset)\t\($0.tensor.map(String.init) ?? "-")" }
      // Tensors before the damaged one are printed too.
      #expect(found.filter { $0.contains("\terror\t") }.sorted() == expected.sorted())
    }
  }

  @Test("The Python reader agrees on every bank: places and checksums of models, codes and offsets")
  func pythonAgreesOnBanks() throws {
    let folder = FixtureFiles.root.appending(path: "Fixtures/bank")
    let errors = try FixtureFiles.rows(folder, "ERRORS.tsv").map { "\($0[0])\terror\t\($0[1])\t\($0[2])\t-" }
    let models = try FixtureFiles.rows(folder).map { $0.joined(separator: "\t") }
    let files = Set((errors + models).map { String($0.prefix { $0 != "\t" }) }).sorted()
    let script = FixtureFiles.root.appending(path: "Spec/reference/decode.py").path
    let printed = try run(["python3", script] + files.map { folder.appending(path: $0).path })
    #expect(printed.sorted() == (errors + models).sorted())
  }

  private func crcText(_ floats: [Float]) -> String {
    let bytes = floats.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    let crc = ZlibChecksum.update(0, bytes.span, 0..<bytes.count)
    let text = String(crc, radix: 16)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  private func run(_ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
