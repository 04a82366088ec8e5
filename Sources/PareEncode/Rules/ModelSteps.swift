extension EncodingPlan {
  /// The steps of a model's tensors in their order, nil for a tensor that is not quantized with `modelStep` and a target.
  ///
  /// All tensors with the same target share one step, and meet the target together: the decibels are those of all their weights, the
  /// maximum error that of the worst of them. One step for all has the least squared error for the bytes it takes. Throws
  /// `notFinite` and `codeTooWide`. Some dozen passes over the elements for decibels, two for a maximum error.
  /// Precondition: there is a mask or nil for each tensor.
  public func steps(
    for tensors: [FloatTensor], masks: [PruningMask?], rounding: Rounding
  ) throws(EncodeError) -> [ChosenStep?] {
    precondition(tensors.count == masks.count)
    let quantizations = quantizations(of: tensors)
    var steps = [ChosenStep?](repeating: nil, count: tensors.count)
    for index in tensors.indices {
      guard steps[index] == nil, case .modelStep(let target?) = quantizations[index] else { continue }
      let members = quantizations.indices.filter { quantizations[$0] == quantizations[index] }
      let search = StepSearch(members: try Self.uniform(members, tensors, masks), option: quantizations[index])
      for (member, found) in zip(members, try search.choices(for: target, rounding: rounding)) { steps[member] = found }
    }
    return steps
  }

  /// How each tensor is quantized.
  func quantizations(of tensors: [FloatTensor]) -> [Quantization] {
    tensors.map { settings(forName: $0.name, rank: $0.shape.count).quantization }
  }

  /// The tensors with these indices on a grid.
  static func uniform(
    _ members: [Int], _ tensors: [FloatTensor], _ masks: [PruningMask?]
  ) throws(EncodeError) -> [UniformStep] {
    var uniform: [UniformStep] = []
    for member in members {
      let mask = masks[member].flatMap { $0.droppedCount == 0 ? nil : $0 }
      uniform.append(try UniformStep(tensor: tensors[member], mask: mask))
    }
    return uniform
  }
}
