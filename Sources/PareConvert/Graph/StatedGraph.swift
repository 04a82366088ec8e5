extension SourceModel {
  /// The model with the graph that its source states, where the source says what its layers are; where that makes no
  /// graph, `graphNote` says why, and the tensors stay as they are.
  func withStatedGraph() throws(SourceError) -> SourceModel {
    let stated: SourceModel?
    do throws(GraphRefusal) { stated = try statingGraph() } catch {
      var model = self
      model.graphNote = note(error)
      return model
    }
    return try stated?.checked() ?? self
  }

  /// The model with its graph, its tensors arranged as that needs them; nil where the source states no layers.
  private func statingGraph() throws(GraphRefusal) -> SourceModel? {
    var model = self
    switch kind {
    case .json:
      if LayerListGraph.isStated(in: document) {
        model.graph = try LayerListGraph.make(self)
      } else if PedalModelGraph.isStated(in: document) {
        model.graph = try PedalModelGraph.make(self)
      } else if let flat = NamGraph.weights(of: self) {
        try NamGraph.complete(&model, weights: flat)
      } else if let scikit = try ScikitGraph(document) {
        model = ScikitGraph.turn(self)
        model.graph = try scikit.make(model)
      } else {
        return nil
      }
    case .tables:
      guard let pair = CoefficientTables.pair(in: tensors) else { return nil }
      model.graph = try CoefficientTables.make(self, pair)
    }
    return model
  }
}
