extension JSONParser {
  /// Parses the string at `offset`.
  mutating func parseString() throws(SourceError) -> String {
    let start = offset + 1
    offset = start
    while offset < source.count {
      let byte = source[offset]
      if byte == UInt8(ascii: "\"") {
        guard let text = source.validString(start..<offset) else { throw invalidUTF8(start..<offset) }
        offset += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try parseEscapedString(start) }
      guard byte >= 0x20 else { break }
      offset += 1
    }
    throw unexpected("the string's closing quote")
  }

  private func invalidUTF8(_ range: Range<Int>) -> SourceError {
    // The first byte that begins no character: the longest well-formed prefix ends there.
    var low = range.lowerBound
    var at = low
    while at < range.upperBound {
      let byte = source[at]
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard at + length <= range.upperBound, source.validString(at..<at + length) != nil else { break }
      at += length
      low = at
    }
    return error(
      "expected UTF-8, found byte 0x" + String(source[low], radix: 16, uppercase: true),
      at: SourcePosition(line: line, column: low - lineStart + 1))
  }

  /// A string with escapes: its plain parts and its escapes one by one.
  private mutating func parseEscapedString(_ start: Int) throws(SourceError) -> String {
    var text = ""
    var plainStart = start
    while offset < source.count {
      let byte = source[offset]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        guard let plain = source.validString(plainStart..<offset) else { throw invalidUTF8(plainStart..<offset) }
        text += plain
        if byte == UInt8(ascii: "\"") {
          offset += 1
          return text
        }
        text.unicodeScalars.append(try parseEscape())
        plainStart = offset
        continue
      }
      guard byte >= 0x20 else { break }
      offset += 1
    }
    throw unexpected("the string's closing quote")
  }

  private mutating func parseEscape() throws(SourceError) -> Unicode.Scalar {
    let position = position
    offset += 1
    let letter = source[offset]
    offset += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try parseHexadecimal()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      if unit < 0xDC00, source[offset] == UInt8(ascii: "\\"), source[offset + 1] == UInt8(ascii: "u") {
        offset += 2
        let low = try parseHexadecimal()
        if low >= 0xDC00, low < 0xE000,
          let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
          return scalar
        }
      }
      throw error("expected a pair of surrogates, found one alone", at: position)
    default: throw error("expected an escape of JSON (\\n, \\\", \\u0041, ...)", at: position)
    }
  }

  private mutating func parseHexadecimal() throws(SourceError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let byte = source[offset]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw unexpected("a hexadecimal digit")
      }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }
}
