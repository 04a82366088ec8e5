/// The layers of a source that does not say them, as the caller writes them: `fc1 relu [ fc2 relu ]+ fc3`.
///
/// A word is a module of the source or a function; attributes stand in brackets behind it, as in
/// `conv1(stride=2,padding=causal)`. What is between `[` and `]+` is added to what it reads. A `#` begins a comment,
/// which ends with the line.
public struct LayerText: Sendable {
  /// A layer, or layers with a connection around them.
  enum Item: Sendable {
    case layer(LayerWord)
    indirect case residual([Item])
  }

  let items: [Item]

  /// Reads a text. Throws `LayerTextError` with the place.
  public init(_ text: String) throws(LayerTextError) {
    var scanner = Scanner(text)
    items = try scanner.items(isBlock: false)
  }

  /// Reads a file. Throws with the place in it.
  public init(path: String) throws(SourceError) {
    let source = try SourceBytes(path: path)
    do { try self.init(source.string(0..<source.count)) } catch {
      throw SourceError(error.message, path: path, line: error.line, column: error.column)
    }
  }

  /// All layers in order, those of blocks too.
  var words: [LayerWord] { Self.words(items) }

  private static func words(_ items: [Item]) -> [LayerWord] {
    items.flatMap { item in
      switch item {
      case .layer(let word): [word]
      case .residual(let items): words(items)
      }
    }
  }
}

/// A word of a layer text with its attributes.
struct LayerWord: Sendable {
  let name: String

  /// The parts between the brackets: a key and a value, or a value alone.
  var attributes: [(key: String?, value: String)] = []
}

/// What is wrong with a layer text, and where.
public struct LayerTextError: Error, Sendable, Equatable {
  /// What was expected, without a full stop.
  public let message: String

  /// From 1.
  public let line: Int

  /// The character within the line, from 1.
  public let column: Int
}

/// Reads a layer text character by character.
private struct Scanner {
  private let text: [Character]
  private var at = 0

  /// Blocks within blocks are read by recursion.
  private static let maximumDepth = 64
  private var depth = 0

  init(_ text: String) { self.text = Array(text) }

  /// Layers to the end of the text, or of the block.
  mutating func items(isBlock: Bool) throws(LayerTextError) -> [LayerText.Item] {
    var items: [LayerText.Item] = []
    while true {
      skipBlanks()
      guard at < text.count else {
        if isBlock { throw error("expected ']+' at the end of a block that '[' begins") }
        guard !items.isEmpty else { throw error("expected layers") }
        return items
      }
      switch text[at] {
      case "[":
        guard depth < Self.maximumDepth else {
          throw error("expected at most \(Self.maximumDepth) blocks in each other")
        }
        depth += 1
        at += 1
        items.append(.residual(try self.items(isBlock: true)))
        depth -= 1
      case "]":
        guard isBlock else { throw error("expected a layer, found ']' without a '[' before it") }
        guard !items.isEmpty else { throw error("expected layers in the block") }
        at += 1
        guard at < text.count, text[at] == "+" else {
          throw error("expected '+' behind ']': the block is added to what it reads")
        }
        at += 1
        return items
      case "(", ")": throw error("expected a layer, found '\(text[at])'")
      default: items.append(.layer(try word()))
      }
    }
  }

  private mutating func word() throws(LayerTextError) -> LayerWord {
    let start = at
    while at < text.count, !text[at].isWhitespace, !"()[]".contains(text[at]) { at += 1 }
    var word = LayerWord(name: String(text[start..<at]))
    guard at < text.count, text[at] == "(" else { return word }
    at += 1
    let bracket = at
    while at < text.count, text[at] != ")" { at += 1 }
    guard at < text.count else {
      at = bracket - 1
      throw error("expected ')' behind the attributes of '\(word.name)'")
    }
    let inside = String(text[bracket..<at])
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
      guard sides.allSatisfy({ !$0.isEmpty }) else {
        at = bracket
        throw error("expected attributes of '\(word.name)' as in (stride=2,dilation=4), found '(\(inside))'")
      }
      word.attributes.append(sides.count == 2 ? (sides[0], sides[1]) : (nil, sides[0]))
    }
    at += 1
    return word
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.firstIndex { !$0.isWhitespace } ?? text.endIndex
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? start
    return String(text[start..<end])
  }

  private mutating func skipBlanks() {
    while at < text.count {
      if text[at] == "#" {
        while at < text.count, !text[at].isNewline { at += 1 }
      } else if text[at].isWhitespace {
        at += 1
      } else {
        return
      }
    }
  }

  private func error(_ message: String) -> LayerTextError {
    let before = text[..<min(at, text.count)]
    let lineStart = before.lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
    return LayerTextError(
      message: message, line: before.count(where: \.isNewline) + 1, column: before.count - lineStart + 1)
  }
}
