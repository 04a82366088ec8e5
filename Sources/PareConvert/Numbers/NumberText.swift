/// The general reader of number text: any length, both grammars, with a reason where it is no number.
enum NumberText {
  /// What may be written.
  enum Grammar {
    /// JSON's, and Python's `NaN`, `Infinity`, `-Infinity`.
    case json
    /// That of tables: also a plus sign, a bare or leading point, leading zeros, `nan` and `inf` in any case.
    case table
  }

  enum Result {
    /// A value, and the offset behind its text.
    case value(Float, end: Int)
    /// A finite number that no f32 reaches.
    case outOfRange(end: Int)
    /// No number: the offset of the byte that is wrong, and what was expected there.
    case malformed(at: Int, expected: String)
  }

  /// Reads the number at `start`.
  static func read(_ source: SourceBytes, at start: Int, limit: Int, _ grammar: Grammar) -> Result {
    var at = start
    func byte(_ offset: Int) -> UInt8 { offset < limit ? source[offset] : 0 }
    let isNegative = byte(at) == UInt8(ascii: "-")
    if isNegative || (grammar == .table && byte(at) == UInt8(ascii: "+")) { at += 1 }
    if let (magnitude, end) = word(source, at, limit, grammar) {
      return .value(isNegative ? -magnitude : magnitude, end: end)
    }
    var digits = DecimalDigits()
    let integerStart = at
    while byte(at) &- 0x30 <= 9 {
      digits.append(byte(at) &- 0x30, isFraction: false)
      at += 1
    }
    let integerCount = at - integerStart
    if grammar == .json {
      guard integerCount > 0 else { return .malformed(at: at, expected: "a number") }
      if integerCount > 1, byte(integerStart) == 0x30 {
        return .malformed(at: integerStart, expected: "a number without leading zeros")
      }
    }
    var fractionCount = 0
    if byte(at) == UInt8(ascii: ".") {
      at += 1
      while byte(at) &- 0x30 <= 9 {
        digits.append(byte(at) &- 0x30, isFraction: true)
        at += 1
        fractionCount += 1
      }
      if grammar == .json, fractionCount == 0 {
        return .malformed(at: at, expected: "a digit behind the point")
      }
    }
    guard integerCount + fractionCount > 0 else { return .malformed(at: start, expected: "a number") }
    if byte(at) | 0x20 == UInt8(ascii: "e") {
      at += 1
      let sign = byte(at)
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { at += 1 }
      let exponentStart = at
      var written = 0
      while byte(at) &- 0x30 <= 9 {
        written = min(written * 10 + Int(byte(at) &- 0x30), 1 << 40)
        at += 1
      }
      guard at > exponentStart else { return .malformed(at: at, expected: "a digit of the exponent") }
      digits.exponent += sign == UInt8(ascii: "-") ? -written : written
    }
    if let value = FloatScanner.shared.nearest(
      mantissa: digits.mantissa, exponent: digits.exponent, isNegative: isNegative)
    {
      // `digits.mantissa` holds 19 digits: what is cut off is less than a hundredth of a unit in the last place
      // of a double, and where it is cut off, m exceeds 2^53, so the value is checked against ties.
      return .value(value, end: at)
    }
    if digits.mantissa == 0 { return .value(isNegative ? -0.0 : 0.0, end: at) }
    // The standard library reads any length to the nearest f64; it knows no grammar other than this one.
    let value = Float(Double(source.string(start..<at)) ?? .infinity)
    return value.isFinite ? .value(value, end: at) : .outOfRange(end: at)
  }

  /// NaN or infinity at `at`, without its sign.
  private static func word(
    _ source: SourceBytes, _ at: Int, _ limit: Int, _ grammar: Grammar
  ) -> (Float, Int)? {
    func has(_ text: StaticString) -> Bool { at + text.utf8CodeUnitCount <= limit && source.has(text, at: at) }
    if has("NaN") { return (.nan, at + 3) }
    if has("Infinity") { return (.infinity, at + 8) }
    guard grammar == .table else { return nil }
    var letters: [UInt8] = []
    while letters.count < 9, at + letters.count < limit {
      let letter = source[at + letters.count] | 0x20
      guard letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") else { break }
      letters.append(letter)
    }
    switch String(decoding: letters, as: UTF8.self) {
    case "nan": return (.nan, at + 3)
    case "inf": return (.infinity, at + 3)
    case "infinity": return (.infinity, at + 8)
    default: return nil
    }
  }
}

/// The first 19 significant digits of a number, and the power of ten of the last of them.
private struct DecimalDigits {
  var mantissa: UInt64 = 0
  var exponent = 0
  private var count = 0

  mutating func append(_ digit: UInt8, isFraction: Bool) {
    if count < 19 {
      mantissa = mantissa * 10 + UInt64(digit)
      if mantissa != 0 { count += 1 }
      if isFraction { exponent -= 1 }
    } else if !isFraction {
      exponent += 1
    }
  }
}
