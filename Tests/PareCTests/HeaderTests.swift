import CPare
import PareFormat
import Testing

@testable import PareC

@Suite("The header pare.h")
struct HeaderTests {
  /// The codes below 256 by their names in the header, as the specification writes them.
  private func codes() throws -> [String: Int] {
    var found: [String: Int] = [:]
    for line in try CFixtures.text("Sources/CPare/include/pare.h").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "#define", let number = Int(words[2]), words[1].hasPrefix("PARE_") else {
        continue
      }
      found[words[1].dropFirst(5).replacing("_", with: "").lowercased()] = number
    }
    return found
  }

  @Test("Every code of the specification has its number")
  func formatCodes() throws {
    let codes = try codes()
    for code in FormatError.Code.allCases {
      #expect(codes["\(code)".lowercased()] == Int(code.rawValue), "\(code)")
    }
  }

  @Test("The versions are those of the format")
  func versions() {
    #expect(PARE_FORMAT_MAJOR == Int32(FormatVersion.major) && PARE_FORMAT_MINOR == Int32(FormatVersion.minor))
  }

  @Test("Every code has a text of its own, any other number one for all")
  func texts() throws {
    func text(_ code: Int32) -> String { unsafe pare_error_text(code).map { unsafe String(cString: $0) } ?? "" }
    for code in FormatError.Code.allCases { #expect(text(Int32(code.rawValue)) == code.rule.description) }
    let calls = PARE_BAD_ARGUMENT...PARE_OPERATION_NOT_BUILT
    let texts = calls.map(text) + [text(PARE_OK)]
    #expect(Set(texts).count == texts.count && !texts.contains(text(9999)))
    #expect(text(-1) == text(9999) && text(255) == text(9999) && !text(-1).isEmpty)
  }
}
