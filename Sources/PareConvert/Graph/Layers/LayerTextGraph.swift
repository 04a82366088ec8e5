import PareEncode
public import PareFormat

extension SourceModel {
  /// Makes the graph that a text of layers states; each tensor belongs to a module that the text names.
  ///
  /// `input` is the shape of the frames, where the first module's tensors do not say it. The weights of transposed
  /// convolutions are turned to output-first. Throws where a layer is not known, a tensor is missing or left over, or
  /// shapes do not fit; and where the source states its layers itself.
  public mutating func apply(_ layers: LayerText, input: FrameShape?) throws(SourceError) {
    guard graph == nil else {
      throw SourceError("the source says itself what its layers are", path: origins.first?.path ?? "-")
    }
    var model = self
    do throws(GraphRefusal) {
      try model.turnTransposed(layers)
      model.graph = try LayerTextGraph.make(model, layers, input: input)
    } catch { throw self.error(error) }
    model.graphNote = nil
    self = model
  }

  /// Turns the weights of transposed convolutions, each once.
  private mutating func turnTransposed(_ layers: LayerText) throws(GraphRefusal) {
    let names = TensorNames(tensors)
    let shapes = tensors.map(\.shape)
    var turned: Set<Int> = []
    for word in layers.words {
      let module = names.module(word.moduleName)
      guard !module.isEmpty, let weight = try ModuleLayer(word, module, shapes: shapes).transposedWeight,
        turned.insert(weight).inserted
      else { continue }
      permute(weight, [1, 0, 2])
    }
  }
}

extension LayerWord {
  /// The name of the module; `.` is the outermost one, whose tensors' names have no dot.
  fileprivate var moduleName: String { name == "." ? "" : name }
}

/// The graph that a text of layers states.
private struct LayerTextGraph {
  private let names: TensorNames
  private let shapes: [[Int]]
  private var builder: GraphBuilder

  static func make(_ model: SourceModel, _ layers: LayerText, input: FrameShape?) throws(GraphRefusal) -> ModelGraph {
    let names = TensorNames(model.tensors)
    let shapes = model.tensors.map(\.shape)
    for word in layers.words where names.module(word.moduleName).isEmpty && !FunctionLayer.isKnown(word.name) {
      throw GraphRefusal(
        "expected a module or a function, found the layer '\(word.name)'; the modules are "
          + Note.list(names.modules, limit: 20) + "; the functions are " + FunctionLayer.names.joined(separator: ", "))
    }
    let frame: FrameShape
    if let input { frame = input } else { frame = try Self.input(layers, names, shapes) }
    var graph = LayerTextGraph(names: names, shapes: shapes, builder: GraphBuilder(model.tensors, input: frame))
    let output = try graph.append(layers.items, 0)
    return try graph.builder.finish(output: output, facts: GraphFacts())
  }

  /// The frames that the first module reads; functions before it keep their shape.
  private static func input(
    _ layers: LayerText, _ names: TensorNames, _ shapes: [[Int]]
  ) throws(GraphRefusal) -> FrameShape {
    for word in layers.words {
      let module = names.module(word.moduleName)
      if module.isEmpty, FunctionLayer.keepsShape(word.name) { continue }
      if !module.isEmpty, let input = try ModuleLayer(word, module, shapes: shapes).input(shapes) { return input }
      throw GraphRefusal("expected the shape of the input with --input, which '\(word.name)' does not say")
    }
    throw GraphRefusal("expected the shape of the input with --input, which no module says")
  }

  private mutating func append(_ items: [LayerText.Item], _ first: Int) throws(GraphRefusal) -> Int {
    var value = first
    for item in items {
      switch item {
      case .layer(let word):
        let module = names.module(word.moduleName)
        if module.isEmpty {
          value = try FunctionLayer.append(word, to: &builder, value)
        } else {
          value = try ModuleLayer(word, module, shapes: shapes).append(to: &builder, value)
        }
      case .residual(let items):
        let result = try append(items, value)
        value = try builder.append(.add, [value, result], layer: "[ ]+")
      }
    }
    return value
  }
}
