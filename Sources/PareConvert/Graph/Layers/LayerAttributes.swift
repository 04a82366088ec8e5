/// The attributes of a layer, taken one by one; what is left then is not known.
struct LayerAttributes {
  /// What messages call the layer.
  let label: String
  private var left: [(key: String?, value: String)]

  init(_ word: LayerWord) {
    label = word.name
    left = word.attributes
  }

  /// Whether a word stands there alone.
  mutating func flag(_ name: String) -> Bool {
    guard let index = left.firstIndex(where: { $0.key == nil && $0.value == name }) else { return false }
    left.remove(at: index)
    return true
  }

  /// The value behind a key.
  mutating func text(_ key: String) -> String? {
    guard let index = left.firstIndex(where: { $0.key == key }) else { return nil }
    return left.remove(at: index).value
  }

  /// The whole number behind a key.
  mutating func integer(_ key: String, default standard: Int) throws(GraphRefusal) -> Int {
    guard let text = text(key) else { return standard }
    guard let value = Int(text) else { throw expected("a whole number", key, text) }
    return value
  }

  /// The number behind a key.
  mutating func float(_ key: String, default standard: Float) throws(GraphRefusal) -> Float {
    guard let text = text(key) else { return standard }
    guard let value = Double(text), value.isFinite else { throw expected("a number", key, text) }
    return Float(value)
  }

  /// Two numbers behind a key, of height and width, as `2x3`, or one for both.
  mutating func pair(_ key: String, default standard: (Int, Int)) throws(GraphRefusal) -> (Int, Int) {
    guard let text = text(key) else { return standard }
    guard let pair = Self.pair(text) else { throw expected("a number or two, as 2x3,", key, text) }
    return pair
  }

  /// The size of a window, which needs no key.
  mutating func size() throws(GraphRefusal) -> (Int, Int) {
    if let index = left.firstIndex(where: { $0.key == nil && Self.pair($0.value) != nil }) {
      return Self.pair(left.remove(at: index).value) ?? (1, 1)
    }
    guard left.contains(where: { $0.key == "size" }) else {
      throw GraphRefusal("\(label): expected the size of its window, as \(label)(2)")
    }
    return try pair("size", default: (1, 1))
  }

  static func pair(_ text: String) -> (Int, Int)? {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = numbers.first ?? nil, let last = numbers.last ?? nil, numbers.count < 3 else { return nil }
    let range = 0...65_535
    return range.contains(first) && range.contains(last) ? (first, last) : nil
  }

  private func expected(_ what: String, _ key: String, _ found: String) -> GraphRefusal {
    GraphRefusal("\(label): expected \(what) behind '\(key)=', found '\(found)'")
  }

  /// Throws for an attribute that was not taken.
  func requireNoMore() throws(GraphRefusal) {
    guard let other = left.first else { return }
    throw GraphRefusal("\(label): the attribute '\(other.key ?? other.value)' is not known here, or stands there twice")
  }
}
