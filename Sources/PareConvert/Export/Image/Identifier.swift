/// Names of constants in C, C++ and Swift, made of names that may be anything.
public enum Identifier {
  /// Whether the text can be the name of a constant in all three languages: ASCII letters, digits and single underscores
  /// between them, not a digit first, no word that one of the languages or the C library has taken.
  public static func isSafe(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    guard isLetter(first), isLetter(last) || isDigit(last) else { return false }
    for (index, byte) in bytes.enumerated() where !isLetter(byte) && !isDigit(byte) {
      // Two underscores in a row belong to the implementation in C++, one at the beginning does in C.
      guard byte == underscore, bytes[index - 1] != underscore else { return false }
    }
    return !ReservedWords.contains(text)
  }

  /// The name with an underscore for each run of other characters, and `model_` before it where that is not enough:
  /// `drive 3` gives `drive_3`, `3band` and `int` give `model_3band` and `model_int`, a name of nothing usable `model`.
  public static func make(_ name: String) -> String {
    var text = ""
    var isSeparated = false
    for byte in name.utf8 {
      guard isLetter(byte) || isDigit(byte) else {
        isSeparated = true
        continue
      }
      if isSeparated, !text.isEmpty { text += "_" }
      isSeparated = false
      text.unicodeScalars.append(Unicode.Scalar(byte))
      // Of names that differ behind this, one gets a number.
      if text.utf8.count >= 48 { break }
    }
    if text.isEmpty { return "model" }
    if isSafe(text) { return text }
    let prefixed = "model_" + text
    return isSafe(prefixed) ? prefixed : prefixed + "_1"
  }

  /// An identifier for each name, different from each other even in upper case, as macros need. A name that is an
  /// identifier keeps it, whatever the others are; of names that give the same one, the later get `_2` and so on.
  public static func make(all names: [String]) -> [String] {
    var taken: Set<String> = []
    var made: [Int: String] = [:]
    for keepsName in [true, false] {
      for (index, name) in names.enumerated() where made[index] == nil {
        let own = make(name)
        guard own.utf8.elementsEqual(name.utf8) == keepsName else { continue }
        var identifier = own
        var number = 2
        while !taken.insert(identifier.uppercased()).inserted {
          identifier = "\(own)_\(number)"
          number += 1
        }
        made[index] = identifier
      }
    }
    return names.indices.compactMap { made[$0] }
  }

  private static let underscore = UInt8(ascii: "_")

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
