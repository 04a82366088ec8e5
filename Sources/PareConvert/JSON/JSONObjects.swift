extension JSONParser {
  /// Parses the object at `offset`.
  mutating func parseObject(isMetadata: Bool) throws(SourceError) -> JSONNode {
    try enter()
    let start = offset
    offset += 1
    var members: [JSONNode.Member] = []
    // By their bytes: as strings, keys that Unicode calls equivalent would be one.
    var keys: Set<[UInt8]> = []
    skipBlanks()
    if source[offset] == UInt8(ascii: "}") {
      offset += 1
      depth -= 1
      return .object([])
    }
    while true {
      skipBlanks()
      let position = position
      let member: JSONNode.Member
      if let names = templateNames, source[offset] == UInt8(ascii: "@") {
        let reference = try parseReference()
        member = .init(key: names[reference.index], position: position, value: .reference(reference))
      } else {
        guard source[offset] == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
        let key = try parseString()
        skipBlanks()
        guard source[offset] == UInt8(ascii: ":") else { throw unexpected("':' behind the key") }
        offset += 1
        skipBlanks()
        member = .init(
          key: key, position: position,
          value: try parseMember(key, at: position, objectStart: start, isMetadata: isMetadata))
      }
      guard keys.insert(Array(member.key.utf8)).inserted else {
        throw error("expected each key once, found '\(member.key)' again", at: position)
      }
      members.append(member)
      skipBlanks()
      if source[offset] == UInt8(ascii: "}") { break }
      guard source[offset] == UInt8(ascii: ",") else { throw unexpected("',' or '}'") }
      offset += 1
    }
    offset += 1
    depth -= 1
    return .object(members)
  }

  /// Parses a member's value the way its key asks for.
  private mutating func parseMember(
    _ key: String, at position: SourcePosition, objectStart: Int, isMetadata: Bool
  ) throws(SourceError) -> JSONNode {
    path.append(key)
    defer { path.removeLast() }
    if let ensemble = JSONKeys.treeEnsemble(path) {
      throw error(
        "a tree ensemble (\(ensemble)) has no weight tensors; expected a model made of arrays of numbers", at: position)
    }
    let isList = source[offset] == UInt8(ascii: "[")
    if isMetadata { return try parseValue(isMetadata: true) }
    if isList {
      if JSONKeys.settings.contains(key) { return try parseValue(isMetadata: true) }
      if JSONKeys.isShape(key), isShortIntegerList { return try parseValue(isMetadata: true) }
      if JSONKeys.isArrayList(key, path: path) { return try parseArrayList(minimumRank: key == "coefs_" ? 2 : 1) }
      if key == "weights", path.count >= 2, path[path.count - 2] == JSONParser.element,
        path.count == 3, path[0] == "layers", hasKeys(["type", "shape"], objectAt: objectStart)
      {
        return try parseArrayList(minimumRank: 1)
      }
    } else if source[offset] == UInt8(ascii: "{"), JSONKeys.settingsObjects.contains(key) {
      return try parseValue(isMetadata: true)
    }
    return try parseValue(isMetadata: false)
  }

  /// Whether the object that starts at `start` has all of `wanted` as its own keys; malformed text answers no.
  private func hasKeys(_ wanted: Set<String>, objectAt start: Int) -> Bool {
    var missing = wanted
    var at = start + 1
    var level = 1
    while at < source.count, level > 0, !missing.isEmpty {
      switch source[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): level += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): level -= 1
      case UInt8(ascii: "\""):
        let textStart = at + 1
        at += 1
        while at < source.count, source[at] != UInt8(ascii: "\"") {
          at += source[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        if level == 1, at - textStart < 16, at <= source.count { missing.remove(source.string(textStart..<at)) }
      default: break
      }
      at += 1
    }
    return missing.isEmpty
  }

  /// Whether the list at `offset` is short, flat, and of nothing but integers and nulls: a shape, not a tensor.
  private var isShortIntegerList: Bool {
    var at = offset + 1
    let limit = min(source.count, at + 512)
    var commas = 0
    while at < limit, commas < 8 {
      switch source[at] {
      case UInt8(ascii: "]"): return true
      case UInt8(ascii: ","): commas += 1
      case 0x30...0x39, 0x2D, 0x20, 0x09, 0x0A, 0x0D: break
      case UInt8(ascii: "n"), UInt8(ascii: "u"), UInt8(ascii: "l"): break
      default: return false
      }
      at += 1
    }
    return false
  }

  /// The name of an array's element in `path`; no key can be it, as the level is an array's.
  static let element = "[]"
}
