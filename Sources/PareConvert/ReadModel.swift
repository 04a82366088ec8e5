/// Reads a float model. The layout of each source is recognized by content: JSON, a table (CSV, word vectors), npy,
/// npz, and gzip of any of them.
///
/// `paths` is one JSON or npz file, or any number of tables and npy files that make one model, or a directory of
/// those; `-` is standard input. A table's and an npy file's tensor is named by the file, without `.csv` and the like.
/// A file is mapped, not read into memory. Throws `SourceError` with the place and what was expected there.
public func readModel(_ paths: [String]) throws(SourceError) -> SourceModel {
  guard let first = paths.first else { throw SourceError("expected a source", path: "-") }
  if paths.count == 1, SourceDirectory.isDirectory(first) {
    let files = try SourceDirectory.modelFiles(first)
    var model = try readFiles(files.paths)
    if !files.others.isEmpty {
      let names = Note.list(files.others, limit: 20)
      model.notes.append(
        Note.about(first, "not read: \(names); a folder's model is its .csv, .tsv, .txt and .npy files"))
    }
    return model
  }
  return try readFiles(paths)
}

private func readFiles(_ paths: [String]) throws(SourceError) -> SourceModel {
  if paths.count == 1 {
    return try readFile(paths[0], isPart: false)
  }
  var parts: [SourceModel] = []
  for path in paths {
    if SourceDirectory.isDirectory(path) {
      throw SourceError("expected one directory, or files; found both", path: path)
    }
    parts.append(try readFile(path, isPart: true))
  }
  let tensors = parts.flatMap(\.tensors)
  let origins = parts.flatMap(\.origins)
  guard parts.allSatisfy({ $0.kind == .tables }) else {
    return try SourceModel.flat(tensors, origins: origins).checked()
  }
  var formats: [SourceDocument] = []
  for (index, part) in parts.enumerated() {
    guard var format = TableFormat.formats(of: part.document).first else { continue }
    format.reference.index = index
    formats.append(format.document)
  }
  return try SourceModel(tensors: tensors, document: .array(formats), origins: origins, kind: .tables).checked()
    .withStatedGraph()
}

/// Reads one file; `isPart` asks for a file that holds one tensor.
private func readFile(_ path: String, isPart: Bool) throws(SourceError) -> SourceModel {
  var source = try SourceBytes(path: path)
  var layout = ContentLayout.recognize(source)
  if layout == .gzip {
    source = try Inflate.gzip(source)
    layout = ContentLayout.recognize(source)
  }
  let name = SourceName(path: path)
  switch layout {
  case .json:
    if isPart { throw SourceError("a JSON model is one file by itself; found several sources", path: path) }
    return try JSONModel.read(source, stem: name.stem).withStatedGraph()
  case .table: return try TableReader.read(source, name: name).checked()
  case .npy:
    return try SourceModel.flat(
      [try NumpyArray.read(source, 0..<source.count, name: name.stem, member: nil)], origins: [SourceOrigin(path: path)]
    ).checked()
  case .zip:
    if isPart { throw SourceError("an npz model is one file by itself; found several sources", path: path) }
    return try NumpyArchive.read(source).checked()
  case .gzip: throw SourceError("this is compressed twice; unpack it first", path: path)
  case .refused(let reason): throw SourceError(reason, path: path)
  }
}
