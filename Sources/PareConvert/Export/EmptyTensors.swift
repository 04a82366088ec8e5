extension ModelExporter {
  /// A tensor without elements may have 2^29 empty rows: text of them would be gigabytes of nothing.
  static let maximumEmptyLists = 65_536

  /// Throws when a tensor without elements would be more lists than that.
  func requireFewLists(_ document: SourceDocument) throws(SourceError) {
    for reference in document.references {
      let shape = reference.sourceShape(tensors[reference.index].shape)
      guard shape.contains(0) else { continue }
      var lists = 1
      var inner = 1
      for extent in shape.dropLast() {
        inner *= extent
        lists += inner
      }
      try require(lists, "lists", reference.index)
    }
  }

  /// The same for the lines of a table.
  func requireFewLines(_ shape: [Int], _ index: Int) throws(SourceError) {
    guard shape.contains(0) else { return }
    try require(shape[0], "empty lines", index)
  }

  private func require(_ count: Int, _ what: String, _ index: Int) throws(SourceError) {
    guard count > Self.maximumEmptyLists else { return }
    throw SourceError(
      "tensor \(tensors[index].name) has no elements and would be \(count) \(what); --to npz keeps its shape",
      path: path)
  }
}
