extension NumberText {
  /// Whether a text is written as a number is in programs or by people, so that taking it for a name would be a
  /// mistake: a base (`0x1F`), groups of digits (`1_000`, `1.234.567`), a type's letter (`1.5f`), half an exponent
  /// (`1e`). Dates, ordinals and `2d` are names.
  static func looksLikeNumber(_ text: some Collection<UInt8>) -> Bool {
    var rest = text[...]
    if let first = rest.first, "+-".utf8.contains(first) { rest.removeFirst() }
    func take(_ accepted: (UInt8) -> Bool) -> Int {
      let run = rest.prefix(while: accepted)
      rest = rest.dropFirst(run.count)
      return run.count
    }
    if rest.first == UInt8(ascii: "0"), let letter = rest.dropFirst().first, "xXoObB".utf8.contains(letter) {
      return rest.dropFirst(2).allSatisfy { isDigit($0) || ($0 | 0x20) &- 0x61 < 6 || ".pP_+-".utf8.contains($0) }
    }
    let hasPoint = rest.contains(UInt8(ascii: "."))
    _ = take { $0 == UInt8(ascii: ".") }
    guard let digit = rest.first, isDigit(digit) else { return false }
    _ = take { isDigit($0) || "._'".utf8.contains($0) }
    if take({ $0 | 0x20 == UInt8(ascii: "e") }) == 1 {
      _ = take { "+-".utf8.contains($0) }
      _ = take(isDigit)
    }
    return rest.isEmpty || (rest.count == 1 && (hasPoint ? "fFdD%" : "%").utf8.contains(rest.first ?? 0))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
}
