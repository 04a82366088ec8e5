/// Why the layers of a source make no graph: what was found, and what was expected instead.
struct GraphRefusal: Error, Equatable {
  /// One sentence without a full stop.
  var message: String

  /// The tensor that it is about, whose place in the source is told.
  var tensor: Int?

  init(_ message: String, tensor: Int? = nil) {
    self.message = message
    self.tensor = tensor
  }
}

extension SourceModel {
  /// The refusal as a sentence with its place.
  func note(_ refusal: GraphRefusal) -> String {
    let error = error(refusal)
    var place = error.path == "-" ? "<stdin>" : error.path
    if let line = error.line { place += ":\(line)" }
    if let column = error.column { place += ":\(column)" }
    return "\(place): no graph: \(error.message)"
  }

  /// The refusal as an error with its place.
  func error(_ refusal: GraphRefusal) -> SourceError {
    if let tensor = refusal.tensor { return origins[tensor].error(refusal.message) }
    return SourceError(refusal.message, path: origins.first?.path ?? "-")
  }
}
