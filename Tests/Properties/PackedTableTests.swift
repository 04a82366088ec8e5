import Testing

@testable import PareFormat

@Suite("Rules that are packed into a number or a table")
struct PackedTableTests {
  /// The rule for text in the standard library's words.
  private func isPlain(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    return text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }

  @Test("Text is every Unicode scalar but control characters")
  func scalars() {
    for value in UInt32(0)...0x10_FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(scalar).utf8)
      let expected = value >= 0x20 && !(0x7F...0x9F).contains(value)
      guard bytes.span.isPlainText(0..<bytes.count) != expected else { continue }
      Issue.record("U+\(String(value, radix: 16))")
    }
  }

  @Test("Bytes that are not UTF-8 are no text")
  func malformed() {
    let ends: [[UInt8]] = [[], [0x20], [0x80], [0xBF], [0xC0], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x80, 0x80]]
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for end in ends {
          let bytes = [first, second] + end
          guard bytes.span.isPlainText(0..<bytes.count) != isPlain(bytes) else { continue }
          Issue.record("\(bytes)")
        }
      }
    }
  }

  @Test("Each code of an operation gives the kind that has it", arguments: 0..<256)
  func kinds(code: Int) {
    #expect(OperationKind(code: code) == OperationKind(rawValue: UInt8(code)))
  }
}
