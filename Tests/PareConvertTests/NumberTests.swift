import PareEncode
import Testing

@testable import PareConvert

@Suite("Float text")
struct NumberTests {
  /// What the text means: the nearest f64, then the nearest f32.
  private func expected(_ text: String) -> Float? { Double(text).map { Float($0) } }

  /// Reads the numbers as one JSON row, so that the fast scanner and, at the end, the general reader see them.
  private func check(_ texts: [String], _ location: SourceLocation = #_sourceLocation) throws {
    for layout in ["m.json", "m.csv"] {
      let text = layout == "m.json" ? "[" + texts.joined(separator: ", ") + "]" : texts.joined(separator: "\n") + "\n"
      let model = try readText(text, as: layout)
      let values = model.floats(0)
      try #require(values.count == texts.count, sourceLocation: location)
      for (index, text) in texts.enumerated() {
        let wanted = try #require(expected(text), "\(text)", sourceLocation: location)
        #expect(
          values[index].bitPattern == wanted.bitPattern, "\(text): \(values[index]), expected \(wanted)",
          sourceLocation: location)
      }
    }
  }

  @Test("every number is the nearest f64 rounded to f32: shortest texts of random floats")
  func shortestFloats() throws {
    var numbers = Numbers(state: 1)
    var texts: [String] = []
    while texts.count < 20_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next()))
      if value.isFinite { texts.append("\(value)") }
    }
    try check(texts)
  }

  @Test("every number is the nearest f64 rounded to f32: doubles of 17 digits")
  func doubles() throws {
    var numbers = Numbers(state: 2)
    var texts: [String] = []
    while texts.count < 20_000 {
      // Exponents from below the smallest subnormal float to its largest power of two.
      let exponent = UInt64(1023 - 152 + numbers.below(278))
      let value = Double(bitPattern: numbers.next() & 0x800F_FFFF_FFFF_FFFF | exponent << 52)
      if Float(value).isFinite { texts.append("\(value)") }
    }
    try check(texts)
  }

  @Test("every number is the nearest f64 rounded to f32: digits at random, of any number and exponent")
  func randomDigits() throws {
    var numbers = Numbers(state: 3)
    var texts: [String] = []
    while texts.count < 30_000 {
      var text = numbers.below(2) == 0 ? "-" : ""
      let integers = numbers.below(4) == 0 ? numbers.below(22) : 0
      text += integers == 0 ? "0" : String(1 + numbers.below(9))
      for _ in 0..<max(0, integers - 1) { text += String(numbers.below(10)) }
      let zeros = numbers.below(3) == 0 ? numbers.below(12) : 0
      let fraction = numbers.below(30)
      if zeros + fraction > 0 {
        text += "." + String(repeating: "0", count: zeros)
        for _ in 0..<fraction { text += String(numbers.below(10)) }
      }
      if numbers.below(3) == 0 {
        text += ["e", "E"][numbers.below(2)] + ["", "+", "-"][numbers.below(3)] + String(numbers.below(50))
      }
      if let value = expected(text), value.isFinite { texts.append(text) }
    }
    try check(texts)
  }

  @Test("texts at, just above and just below the tie of two floats round as the nearest f64 does")
  func ties() throws {
    var numbers = Numbers(state: 4)
    var texts: [String] = []
    for _ in 0..<4000 {
      let low = Float(bitPattern: 0x3000_0000 + UInt32(truncatingIfNeeded: numbers.next() % 0x2000_0000))
      let tie = (Double(low) + Double(low.nextUp)) / 2
      for value in [tie, tie.nextUp, tie.nextDown, tie.nextUp.nextUp, tie.nextDown.nextDown] {
        texts.append("\(value)")
        // Further digits that move an f64's tie by less than half a unit.
        texts.append("\(value)".replacingExponent(adding: "00000000000000000001"))
        texts.append("\(value)".replacingExponent(adding: "00000"))
      }
    }
    try check(texts)
  }

  @Test("the edges of the range: subnormals, the largest float, zeros with a sign, long zeros")
  func edges() throws {
    try check([
      "0", "-0", "0.0", "-0.0", "-0e5", "0e-400",
      "0.000000000000000000000000000000000000000000000000000000000000000001",
      "1e-45", "7e-46", "7.006492321624085e-46", "7.0064923216240854e-46", "7.006492321624086e-46",
      "1.1754943508222875e-38",
      "1.1754942e-38", "1.17549428e-38", "3.4028234663852886e38", "3.4028235e38",
      "340282346638528860000000000000000000000.0",
      "3.4028235677973362e38", "16777217", "16777216.999999999999999999", "16777217.00000000000000000000000001",
      "9007199254740993", "18446744073709551615", "18446744073709551616", "99999999999999999999", "1e22", "1e23",
      "123456789012345678901234567890e-20", "0.30000001192092896", "0.1", "1e-320", "2.2250738585072011e-308",
      "100000000000000000000000000000000000000", "1" + String(repeating: "0", count: 38),
      "0." + String(repeating: "0", count: 60) + "1", "1." + String(repeating: "0", count: 400) + "1",
      "1.00000005960464477539062500000000000000000000000000000000000000000000000000000000001",
    ])
  }

  @Test("NaN and infinities are read in JSON's words, and in tables in any case")
  func nonFinite() throws {
    let json = try readText("[NaN, Infinity, -Infinity, 1.5]").floats(0)
    #expect(json[0].isNaN && json[1] == .infinity && json[2] == -.infinity && json[3] == 1.5)
    let table = try readText("nan\nINF\n-inf\n+Infinity\nNaN\n+.5\n5.\n007\n", as: "t.csv").floats(0)
    #expect(
      table[0].isNaN && table[1] == .infinity && table[2] == -.infinity && table[3] == .infinity && table[4].isNaN)
    #expect(table[5] == 0.5 && table[6] == 5 && table[7] == 7)
  }

  @Test(
    "what no f32 reaches is an error, not infinity",
    arguments: ["1e39", "3.4028236e38", "-1e400", "3.4028235677973366e38"])
  func outOfRange(_ text: String) {
    for name in ["m.json", "m.csv"] {
      let error = refusal(Array((name == "m.json" ? "[1, \(text)]" : "1\n\(text)").utf8), as: name)
      #expect(error?.line == (name == "m.json" ? 1 : 2))
      #expect(error?.column == (name == "m.json" ? 5 : 1))
      #expect(error?.message.hasPrefix("expected a number that a 32-bit float holds") == true)
    }
  }

  @Test("a written float reads back to the same bits, and is the shortest or nearly so")
  func writtenFloats() {
    var numbers = Numbers(state: 5)
    for index in 0..<200_000 {
      let bits = index < 600 ? UInt32(index) : UInt32(truncatingIfNeeded: numbers.next())
      let value = Float(bitPattern: bits)
      guard value.isFinite else { continue }
      var text: [UInt8] = []
      FloatText.append(value, to: &text, .json)
      let string = String(decoding: text, as: UTF8.self)
      #expect(Double(string).map { Float($0).bitPattern } == bits, "\(string)")
      #expect(text.count <= 24)
    }
  }
}

extension String {
  /// The number's text with more digits behind its last one.
  fileprivate func replacingExponent(adding digits: String) -> String {
    guard let e = firstIndex(of: "e") else { return self + digits }
    let mantissa = self[..<e]
    return mantissa + (mantissa.contains(".") ? "" : ".0") + digits + self[e...]
  }
}
