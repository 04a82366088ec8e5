/// What is wrong with a source model: where, what was found there, and what was expected instead.
public struct SourceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whether the source could not be read at all, or could be read and is wrong.
  public enum Kind: Sendable, Equatable {
    case unreadable
    case malformed
  }

  /// Unreadable (the system's doing) or malformed (the source's).
  public let kind: Kind

  /// The path as the caller gave it; `-` is standard input.
  public let path: String

  /// The line, from 1; nil where the source has no lines.
  public let line: Int?

  /// The byte within the line, from 1; nil where the source has no lines.
  public let column: Int?

  /// What was found and what was expected, one sentence without a full stop.
  public let message: String

  /// Creates an error.
  public init(
    _ message: String, path: String, line: Int? = nil, column: Int? = nil, kind: Kind = .malformed
  ) {
    self.kind = kind
    self.path = path
    self.line = line
    self.column = column
    self.message = message
  }

  /// `path:line:column: error: message`.
  public var description: String {
    var text = path == "-" ? "<stdin>" : path
    if let line { text += ":\(line)" }
    if let column { text += ":\(column)" }
    return text + ": error: " + message
  }
}

/// A place in a source text.
struct SourcePosition: Sendable, Equatable {
  /// From 1.
  var line: Int
  /// The byte within the line, from 1.
  var column: Int
}

extension SourceError {
  init(_ message: String, path: String, at position: SourcePosition) {
    self.init(message, path: path, line: position.line, column: position.column)
  }
}
