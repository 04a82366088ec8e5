/// File names made of tensor names, which may be anything.
enum FileName {
  /// A name without folder separators, not hidden, and short enough for an extension and a number behind it.
  static func make(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
      let next = isPlain ? String(scalar) : "_"
      guard result.utf8.count + next.utf8.count <= 230 else { break }
      result += next
    }
    if result.isEmpty || result.hasPrefix(".") { result = "_" + result.dropFirst() }
    return result
  }
}

extension TableFormat {
  /// The extension when it is a plain word.
  var usableExtension: String {
    guard let fileExtension, (1...8).contains(fileExtension.utf8.count),
      fileExtension.utf8.allSatisfy({ $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 26 })
    else { return "csv" }
    return fileExtension
  }
}
