public import PareEncode

extension SourceModel {
  /// Reorders a tensor's axes: axis i is then the former axis `axes[i]`. Its reference undoes that on export.
  mutating func permute(_ index: Int, _ axes: [Int]) {
    guard axes != Array(axes.indices) else { return }
    let tensor = tensors[index]
    let order = AxisPermutation(axes, of: tensor.shape)
    tensors[index] = FloatTensor(name: tensor.name, shape: order.shape, values: order.apply(to: tensor.values))
    document = document.mapReferences { reference in
      guard reference.index == index else { return .tensor(reference) }
      let source = axes.map { reference.permutation?[$0] ?? $0 }
      let reversed = axes.indices.filter { reference.reversedAxes.contains(axes[$0]) }
      let isPlain = reversed.isEmpty && source == Array(source.indices)
      return .tensor(
        TensorReference(
          index: index, permutation: isPlain ? nil : source, reversedAxes: reversed, areStrings: reference.areStrings))
    }
  }

  /// Brings the tensors' axes into the order that the layout of a container with tensors of these names states, and folds
  /// the normalizations that it says are folded; what does not fit stays as it is.
  public mutating func arrange(like layout: SourceLayout, names: [String]) {
    guard case .template(let kind, let text) = layout,
      let wanted = try? parseTemplate(kind: kind, text: text, names: names)
    else { return }
    let places = TensorNames(tensors)
    let current = Dictionary(document.references.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    for reference in wanted.references {
      guard let index = places[names[reference.index]], let source = current[index] else { continue }
      let identity = Array(tensors[index].shape.indices)
      let from = source.permutation ?? identity
      let to = reference.permutation ?? identity
      guard from.count == to.count, from != to else { continue }
      permute(index, to.compactMap { from.firstIndex(of: $0) })
    }
    for reference in wanted.references {
      guard let folding = reference.folding, let index = places[names[reference.index]] else { continue }
      let known = folding.sourceTensors.allSatisfy { places[names[$0]] != nil }
      guard known, places[names[folding.folded]] == nil else { continue }
      // The tensor that folding makes comes last.
      let record = folding.renumbered { places[names[$0]] ?? tensors.count }
      _ = fold(index, record, name: names[folding.folded])
    }
  }

  /// A part of a flat array.
  struct Piece {
    var name: String
    var shape: [Int]

    /// Whether the source has the last axis backwards.
    var isReversed = false
  }

  /// Replaces a flat tensor by its parts, which follow each other in it.
  /// Precondition: together they have its elements.
  mutating func split(_ index: Int, into pieces: [Piece]) {
    let flat = tensors[index].values
    var parts: [FloatTensor] = []
    var references: [TensorReference] = []
    var offset = 0
    for piece in pieces {
      let count = piece.shape.reduce(1, *)
      let values = FloatBuffer()
      values.append(contentsOf: flat.span.extracting(offset..<offset + count))
      offset += count
      var reference = TensorReference(index: index + parts.count)
      var ordered = values
      if piece.isReversed {
        let axes = Array(piece.shape.indices)
        reference = TensorReference(index: reference.index, permutation: axes, reversedAxes: [axes.count - 1])
        ordered = AxisPermutation(axes, reversed: [axes.count - 1], of: piece.shape).apply(to: values)
      }
      parts.append(FloatTensor(name: piece.name, shape: piece.shape, values: ordered))
      references.append(reference)
    }
    precondition(offset == flat.count, "\(pieces.count) parts have \(offset) of \(flat.count) elements")
    document = document.mapReferences { reference in
      guard reference.index != index else { return .joined(references) }
      guard reference.index > index else { return .tensor(reference) }
      var moved = reference
      moved.index += parts.count - 1
      return .tensor(moved)
    }
    let origin = origins[index]
    tensors.replaceSubrange(index...index, with: parts)
    origins.replaceSubrange(index...index, with: parts.map { _ in origin })
  }
}
