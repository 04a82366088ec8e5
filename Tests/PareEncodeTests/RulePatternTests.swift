import Testing

@testable import PareEncode

@Suite("Name patterns")
struct RulePatternTests {
  @Test(
    "A pattern matches the whole name",
    arguments: [
      ("fc1", "fc1", true), ("fc1", "fc10", false), ("fc1", "xfc1", false), ("fc1", "FC1", false),
      ("fc1", "", false),
      ("*", "", true), ("*", "a.b/c", true), ("*.weight", "layers.0.weight", true),
      ("*.weight", ".weight", true),
      ("*.weight", "layers.0.weights", false), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false),
      ("**a", "ba", true), ("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
      ("?", "a", true), ("?", "", false), ("?", "ab", false), ("?", "é", true), ("a?c", "a.c", true),
      ("fc[12]", "fc1", true), ("fc[12]", "fc3", false), ("fc[0-9]*", "fc42.w", true),
      ("fc[!0-9]", "fc4", false),
      ("fc[!0-9]", "fcx", true), ("[*]", "*", true), ("[*]", "a", false), ("[]]", "]", true),
      ("[!]]", "a", true),
      ("[!]]", "]", false), ("[a-]", "-", true), ("[-a]", "-", true), ("a]", "a]", true),
      ("[[]x", "[x", true),
      ("[!a]", "", false),
    ])
  func matching(pattern: String, name: String, isMatch: Bool) throws {
    #expect(try NamePattern(pattern).matches(name) == isMatch)
  }

  @Test(
    "An empty pattern, an open set and a falling range are refused",
    arguments: ["", "[", "[abc", "[]", "[!]", "[z-a]", "[!"])
  func malformed(pattern: String) throws {
    let error = try #require(throws: EncodeError.self) { try NamePattern(pattern) }
    #expect(error.rule == .badOption)
  }
}
