import Pare
import PareEncode

extension Comparison {
  /// The answer for people.
  func text(width: Int, shortensNames: Bool) -> String {
    var text = ""
    if !tensors.isEmpty { text += table.text(width: width, shortensNames: shortensNames) + "\n" }
    for name in missing {
      text += wrapped("missing: \(printable(name)) is not in the container", width: width, indent: 2)
    }
    for name in extra { text += wrapped("extra: \(printable(name)) is not in the source", width: width, indent: 2) }
    for line in summary { text += wrapped(line, width: width, indent: 2) }
    return text
  }

  private var table: Table {
    var table = Table([
      .init(title: "tensor"), .init(title: "shape", drop: 5), .init(title: "max err", isRight: true),
      .init(title: "rms err", isRight: true, drop: 4), .init(title: "SQNR", isRight: true, drop: 3),
      .init(title: "recorded", drop: 2), .init(title: "bound", drop: 1),
    ])
    for tensor in tensors {
      let statistics = tensor.statistics
      table.add(
        [
          printable(tensor.name), shapeText(tensor.shape),
          statistics.map { significant(Double($0.maxAbsError)) } ?? "-",
          statistics.map { significant(Double($0.rmsError)) } ?? "-",
          statistics.flatMap { decibels($0.powerRatio) }.map { fixed($0, 1) } ?? "-",
          tensor.isIdentical ? "identical" : tensor.recorded.word, tensor.isIdentical ? "identical" : tensor.bound.word,
        ], notes: notes(tensor))
    }
    return table
  }

  private func notes(_ tensor: TensorComparison) -> [String] {
    guard let statistics = tensor.statistics else {
      return ["the shapes differ: \(shapeText(tensor.shape)), in the source \(shapeText(tensor.sourceShape))"]
    }
    var notes: [String] = []
    if tensor.dropped.count > 0 {
      notes.append(
        "\(counted(tensor.dropped.count, "weight")) dropped, the largest \(significant(Double(tensor.dropped.largestMagnitude)))"
      )
    }
    for case .fails(let sentence) in [tensor.recorded, tensor.bound] { notes.append(sentence) }
    if isBeyondTolerance(tensor) {
      notes.append("beyond the tolerance: \(significant(Double(statistics.maxAbsError)))")
    }
    return notes
  }

  private var summary: [String] {
    guard !isIdentical else { return ["identical: every weight of \(counted(tensors.count, "tensor")), bit for bit"] }
    var lines: [String] = []
    let reshaped = tensors.count { $0.statistics == nil }
    if reshaped > 0 || !missing.isEmpty || !extra.isEmpty {
      lines.append(
        "not the same model: \(missing.count) missing, \(extra.count) extra, \(reshaped) of another shape")
    }
    let compared = tensors.filter { $0.statistics != nil && !$0.isIdentical }
    let recorded = compared.count { $0.recorded != .none }
    let failed = compared.count { $0.recorded.fails }
    if recorded > 0 {
      lines.append(
        failed == 0
          ? "recorded errors hold for \(counted(recorded, "tensor"))"
          : "recorded errors do not hold for \(failed) of \(counted(recorded, "tensor"))")
    }
    let bounded = compared.count { $0.bound != .none }
    let broken = compared.count { $0.bound.fails }
    let unbounded = compared.count - bounded
    if bounded == 0, unbounded > 0 { lines.append("no bound is promised for \(counted(unbounded, "tensor"))") }
    if bounded > 0 {
      let rest =
        unbounded == 0 ? "" : "; \(counted(unbounded, "tensor")) \(unbounded == 1 ? "promises" : "promise") none"
      lines.append(
        broken == 0
          ? "each weight that was not dropped is within its promised bound" + rest
          : "the promised bound does not hold for \(counted(broken, "tensor"))")
    }
    if let tolerance {
      let beyond = tensors.count { isBeyondTolerance($0) }
      lines.append(
        beyond == 0
          ? "no error is above the tolerance of \(tolerance)"
          : "\(counted(beyond, "tensor")) beyond the tolerance of \(tolerance)")
    }
    return lines
  }
}

extension TensorComparison.Verdict {
  /// One word.
  var word: String {
    switch self {
    case .none: "-"
    case .holds: "holds"
    case .fails: "fails"
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .holds: .string("holds")
    case .fails: .string("fails")
    }
  }
}

extension Comparison {
  /// The answer for programs.
  func json(_ outputs: OutputComparison?) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("path", .string(path)), ("holds", .bool(holds && outputs?.holds != false)), ("identical", .bool(isIdentical)),
      ("tolerance", .optional(tolerance)), ("missing", .array(missing.map { .string($0) })),
      ("extra", .array(extra.map { .string($0) })), ("tensors", .array(tensors.map(json))),
    ]
    if let outputs { members.append(("outputs", outputs.json)) }
    return .object(members)
  }

  private func json(_ tensor: TensorComparison) -> JSONValue {
    let statistics = tensor.statistics
    return .object([
      ("name", .string(tensor.name)), ("shape", .array(tensor.shape.map { .integer($0) })),
      ("sourceShape", .array(tensor.sourceShape.map { .integer($0) })), ("identical", .bool(tensor.isIdentical)),
      ("maxAbsError", statistics.map { .float($0.maxAbsError) } ?? .null),
      ("rmsError", statistics.map { .float($0.rmsError) } ?? .null),
      ("sqnr", .optional(statistics.flatMap { decibels($0.powerRatio) })),
      ("withinTolerance", tolerance == nil ? .null : .bool(!isBeyondTolerance(tensor))),
      ("recorded", tensor.recorded.json), ("bound", tensor.bound.json),
      (
        "dropped",
        .object([
          ("count", .integer(tensor.dropped.count)), ("largestMagnitude", .float(tensor.dropped.largestMagnitude)),
        ])
      ),
    ])
  }
}
