import PareFormat

/// Keeps the fields of a coded part's description as PareFormat reads them, and puts them into words.
struct DumpDescription: DescriptionObserver {
  private struct Field {
    let field: DescriptionField
    let value: Int
    let width: Int
  }

  private var fields: [Field] = []

  /// The bits of all fields so far.
  private(set) var bitCount = 0

  mutating func read(_ field: DescriptionField, _ value: Int, width: Int) {
    fields.append(Field(field: field, value: value, width: width))
    bitCount += width
  }

  /// The fields as lines and lists of lines; `streamNames` are those of the streams that have symbols.
  func items(_ streamNames: [String]) -> [DumpBitsItem] {
    var walk = Walk(fields: fields[...], names: streamNames[...])
    var items: [DumpBitsItem] = []
    while let item = walk.next() { items.append(item) }
    return items
  }

  /// Goes through the fields. A damaged description ends anywhere.
  private struct Walk {
    var fields: ArraySlice<Field>
    var names: ArraySlice<String>
    var bit = 0
    var positionClassCount = 1
    var tableCount = 0

    /// How many columns of bits are put into one line where fields of a kind are many.
    static let columnCount = 23

    /// Takes the next field when it is one of these.
    mutating func take(where isWanted: (DescriptionField) -> Bool) -> Field? {
      guard let first = fields.first, isWanted(first.field) else { return nil }
      return fields.removeFirst()
    }

    mutating func take(_ field: DescriptionField) -> Field? { take { $0 == field } }

    mutating func line(_ fields: [Field], _ name: String, _ meaning: String) -> DumpBitsItem {
      let line = DumpBits(start: bit, widths: fields.map(\.width), name: name, meaning: meaning)
      bit += line.bitCount
      return .line(line)
    }

    mutating func next() -> DumpBitsItem? {
      guard let first = fields.first else { return nil }
      switch first.field {
      case .frequency, .mirrored, .knots: return tables()
      case .segmentClass, .positionClass: return classes(first.field)
      default:
        fields.removeFirst()
        return line([first], Self.name(first.field), meaning(first))
      }
    }

    private static func name(_ field: DescriptionField) -> String {
      if case .frequency = field { "frequencies" } else { "\(field)" }
    }

    private mutating func meaning(_ field: Field) -> String {
      let value = field.value
      switch field.field {
      case .s: return value == 31 ? "31, one segment a block" : "\(value), segments of \(counted(1 << value, "row"))"
      case .mode:
        positionClassCount = 1
        tableCount = 0
        let lanes = [0, 1, 4, 32][value & 3]
        return "\(names.popFirst() ?? "stream"): " + (lanes == 0 ? "raw" : "coded, \(counted(lanes, "lane"))")
      case .precision: return value > 6 ? "\(value)" : "\(value + 8), frequencies add up to \(1 << (value + 8))"
      case .classes: return "\(value + 1)"
      case .positionClasses:
        positionClassCount = value + 1
        return "\(value + 1)"
      case .padding: return ""
      default: return "\(value)"
      }
    }

    // MARK: Tables

    private mutating func tables() -> DumpBitsItem {
      var tables: [DumpBitsItem.Element] = []
      while let first = fields.first?.field {
        if case .frequency = first {
          tables.append(frequencies())
        } else if first == .mirrored || first == .knots {
          tables.append(polyline())
        } else {
          break
        }
        tableCount += 1
      }
      return .list(noun: "table", tables)
    }

    /// `table 5`, and which one that is where position classes have tables of their own.
    private var tableName: String { "table \(tableCount)" }

    private var tableWords: String {
      guard positionClassCount > 1 else { return "" }
      return "class \(tableCount / positionClassCount), position class \(tableCount % positionClassCount): "
    }

    /// One table of bit symbols.
    private mutating func frequencies() -> DumpBitsItem.Element {
      var found: [(field: Field, ones: Int)] = []
      while case .frequency(let ones) = fields.first?.field, ones > (found.last?.ones ?? 0) {
        found.append((fields.removeFirst(), ones))
      }
      var items: [DumpBitsItem] = []
      let words = tableWords
      packed(found.map(\.field)) { walk, range in
        let fields = found[range].map { "\($0.ones): \($0.field.value)" }.joined(separator: ", ")
        let isFirst = range.lowerBound == 0
        items.append(
          walk.line(
            found[range].map(\.field), isFirst ? walk.tableName : "",
            (isFirst ? words + "frequencies by one bits, " : "") + fields))
      }
      return .init(items: items)
    }

    /// One table of other symbols.
    private mutating func polyline() -> DumpBitsItem.Element {
      let mirrored = take(.mirrored)
      let knots = take(.knots)
      var words = knots.map { counted($0.value + 1, "knot") } ?? ""
      if let mirrored {
        words = (mirrored.value == 1 ? "mirrored" : "not mirrored") + (words.isEmpty ? "" : ", " + words)
      }
      var items = [line([mirrored, knots].compactMap { $0 }, tableName, words)]
      var lines: [DumpBitsItem.Element] = []
      var x = 0
      var level = 0
      while let fields = knot(isFirst: lines.isEmpty) {
        var words: [String] = []
        for field in fields {
          switch field.field {
          case .x: x = field.value
          case .level: level = field.value
          case .gap:
            x += field.value + 1
            words.append("gap \(field.value)")
          case .holeOrChange where field.value == 0: words.append("hole")
          default:
            let zigzag = field.value - 1
            level += zigzag & 1 == 1 ? -(zigzag + 1) / 2 : zigzag / 2
            words.append("change \(field.value)")
          }
        }
        let place = "x \(x), level \(level)"
        lines.append(
          .init(items: [
            line(
              fields, "knot \(lines.count)", place + (words.isEmpty ? "" : " (" + words.joined(separator: ", ") + ")"))
          ]))
      }
      if !lines.isEmpty { items.append(.list(noun: "knot", lines)) }
      return .init(items: items)
    }

    /// The fields of the next knot, nil behind the last.
    private mutating func knot(isFirst: Bool) -> [Field]? {
      let kinds: [DescriptionField] = isFirst ? [.x, .level] : [.gap, .holeOrChange, .change]
      var found: [Field] = []
      for kind in kinds {
        if kind == .change, found.last?.value != 0 { break }
        guard let field = take(kind) else { break }
        found.append(field)
      }
      return found.isEmpty ? nil : found
    }

    // MARK: Classes

    private mutating func classes(_ kind: DescriptionField) -> DumpBitsItem {
      var found: [Field] = []
      while let field = take(kind) { found.append(field) }
      var elements: [DumpBitsItem.Element] = []
      let noun = kind == .segmentClass ? "segment" : "position"
      packed(found) { walk, range in
        let isFirst = range.lowerBound == 0
        let words = found[range].map { "\($0.value)" }.joined(separator: " ")
        let item = walk.line(
          Array(found[range]), isFirst ? "\(noun) class" : "",
          (isFirst ? "\(counted(found.count, noun)): " : "") + words)
        elements.append(.init(items: [item], count: range.count))
      }
      return .list(noun: noun, elements)
    }

    /// Calls `body` with ranges of the fields that fit a line each.
    private mutating func packed(_ fields: [Field], _ body: (inout Walk, Range<Int>) -> Void) {
      var start = 0
      while start < fields.count {
        var end = start + 1
        var columns = fields[start].width
        while end < fields.count, columns + 1 + fields[end].width <= Self.columnCount {
          columns += 1 + fields[end].width
          end += 1
        }
        body(&self, start..<end)
        start = end
      }
    }
  }
}
