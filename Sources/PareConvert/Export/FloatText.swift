/// The shortest text that reads back to the same f32 when it is read as the nearest f64 and then rounded.
enum FloatText {
  /// How what is no finite number is written.
  enum NonFinite {
    /// As Python's `json` does: `NaN`, `Infinity`, `-Infinity`.
    case json
    /// As numpy's `savetxt` does: `nan`, `inf`, `-inf`.
    case table
  }

  static func append(_ value: Float, to output: inout [UInt8], _ nonFinite: NonFinite) {
    guard value.isFinite else {
      let (nan, infinity) = nonFinite == .json ? ("NaN", "Infinity") : ("nan", "inf")
      if value.isNaN { return output.append(contentsOf: nan.utf8) }
      if value < 0 { output.append(UInt8(ascii: "-")) }
      return output.append(contentsOf: infinity.utf8)
    }
    let start = output.count
    output.append(contentsOf: value.description.utf8)
    // The shortest text is within half a unit of the float; read as f64 it could fall on the tie beside it.
    if readBack(output[start...]) == value { return }
    output.removeSubrange(start...)
    output.append(contentsOf: Double(value).description.utf8)
  }

  /// The float that a short decimal text means by way of the nearest f64.
  private static func readBack(_ text: ArraySlice<UInt8>) -> Float {
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var isFraction = false
    var at = text.startIndex
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { at += 1 }
    while at < text.endIndex, text[at] | 0x20 != UInt8(ascii: "e") {
      if text[at] == UInt8(ascii: ".") {
        isFraction = true
      } else {
        mantissa = mantissa &* 10 &+ UInt64(text[at] &- 0x30)
        digits += mantissa == 0 ? 0 : 1
        if isFraction { exponent -= 1 }
      }
      at += 1
    }
    if at < text.endIndex { exponent += Int(String(decoding: text[(at + 1)...], as: UTF8.self)) ?? 0 }
    if digits <= 19,
      let value = FloatScanner.shared.nearest(mantissa: mantissa, exponent: exponent, isNegative: isNegative)
    {
      return value
    }
    return Float(Double(String(decoding: text, as: UTF8.self)) ?? .nan)
  }
}
