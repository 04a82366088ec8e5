public import PareEncode
import PareFormat

extension SourceModel {
  /// Folds each batch normalization into the weight of the layer before it, where nothing else reads that layer's result and
  /// `isFolded` says so of the weight; gives their number.
  ///
  /// The references of the weights record it, and exporting undoes it. A normalization stays where a factor is 0 or so far from
  /// 1 that the weight could not be restored.
  public mutating func foldNormalizations(_ isFolded: (FloatTensor) -> Bool) -> Int {
    guard let graph else { return 0 }
    var count = 0
    // From the last on, so that the numbers of those before stay.
    for number in (graph.inputs.count..<graph.valueCount).reversed() {
      guard let (weight, folding) = self.folding(of: number, tensors.count), isFolded(tensors[weight]),
        fold(weight, folding, name: foldedName(folding))
      else { continue }
      self.graph = self.graph?.folding(number, bias: folding.folded)
      count += 1
    }
    return count
  }

  /// The weight that the normalization with this value's number can be folded into, and the record of it.
  private func folding(of number: Int, _ folded: Int) -> (weight: Int, Folding)? {
    guard let graph else { return nil }
    let first = graph.inputs.count
    let operation = graph.operations[number - first]
    let before = operation.input(0) - first
    guard operation.kind == .batchNorm, before >= 0, let mean = operation.tensor(0), let variance = operation.tensor(1)
    else { return nil }
    let layer = graph.operations[before]
    let layers: [OperationKind] = [.dense, .conv1d, .transposedConv1d, .streamingConv2d, .conv2d]
    guard layers.contains(layer.kind), let weight = layer.tensor(0) else { return nil }
    let readers = graph.operations.reduce(0) { count, reader in
      count + (0..<reader.kind.inputCount).count { reader.input($0) == operation.input(0) }
    }
    let users = graph.operations.reduce(0) { count, user in count + (0..<5).count { user.tensor($0) == weight } }
    let isOutput = graph.outputs.contains { $0.value == operation.input(0) }
    guard readers == 1, users == 1, !isOutput else { return nil }
    return (
      weight,
      Folding(
        mean: mean, variance: variance, gamma: operation.tensor(2), beta: operation.tensor(3), bias: layer.tensor(1),
        folded: folded, epsilon: operation.parameter)
    )
  }

  /// Folds into a weight what the record says, and adds the tensor that is made; false where it cannot be, and nothing changes.
  mutating func fold(_ weight: Int, _ folding: Folding, name: String) -> Bool {
    let tensor = tensors[weight]
    let rowCount = tensor.shape.count < 2 ? 1 : tensor.shape[0]
    for index in folding.sourceTensors where tensors[index].values.count != rowCount { return false }
    let factors = Folding.factors(
      variance: tensors[folding.variance].values, gamma: folding.gamma.map { tensors[$0].values },
      epsilon: folding.epsilon)
    // Far from 1 products could leave the normal numbers, whose division gives the source's weight again.
    guard factors.allSatisfy({ $0.magnitude > 0x1p-40 && $0.magnitude < 0x1p40 }) else { return false }
    let folded = Folding.fold(tensor.values, factors)
    let source = tensor.values
    for index in 0..<folded.count {
      let value = folded.span[index].magnitude
      guard value.isFinite, value > 0x1p-80 || source.span[index] == 0 else { return false }
    }
    let added = FloatBuffer()
    for row in 0..<rowCount {
      func element(_ index: Int) -> Double {
        let values = tensors[index].values
        return Double(values.span[row])
      }
      let shift = (folding.bias.map(element) ?? 0) - element(folding.mean)
      let sum = Float(factors[row] * shift + (folding.beta.map(element) ?? 0))
      guard sum.isFinite else { return false }
      added.append(sum)
    }
    tensors[weight] = FloatTensor(name: tensor.name, shape: tensor.shape, values: folded)
    tensors.append(FloatTensor(name: name, shape: [rowCount], values: added))
    origins.append(origins[folding.mean])
    var record = folding
    record.folded = tensors.count - 1
    document = document.changingReferences { if $0.index == weight { $0.folding = record } }
    return true
  }

  /// `bn1.folded_bias` for `bn1.running_mean`, with a number where that is taken.
  private func foldedName(_ folding: Folding) -> String {
    let mean = tensors[folding.mean].name
    // Room for the words in the 255 bytes of a name.
    let module = mean.lastIndex(of: ".").map { mean[...$0] } ?? ""
    let base = (module.utf8.count <= 230 ? module : "") + "folded_bias"
    let taken = Set(tensors.map(\.name))
    var name = String(base)
    var number = 2
    while taken.contains(name) {
      name = "\(base)_\(number)"
      number += 1
    }
    return name
  }
}
