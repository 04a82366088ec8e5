import PareEncode
import PareFormat

/// What `convert` did: a row for each tensor, then size, computation and fidelity.
struct ConvertReport {
  private let sources: [String]
  private let budget: Int?

  /// The graph in a line, where there is one.
  private let graph: String?
  private let rows: [Row]

  /// The step of each tensor that shares one.
  private let sharedSteps: [Float]

  /// What is kept of a tensor when its payload is gone.
  private struct Row {
    let name: String
    let shape: Shape
    let encoding: Encoding
    let payloadByteCount: Int
    let nnz: Int
    let errors: ErrorStatistics?
    let note: String

    init(_ tensor: EncodedTensor, _ settings: TensorSettings, _ step: Float?) {
      name = tensor.name
      shape = tensor.shape
      encoding = tensor.encoding
      payloadByteCount = tensor.payloadByteCount
      nnz = tensor.nonZeroCount
      errors = tensor.errors
      note = ConvertReport.note(tensor, settings, step)
    }
  }

  init(sources: [String], _ encoding: ModelEncoding, graph: String?, budget: Int?) {
    self.sources = sources
    self.graph = graph
    self.budget = budget
    sharedSteps = encoding.steps.compactMap(\.self)
    rows = encoding.tensors.indices.map { Row(encoding.tensors[$0], encoding.settings[$0], encoding.steps[$0]) }
  }

  /// The number of tensors that lost something.
  var lossyCount: Int { rows.count { $0.errors != nil } }

  /// What was asked for, and why the tensor is stored as it is.
  private static func note(_ tensor: EncodedTensor, _ settings: TensorSettings, _ step: Float?) -> String {
    let asked = settings.description + (step.map { ", step \(significant(Double($0)))" } ?? "")
    let best = tensor.candidates.first?.byteCount ?? 0
    switch tensor.outcome {
    case .wouldNotShrink(let byteCount):
      let would = byteCount.map { "would take \(counted($0, "byte"))" } ?? "has no encoding"
      return "kept \(tensor.encoding.element.words): \(asked) \(would), not fewer than \(best)"
    case .kept, .encoded:
      let kept = tensor.shape.rank < 2 ? "kept, as vectors are" : "kept"
      let what = tensor.outcome == .kept ? kept : asked
      guard let next = tensor.candidates.dropFirst().first else { return what }
      let isSameElement = next.encoding.element == tensor.encoding.element
      let words = isSameElement ? next.encoding.position.words : next.encoding.words
      let more = next.byteCount - best
      // Entropy coding that saves a few bytes, which padding may take again, is not chosen.
      if more < 0 { return "\(what); \(words) would save \(-more)" }
      return "\(what); \(words) would take " + (more == 0 ? "as many bytes" : "\(more) more")
    }
  }

  /// The report on a container of this size.
  func text(byteCount: Int, width: Int, shortensNames: Bool) -> String {
    var table = Table([
      .init(title: "tensor"), .init(title: "shape", drop: 3), .init(title: "encoding", drop: 2),
      .init(title: "nnz %", isRight: true, drop: 4), .init(title: "bits/w", isRight: true, drop: 5),
      .init(title: "max err", isRight: true), .init(title: "SQNR", isRight: true, drop: 1),
      .init(title: "bytes", isRight: true),
    ])
    for row in rows {
      let bits = bitsPerWeight(payloadByteCount: row.payloadByteCount, elementCount: row.shape.elementCount)
      table.add(
        [
          printable(row.name), shapeText(row.shape.extents), row.encoding.words,
          density(nnz: row.nnz, elementCount: row.shape.elementCount).map(percentDigits) ?? "-",
          bits.map { fixed($0, 2) } ?? "-", row.errors.map { significant(Double($0.maxAbsError)) } ?? "0",
          row.errors.flatMap { decibels($0.powerRatio) }.map { fixed($0, 1) } ?? "-", "\(row.payloadByteCount)",
        ], notes: [printable(row.note)])
    }
    return table.text(width: width, shortensNames: shortensNames) + "\n" + measures(byteCount: byteCount, width: width)
  }

  private func measures(byteCount: Int, width: Int) -> String {
    let elementCount = rows.reduce(0) { $0 + $1.shape.elementCount }
    let floatBytes = 4 * elementCount
    let sourceBytes = sources.map(sourceByteCount)
    var size = ""
    if !sourceBytes.contains(nil) { size = "source \(sourceBytes.reduce(0) { $0 + ($1 ?? 0) }) bytes, " }
    size += "f32 \(floatBytes), container \(byteCount)"
    if floatBytes > 0 { size += ": " + comparedSize(byteCount, withFloats: floatBytes) }
    var lines = [("size", size), ("computation", computation), ("fidelity", fidelity)]
    if let budget { lines.insert(("budget", budgetText(budget, byteCount)), at: 1) }
    if let graph { lines.append(("graph", graph)) }
    return lines.map { titled($0.0, $0.1, column: 13, width: width) }.joined()
  }

  private func budgetText(_ budget: Int, _ byteCount: Int) -> String {
    let used = "\(byteCount) of \(counted(budget, "byte")) used"
    guard let step = sharedSteps.first else { return "\(used): the floats fit" }
    return "\(used): a step of \(significant(Double(step))) for \(counted(sharedSteps.count, "tensor"))"
  }

  /// A matrix costs a multiply-add for each weight each time it is applied; a vector is only added.
  private var computation: String {
    let matrices = rows.filter { $0.shape.rank >= 2 }
    let dense = matrices.reduce(0) { $0 + $1.shape.elementCount }
    guard dense > 0 else { return "no matrices" }
    let nonZeros = matrices.reduce(0) { $0 + $1.nnz }
    let share = percent(Double(nonZeros) / Double(dense))
    return "\(dense) multiply-adds to apply each matrix once; non-zeros alone: \(nonZeros) (\(share))"
  }

  private var fidelity: String {
    let lossy = rows.filter { $0.errors != nil }
    guard let worst = lossy.max(by: { ($0.errors?.maxAbsError ?? 0) < ($1.errors?.maxAbsError ?? 0) }) else {
      return "lossless: every weight is kept bit for bit"
    }
    var text = "largest error \(significant(Double(worst.errors?.maxAbsError ?? 0))) in \(printable(worst.name))"
    let ratios = lossy.compactMap { row in row.errors.map { (row.name, $0.powerRatio) } }
    if let lowest = ratios.min(by: { $0.1 < $1.1 }) {
      text += decibels(lowest.1).map { "; lowest SQNR \(fixed($0, 1)) dB, in \(printable(lowest.0))" } ?? ""
    }
    return text
  }
}
