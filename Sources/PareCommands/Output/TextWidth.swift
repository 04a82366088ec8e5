/// Text on a terminal: columns, wrapping, shortening, and characters that must not reach it.

/// The columns that a scalar takes.
private func columns(of scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return 0
  default: break
  }
  switch scalar.value {
  // Hangul, CJK, kana, full-width forms, emoji: the blocks that terminals show two columns wide.
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}

/// The columns that a text takes.
func columns(of text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns(of: $1) } }

/// The text with control and format characters, which a terminal would obey, written as `\u{1B}`.
func printable(_ text: String, keepsLines: Bool = false) -> String {
  func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    if keepsLines, scalar == "\n" { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
  guard text.unicodeScalars.contains(where: isObeyed) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if isObeyed(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// The text in at most `width` columns, the middle replaced by `...` where it is longer: both ends of a tensor's name
/// tell it from others.
func shortened(_ text: String, to width: Int) -> String {
  guard columns(of: text) > width else { return text }
  guard width > 3 else { return String(repeating: ".", count: max(width, 0)) }
  let tail = (width - 3) / 2
  func taken(_ scalars: some Sequence<Unicode.Scalar>, _ room: Int) -> [Unicode.Scalar] {
    var left = room
    return Array(
      scalars.prefix { scalar in
        left -= columns(of: scalar)
        return left >= 0
      })
  }
  var result = String.UnicodeScalarView()
  result.append(contentsOf: taken(text.unicodeScalars, width - 3 - tail))
  result.append(contentsOf: "...".unicodeScalars)
  result.append(contentsOf: taken(text.unicodeScalars.reversed(), tail).reversed())
  return String(result)
}

/// The text in at most `width` columns, cut at its end.
func clipped(_ text: String, to width: Int) -> String {
  guard columns(of: text) > width else { return text }
  var left = max(width - 3, 0)
  let start = text.unicodeScalars.prefix { scalar in
    left -= columns(of: scalar)
    return left >= 0
  }
  return String(start) + "..."
}

/// A title and a paragraph beside it, whose lines all begin at `column`.
func titled(_ title: String, _ text: String, column: Int, width: Int) -> String {
  let lines = wrapped(String(repeating: " ", count: column) + text, width: width, indent: column)
  return padded(title, to: column) + lines.dropFirst(column)
}

/// The text followed or preceded by blanks up to `width` columns.
func padded(_ text: String, to width: Int, isRight: Bool = false) -> String {
  let blanks = String(repeating: " ", count: max(0, width - columns(of: text)))
  return isRight ? blanks + text : text + blanks
}

/// The text without the blanks at its end.
func withoutBlanksAtEnd(_ text: String) -> String {
  var text = text
  while text.hasSuffix(" ") { text.removeLast() }
  return text
}

/// The text in lines of at most `width` columns, each ended by a newline; lines after the first begin with `indent`
/// blanks. A word longer than a line stands alone. Blanks at the beginning are kept.
/// - Parameters:
///   - keepsBrackets: whether `[...]` and an option with its value stay together, as in a usage line.
///   - continuation: what ends a line that goes on, as in a shell.
func wrapped(
  _ text: String, width: Int, indent: Int = 0, keepsBrackets: Bool = false, continuation: String = ""
) -> String {
  let lead = text.prefix { $0 == " " }
  var lines: [String] = []
  var line = String(lead)
  var isEmpty = true
  for word in words(of: String(text.dropFirst(lead.count)), keepsBrackets: keepsBrackets) {
    if !isEmpty, columns(of: line) + 1 + columns(of: word) > width - continuation.count {
      lines.append(line + continuation)
      line = String(repeating: " ", count: indent)
      isEmpty = true
    }
    line += (isEmpty ? "" : " ") + word
    isEmpty = false
  }
  lines.append(line)
  return lines.joined(separator: "\n") + "\n"
}

private func words(of text: String, keepsBrackets: Bool) -> [String] {
  let words = text.split(separator: " ").map(String.init)
  guard keepsBrackets else { return words }
  var joined: [String] = []
  var depth = 0
  for word in words {
    // A value belongs to the option before it, `...` to what is repeated.
    let isValue = word.hasPrefix("<") && joined.last.map { $0.hasPrefix("-") && !$0.contains(" ") } == true
    if depth > 0 || isValue || word == "...", let last = joined.popLast() {
      joined.append(last + " " + word)
    } else {
      joined.append(word)
    }
    depth += word.count { $0 == "[" } - word.count { $0 == "]" }
  }
  return joined
}
