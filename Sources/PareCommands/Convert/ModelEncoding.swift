import Pare
import PareConvert
import PareEncode

/// A source model's tensors, encoded as the options say, and the steps that were chosen for some of them.
struct ModelEncoding {
  private(set) var tensors: [EncodedTensor] = []
  private(set) var settings: [TensorSettings] = []

  /// The step of each tensor that shares one.
  private(set) var steps: [Float?] = []

  /// Encodes tensor by tensor, or as often as finding a step within a budget takes. The tensors leave `source`.
  init(
    _ source: inout SourceModel, _ options: ConvertOptions, _ container: ContainerOptions, _ progress: Progress
  ) throws(CommandError) {
    settings = source.tensors.map { options.plan.settings(forName: $0.name, rank: $0.shape.count) }
    let masks = options.plan.masks(for: source.tensors)
    if let budget = options.budget {
      try encode(source, options, container, masks, within: budget, progress)
    } else {
      try encode(&source, options, masks, progress)
    }
  }

  private mutating func encode(
    _ source: inout SourceModel, _ options: ConvertOptions, _ masks: [PruningMask?], _ progress: Progress
  ) throws(CommandError) {
    var masks = masks
    let chosen: [ChosenStep?]
    do {
      chosen = try options.plan.steps(for: source.tensors, masks: masks, rounding: options.encoding.rounding)
    } catch { throw CommandError(error, in: source) }
    for index in source.tensors.indices {
      let name = source.tensors[index].name
      progress.update("encoding \(name)", Double(index) / Double(source.tensors.count))
      // A tensor leaves the model here: its floats are freed unless they are the payload.
      let tensor = source.take(index)
      let mask = masks[index]
      masks[index] = nil
      do {
        tensors.append(
          try TensorEncoder.encode(
            tensor, mask: mask, settings: settings[index], options: options.encoding, chosen: chosen[index],
            checksum: ZlibChecksum.self))
      } catch { throw CommandError(error, in: source) }
      steps.append(chosen[index]?.size)
    }
  }

  private mutating func encode(
    _ source: SourceModel, _ options: ConvertOptions, _ container: ContainerOptions, _ masks: [PruningMask?],
    within budget: Int, _ progress: Progress
  ) throws(CommandError) {
    progress.update("encoding", 0)
    do {
      let search = try BudgetSearch(
        source.tensors, masks: masks, plan: options.plan, options: options.encoding, container: container,
        checksum: ZlibChecksum.self)
      let result = try search.result(within: budget) { progress.update("trying steps", Double($0 + 1) / 12) }
      tensors = result.tensors
      steps = settings.map { $0.quantization == .modelStep(nil) ? result.step : nil }
      if result.step == nil {
        for index in settings.indices where settings[index].quantization == .modelStep(nil) {
          settings[index].quantization = .unquantized
        }
      }
    } catch { throw CommandError(error, in: source) }
  }
}

extension SourceModel {
  /// Takes a tensor out: an empty one of the same name and rank stays in its place.
  fileprivate mutating func take(_ index: Int) -> FloatTensor {
    let tensor = tensors[index]
    tensors[index] = FloatTensor(
      name: tensor.name, shape: tensor.shape.isEmpty ? [0] : tensor.shape.map { _ in 0 }, values: FloatBuffer())
    return tensor
  }
}

extension CommandError {
  /// A tensor that could not be encoded as asked: an option that does not fit it is the caller's, a value the source's.
  fileprivate init(_ error: EncodeError, in source: SourceModel) {
    let index = source.tensors.firstIndex { $0.name == error.tensor }
    switch error.rule {
    case .badOption, .axisOutOfRange, .incompatibleOptions, .budgetTooSmall:
      self.init(.usage, "error: \(error.description)")
    default:
      self.init(
        .badData, index.map { source.origins[$0].error(error.description).description } ?? "error: \(error.description)"
      )
    }
  }
}
