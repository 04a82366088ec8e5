extension SourceModel {
  /// The model with the graph that its source states, where the source says what its layers are; where that makes no
  /// graph, `graphNote` says why, and the tensors stay as they are.
  func withStatedGraph() throws(SourceError) -> SourceModel {
    var model = self
    do throws(GraphRefusal) {
      switch kind {
      case .json:
        if LayerListGraph.isStated(in: document) {
          model.graph = try LayerListGraph.make(self)
        }
      case .tables: break
      }
    } catch { model.graphNote = note(error) }
    return model
  }
}
