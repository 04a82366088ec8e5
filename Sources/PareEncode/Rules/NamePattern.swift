/// A pattern for tensor names.
///
/// `*` stands for any run of characters, none and dots included; `?` for one character; `[abc]` for one of those, `[a-z]`
/// for a range and `[!abc]` for any other. A `]` right behind `[` or `[!` is a member, and every other character stands
/// for itself; so `[*]` is a star. The whole name must match, in its own case. Characters are Unicode scalars.
public struct NamePattern: Sendable, Equatable, CustomStringConvertible {
  /// The pattern's text.
  public let description: String

  private let parts: [Part]

  private enum Part: Sendable, Equatable {
    case run
    case any
    case literal(Unicode.Scalar)
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .run, .any: true
      case .literal(let own): own == scalar
      case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
      }
    }
  }

  /// Reads a pattern; throws `badOption` for an empty one, an open `[` and a range that falls.
  public init(_ text: String) throws(EncodeError) {
    guard !text.isEmpty else { throw .badOption("\"\"", "a name pattern has at least one character") }
    description = text
    let scalars = Array(text.unicodeScalars)
    var parts: [Part] = []
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "*": if parts.last != .run { parts.append(.run) }
      case "?": parts.append(.any)
      case "[": parts.append(try Self.set(scalars, &index, text))
      default: parts.append(.literal(scalars[index]))
      }
      index += 1
    }
    self.parts = parts
  }

  /// Reads a set; `index` goes from `[` to `]`.
  private static func set(_ scalars: [Unicode.Scalar], _ index: inout Int, _ text: String) throws(EncodeError)
    -> Part
  {
    var next = index + 1
    let isNegated = next < scalars.count && scalars[next] == "!"
    if isNegated { next += 1 }
    let first = next
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while next < scalars.count, scalars[next] != "]" || next == first {
      let low = scalars[next]
      var high = low
      if next + 2 < scalars.count, scalars[next + 1] == "-", scalars[next + 2] != "]" {
        high = scalars[next + 2]
        next += 2
      }
      guard low <= high else { throw .badOption(text, "a range in [ ] rises, \(low)-\(high) does not") }
      ranges.append(low...high)
      next += 1
    }
    guard next < scalars.count else { throw .badOption(text, "a set of characters ends with ]") }
    index = next
    return .set(ranges, isNegated: isNegated)
  }

  /// Whether the whole of `name` matches. Takes at most the product of both lengths.
  public func matches(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    var part = 0
    var index = 0
    // Where to go on when the run seen last takes one character more.
    var retry: (part: Int, index: Int)?
    while index < scalars.count {
      if part < parts.count, parts[part] == .run {
        part += 1
        retry = (part, index)
      } else if part < parts.count, parts[part].matches(scalars[index]) {
        part += 1
        index += 1
      } else if let last = retry {
        part = last.part
        index = last.index + 1
        retry = (part, index)
      } else {
        return false
      }
    }
    return part == parts.count || (part == parts.count - 1 && parts[part] == .run)
  }
}
