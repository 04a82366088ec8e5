extension JSONParser {
  /// Parses `@index`, then optionally `(axis,...)`, `*(tensor,...)` and `s`.
  mutating func parseReference() throws(SourceError) -> TensorReference {
    let position = position
    offset += 1
    return try parseIndex(at: position)
  }

  /// Parses `@[`, references without their sign, with commas between them, and `]`.
  mutating func parseJoinedReferences() throws(SourceError) -> [TensorReference] {
    var references: [TensorReference] = []
    offset += 1
    repeat {
      offset += 1
      references.append(try parseIndex(at: position))
    } while source[offset] == UInt8(ascii: ",")
    guard source[offset] == UInt8(ascii: "]") else { throw unexpected("',' or ']'") }
    offset += 1
    return references
  }

  private mutating func parseIndex(at position: SourcePosition) throws(SourceError) -> TensorReference {
    let index = try parseInteger("the tensor's index")
    guard let names = templateNames, index < names.count else {
      throw error("expected the index of a tensor, found \(index)", at: position)
    }
    guard referenced.insert(index).inserted else {
      throw error("expected each tensor once, found @\(index) again", at: position)
    }
    var reference = TensorReference(index: index)
    if source[offset] == UInt8(ascii: "(") {
      var axes: [Int] = []
      repeat {
        offset += 1
        if source[offset] == UInt8(ascii: "-") {
          offset += 1
          reference.reversedAxes.append(axes.count)
        }
        axes.append(try parseInteger("an axis"))
      } while source[offset] == UInt8(ascii: ",")
      guard source[offset] == UInt8(ascii: ")") else { throw unexpected("')'") }
      offset += 1
      guard axes.count <= Self.maximumRank, axes.sorted() == Array(axes.indices) else {
        throw error("expected each axis once, found \(axes)", at: position)
      }
      reference.permutation = axes
    }
    if source[offset] == UInt8(ascii: "*") { reference.folding = try parseFolding(names.count, at: position) }
    if source[offset] == UInt8(ascii: "s") {
      offset += 1
      reference.areStrings = true
    }
    return reference
  }

  /// Parses `*(mean,variance,gamma,beta,bias,folded,epsilon)`, in which `-` stands for a tensor that the source lacks.
  private mutating func parseFolding(_ count: Int, at position: SourcePosition) throws(SourceError) -> Folding {
    var fields: [Int?] = []
    offset += 1
    for separator in "(,,,,,," {
      guard source[offset] == separator.asciiValue else { throw unexpected("'\(separator)'") }
      offset += 1
      if (2...4).contains(fields.count), source[offset] == UInt8(ascii: "-") {
        offset += 1
        fields.append(nil)
      } else {
        fields.append(try parseInteger("a tensor"))
      }
    }
    guard source[offset] == UInt8(ascii: ")") else { throw unexpected("')'") }
    offset += 1
    guard let mean = fields[0], let variance = fields[1], let folded = fields[5], let bits = fields[6],
      fields[..<6].allSatisfy({ ($0 ?? 0) < count }), let epsilon = UInt32(exactly: bits).map(Float.init(bitPattern:)),
      epsilon.isFinite, epsilon >= 0
    else { throw error("expected the tensors of a folded normalization, found others", at: position) }
    guard referenced.insert(folded).inserted else {
      throw error("expected each tensor once, found @\(folded) again", at: position)
    }
    return Folding(
      mean: mean, variance: variance, gamma: fields[2], beta: fields[3], bias: fields[4], folded: folded,
      epsilon: epsilon)
  }

  private mutating func parseInteger(_ what: String) throws(SourceError) -> Int {
    guard source[offset] &- 0x30 <= 9 else { throw unexpected(what) }
    var value = 0
    while source[offset] &- 0x30 <= 9 {
      value = min(value * 10 + Int(source[offset] - 0x30), 1 << 40)
      offset += 1
    }
    return value
  }
}
