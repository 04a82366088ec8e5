import Pare
import PareEncode

extension OutputComparison {
  /// The answer for people.
  func text(width: Int) -> String {
    var table = Table([
      .init(title: "outputs of"), .init(title: "max err", isRight: true),
      .init(title: "rms err", isRight: true, drop: 4),
      .init(title: "SNR", isRight: true), .init(title: "accuracy", isRight: true, drop: 1),
      .init(title: "frames/s", isRight: true, drop: 3), .init(title: "bytes", isRight: true, drop: 2),
    ])
    for side in [source, model] {
      table.add([
        printable(side.name), side.errors.map { significant(Double($0.maxAbsError)) } ?? "-",
        side.errors.map { significant(Double($0.rmsError)) } ?? "-",
        side.errors.flatMap { decibels($0.powerRatio) }.map { fixed($0, 1) } ?? "-",
        side.accuracy.map(percent) ?? "-", significant(side.framesPerSecond), "\(side.byteCount)",
      ])
    }
    var text = table.text(width: width, shortensNames: true) + "\n"
    let against = hasExpected ? "errors are against the expected outputs" : "errors are against the source's outputs"
    let kind = arithmetic == .float ? "" : ", the model's in \(arithmetic)"
    text += wrapped("\(against); \(counted(multiplyAddCount, "multiply-add")) a frame\(kind)", width: width, indent: 2)
    for failure in failures { text += wrapped(failure, width: width, indent: 2) }
    return text
  }

  /// The answer for programs.
  var json: JSONValue {
    .object([
      ("holds", .bool(holds)), ("reference", .string(hasExpected ? "expected" : "source")),
      ("multiplyAdds", .integer(multiplyAddCount)), ("arithmetic", .string(arithmetic.rawValue)),
      ("source", json(source)), ("model", json(model)),
    ])
  }

  private func json(_ side: Side) -> JSONValue {
    .object([
      ("maxAbsError", side.errors.map { .float($0.maxAbsError) } ?? .null),
      ("rmsError", side.errors.map { .float($0.rmsError) } ?? .null),
      ("snr", .optional(side.errors.flatMap { decibels($0.powerRatio) })), ("accuracy", .optional(side.accuracy)),
      ("framesPerSecond", .double(side.framesPerSecond)), ("byteCount", .integer(side.byteCount)),
    ])
  }
}
