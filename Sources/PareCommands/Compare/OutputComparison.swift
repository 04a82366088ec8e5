import Pare
import PareConvert
import PareEncode
import PareFormat

/// What compression cost in the outputs: the model and its float source, run on the same inputs.
struct OutputComparison {
  /// One of the two.
  struct Side {
    let name: String
    let byteCount: Int
    let framesPerSecond: Double

    /// Against the reference; nil where this is the reference.
    let errors: ErrorStatistics?

    /// The share of labels that the largest output names.
    let accuracy: Double?
  }

  let source: Side
  let model: Side

  /// What errors are taken against: the expected outputs, or the source's.
  let hasExpected: Bool
  let multiplyAddCount: Int
  let limits: Limits

  /// How the model's matrices are multiplied; the source's are in floats.
  let arithmetic: Arithmetic

  /// What is asked for.
  struct Limits {
    var tolerance: Double?
    var leastSNR: Double?
    var leastAccuracy: Double?
  }

  init(
    _ model: Model, _ source: SourceModel, sourcePaths: [String], _ request: OutputRequest, _ streams: Streams
  ) throws(CommandError) {
    let program = try runnable(model, request.options.arithmetic)
    program.sayIfFloat(streams)
    let floats = try runnable(try Self.floatModel(source, like: model))
    let inputs = try request.options.frames(request.inputs, program)
    arithmetic = program.usedArithmetic
    let found = Evaluation.timed(program, inputs, warmup: request.options.warmup)
    let reference = Evaluation.timed(floats, inputs, warmup: request.options.warmup)
    let expected = try request.expectedFrames(width: program.outputCount)
    let labels = try request.labelNumbers()
    if let expected, expected.values.count != found.outputs.values.count {
      throw CommandError(
        .badData,
        "\(displayPath(request.expected ?? "")): error: expected outputs of \(counted(expected.count, "frame")), the model gives \(found.outputs.count)"
      )
    }
    if let labels, labels.count != found.outputs.count {
      throw CommandError(
        .badData,
        "\(displayPath(request.labels ?? "")): error: \(counted(labels.count, "label")) for \(counted(found.outputs.count, "frame"))"
      )
    }
    let truth = expected ?? reference.outputs
    func side(_ name: String, _ bytes: Int, _ evaluation: Evaluation, isReference: Bool) -> Side {
      Side(
        name: name, byteCount: bytes,
        framesPerSecond: evaluation.seconds > 0 ? Double(evaluation.frameCount) / evaluation.seconds : 0,
        errors: isReference
          ? nil : ErrorStatistics(reference: truth.values.span, decoded: evaluation.outputs.values.span),
        accuracy: labels.map { evaluation.outputs.accuracy($0) })
    }
    let sourceBytes = sourcePaths.map(sourceByteCount)
    self.source = side(
      "source, f32",
      sourceBytes.contains(nil) ? floats.model.container.byteCount : sourceBytes.reduce(0) { $0 + ($1 ?? 0) },
      reference, isReference: expected == nil)
    self.model = side(displayPath(model.path), model.container.byteCount, found, isReference: false)
    hasExpected = expected != nil
    multiplyAddCount = program.multiplyAddCount
    limits = request.limits
  }

  /// The source's weights in the model's graph.
  private static func floatModel(_ source: SourceModel, like model: Model) throws(CommandError) -> Model {
    guard let section = model.container.model else { throw CommandError(ModelError.noModel(path: model.path)) }
    var places: [[UInt8]: Int] = [:]
    for (index, tensor) in source.tensors.enumerated() { places[Array(tensor.name.utf8)] = index }
    let graph = ModelGraph(section, model.bytes)
    var order: [Int: Int] = [:]
    for index in graph.usedTensors.sorted() {
      let name = model.name(of: model.records[index])
      guard let place = places[Array(name.utf8)] else {
        throw CommandError(
          .badData,
          "\(displayPath(model.path)): error: the source has no tensor \(printable(name)), which the model uses")
      }
      order[index] = place
    }
    do {
      let settings = EncodingPlan().settings(forName: "", rank: 2)
      var tensors: [EncodedTensor] = []
      for tensor in source.tensors {
        tensors.append(try TensorEncoder.encode(tensor, mask: nil, settings: settings, checksum: ZlibChecksum.self))
      }
      let plan = try ContainerPlan(
        tensors, options: ContainerOptions(model: graph.renumbered { order[$0] ?? 0 }), checksum: ZlibChecksum.self)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(plan.byteCount)
      plan.write { piece in for index in piece.indices { bytes.append(piece[index]) } }
      return try Model(bytes: bytes)
    } catch let error as EncodeError {
      throw CommandError(.badData, "error: the source does not fit the model: \(error.description)")
    } catch let error as ModelError {
      throw CommandError(.badData, "error: the source does not fit the model: \(error.description)")
    } catch {
      throw CommandError(.internal, "error: \(error)")
    }
  }

  /// Whether what was asked for holds.
  var holds: Bool { failures.isEmpty }

  /// What does not hold, a sentence each.
  var failures: [String] {
    var failures: [String] = []
    let errors = model.errors
    if let tolerance = limits.tolerance, !(Double(errors?.maxAbsError ?? 0) <= tolerance) {
      failures.append(
        "an output is off by \(significant(Double(errors?.maxAbsError ?? 0))), above the tolerance of \(tolerance)")
    }
    // Outputs that are no numbers, or have nothing of the signal, are below any limit.
    if let least = limits.leastSNR, let ratio = errors?.powerRatio, !reaches(ratio, decibels: least) {
      failures.append(
        decibels(ratio).map { "the SNR of the outputs is \(fixed($0, 1)) dB, below \(least)" }
          ?? "the outputs have no SNR in dB, \(least) are asked for")
    }
    if let least = limits.leastAccuracy, let found = model.accuracy, 100 * found < least {
      failures.append("the accuracy is \(percent(found)), below \(least) %")
    }
    return failures
  }
}

extension Frames {
  /// The share of frames whose largest element has the label's number; of one element, whether it is positive. A frame with
  /// NaN has decided nothing.
  func accuracy(_ labels: [Int]) -> Double {
    guard count > 0 else { return 0 }
    var right = 0
    for frame in 0..<count {
      let row = values[frame * width..<(frame + 1) * width]
      let found: Int
      if width == 1 {
        found = (row.first ?? 0) > 0 ? 1 : 0
      } else {
        found = (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
      }
      right += found == labels[frame] && !row.contains(where: \.isNaN) ? 1 : 0
    }
    return Double(right) / Double(count)
  }
}
