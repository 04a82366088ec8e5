/// Names of files and of an archive's members, made of tensor names, which may be anything.
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

  /// A member's name that leads no program out of the folder it unpacks into.
  static func makeMember(_ name: String) -> String {
    // By bytes, as unpacking does: to a string a slash with a combining mark behind it is none.
    name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
      .map { $0 == ".." || $0 == "." || $0.isEmpty ? "_" : $0 }.joined(separator: "/")
  }
}

/// A name that another file or member may not have.
enum TakenName: Hashable {
  /// Of a file: a file system may see no difference of case, nor between texts that Unicode calls equivalent.
  case file(String)
  /// Of a member: its bytes.
  case member([UInt8])

  init(_ name: String, isMember: Bool) {
    self = isMember ? .member(Array(name.utf8)) : .file(name.lowercased())
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
