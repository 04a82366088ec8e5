extension ModelExporter {
  /// What comes out otherwise than the container has it, a sentence each: the layout, names, shapes.
  public func notes(_ format: ExportFormat) -> [String] {
    [layoutNote(format), nameNote(format), shapeNote(format)].compactMap { $0 }
  }

  private func layoutNote(_ format: ExportFormat) -> String? {
    guard let unusedLayout, format != .npy, format != .npz else { return nil }
    return "the source's layout is not used, as its text does not fit the tensors: \(unusedLayout.message)"
  }

  private func nameNote(_ format: ExportFormat) -> String? {
    let files = files(format)
    // A single file has the name that the caller gave it.
    guard format == .npz || files.count > 1 else { return nil }
    let changed = files.filter { !$0.stem.utf8.elementsEqual(tensors[$0.tensor].name.utf8) }
    guard !changed.isEmpty else { return nil }
    let names = Note.list(changed.map { "'\(tensors[$0.tensor].name)' to '\($0.stem)'" }, limit: 5)
    return "\(changed.count) \(changed.count == 1 ? "name was" : "names were") changed: \(names)"
  }

  private func shapeNote(_ format: ExportFormat) -> String? {
    guard format == .csv else { return nil }
    let changed = sourceOrder.filter { index in
      let shape = tableFormat(index).reference.sourceShape(tensors[index].shape)
      // Read back, one column is a vector, and what has more is a matrix.
      let isVector = shape.count == 1 && shape[0] > 0
      return !isVector && !(shape.count == 2 && shape[0] > 0 && shape[1] > 1)
    }
    guard !changed.isEmpty else { return nil }
    let names = Note.list(
      changed.map { index in
        let shape = tensors[index].shape
        let text = shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
        return "'\(tensors[index].name)' (\(text))"
      }, limit: 5)
    return "a table does not keep the shape of \(names); --to npy does"
  }
}
