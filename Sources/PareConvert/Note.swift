/// Sentences for standard error about what was read or written otherwise than one might think.
enum Note {
  /// The first items, and how many more there are: `a, b and 3 more`.
  static func list(_ items: [String], limit: Int) -> String {
    let shown = items.prefix(limit).joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
  }

  /// A sentence about a source.
  static func about(_ path: String, _ sentence: String) -> String { "\(path == "-" ? "<stdin>" : path): \(sentence)" }
}
