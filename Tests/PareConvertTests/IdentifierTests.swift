import PareConvert
import Testing

@Suite("Names of constants")
struct IdentifierTests {
  @Test(
    "A name becomes one that C, C++ and Swift allow",
    arguments: [
      ("amp", "amp"), ("Amp2", "Amp2"), ("drive 3", "drive_3"), ("a--b..c", "a_b_c"), ("_hidden_", "hidden"),
      ("3band", "model_3band"), ("int", "model_int"), ("class", "model_class"), ("self", "model_self"),
      ("expf", "model_expf"), ("gamma", "model_gamma"), ("roundf32x", "model_roundf32x"), ("size_t", "model_size_t_1"),
      ("INT8_MAX", "model_INT8_MAX_1"), ("", "model"), ("...", "model"), ("音", "model"), ("gitarre ä 1", "gitarre_1"),
      ("a\u{0}b", "a_b"), ("exploded", "exploded"), ("internal_amp", "internal_amp"),
      (String(repeating: "x", count: 300), String(repeating: "x", count: 48)),
    ])
  func make(_ name: String, _ identifier: String) {
    #expect(Identifier.make(name) == identifier)
    #expect(Identifier.isSafe(Identifier.make(name)))
  }

  @Test(
    "A name that is not safe is known as such",
    arguments: [
      "", "3a", "_a", "a_", "a__b", "a b", "a-b", "ä", "int", "self", "Self", "sin", "sinf", "uint8_t", "main",
    ])
  func unsafe(_ name: String) { #expect(!Identifier.isSafe(name)) }

  @Test("Several names become different ones, in upper case too; one that is an identifier keeps it")
  func several() {
    #expect(Identifier.make(all: ["a-b", "a b", "a_b", "A_B"]) == ["a_b_3", "a_b_4", "a_b", "A_B_2"])
    #expect(Identifier.make(all: ["x y", "x_y_2", "x.y"]) == ["x_y", "x_y_2", "x_y_3"])
    #expect(Identifier.make(all: []) == [])
    let names = (0..<500).map { String(repeating: "-", count: $0) + ($0 % 2 == 0 ? "a" : "A") }
    let made = Identifier.make(all: names)
    #expect(Set(made.map { $0.uppercased() }).count == 500)
    #expect(made.allSatisfy(Identifier.isSafe))
  }

  @Test("Every made name is safe, whatever the name was")
  func random() {
    var state: UInt64 = 3
    func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let alphabet = Array("ab_AZ09 -.é_tfintMAX_C")
    for _ in 0..<20_000 {
      let name = String((0..<below(8)).map { _ in alphabet[below(alphabet.count)] })
      let made = Identifier.make(name)
      if !Identifier.isSafe(made) { Issue.record("\(name) gives \(made)") }
    }
  }
}
