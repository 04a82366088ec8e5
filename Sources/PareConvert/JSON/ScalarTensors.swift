/// Which numbers outside arrays are tensors of rank 0: those of a state_dict that are written with a point or an
/// exponent. Integers there count something (`num_batches_tracked`), and other objects hold settings.
enum ScalarTensors {
  /// Whether the numbers of the text's outermost object may be tensors: it is a flat state_dict, of arrays beside
  /// numbers and texts; or the text has no arrays, and the object nothing but such numbers.
  static func areTaken(ofRoot root: JSONNode) -> Bool {
    guard root.holdsNumbers else { return isScalarModel(root) }
    guard case .object(let members) = root else { return false }
    let hasOwnArrays = members.contains { if case .numbers = $0.value { true } else { false } }
    return hasOwnArrays
      && members.allSatisfy {
        switch $0.value {
        case .object: false
        case .array(let elements): elements.isEmpty
        default: true
        }
      }
  }

  /// Whether the numbers of a wrapper and of what is in it may be tensors: there are arrays in it; or there are none in
  /// the whole text, and nothing but such numbers in the wrapper.
  static func areTaken(ofWrapper wrapper: JSONNode, in root: JSONNode) -> Bool {
    wrapper.holdsNumbers || (!root.holdsNumbers && isScalarModel(wrapper))
  }

  /// Whether a number's text has a point or an exponent, or is none of the integers: NaN, Infinity.
  static func isFloat(_ text: String) -> Bool {
    text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") || "NI".utf8.contains($0) }
  }

  private static func isScalarModel(_ node: JSONNode) -> Bool {
    guard case .object(let members) = node, !members.isEmpty else { return false }
    return members.allSatisfy { if case .number(let text, _) = $0.value { isFloat(text) } else { false } }
  }
}

extension JSONNode {
  /// Whether there is an array of numbers in it.
  fileprivate var holdsNumbers: Bool {
    switch self {
    case .numbers: true
    case .object(let members): members.contains { $0.value.holdsNumbers }
    case .array(let elements): elements.contains { $0.holdsNumbers }
    default: false
    }
  }
}
