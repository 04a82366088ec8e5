/// A JSON document to print. Members keep their order.
enum JSONValue {
  case null
  case bool(Bool)
  case integer(Int)
  case float(Float)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// The number, or null.
  static func optional(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }

  /// The document, indented by two blanks, with a newline at its end. Arrays of numbers stay on one line.
  var text: String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    // JSON has no infinities and no NaN.
    case .float(let value): text += value.isFinite ? value.description : "null"
    case .double(let value): text += value.isFinite ? value.description : "null"
    case .string(let value): Self.quote(value, to: &text)
    case .array(let values):
      let isLine = values.allSatisfy(\.isScalar)
      Self.list(values, ("[", "]"), isLine: isLine, indent, &text) { value, text, indent in
        value.write(to: &text, indent: indent)
      }
    case .object(let members):
      Self.list(members, ("{", "}"), isLine: members.isEmpty, indent, &text) { member, text, indent in
        Self.quote(member.0, to: &text)
        text += ": "
        member.1.write(to: &text, indent: indent)
      }
    }
  }

  private static func list<Item>(
    _ items: [Item], _ brackets: (String, String), isLine: Bool, _ indent: String, _ text: inout String,
    _ write: (Item, inout String, String) -> Void
  ) {
    let inner = indent + "  "
    text += brackets.0
    for (index, item) in items.enumerated() {
      if index > 0 { text += isLine ? ", " : "," }
      if !isLine { text += "\n" + inner }
      write(item, &text, inner)
    }
    if !isLine { text += "\n" + indent }
    text += brackets.1
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        // A terminal obeys C1 controls too.
        if scalar.properties.generalCategory == .control {
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
