#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a path says about the tensor in the file.
struct SourceName {
  /// The file's name without `.gz` and one known extension; `tensor` for standard input.
  let stem: String

  /// The known extension, nil when the file has none.
  let fileExtension: String?

  private static let extensions: Set<String> = [
    "csv", "tsv", "txt", "json", "npy", "npz", "dat", "data", "nam", "vec", "tab",
  ]

  init(path: String) {
    guard path != "-" else {
      stem = "tensor"
      fileExtension = nil
      return
    }
    var name = path.split(separator: "/").last.map(String.init) ?? path
    if name.count > 3, name.hasSuffix(".gz") { name.removeLast(3) }
    if let dot = name.lastIndex(of: "."), dot != name.startIndex {
      let last = name[name.index(after: dot)...].lowercased()
      if Self.extensions.contains(last) {
        stem = String(name[..<dot])
        fileExtension = last
        return
      }
    }
    stem = name
    fileExtension = nil
  }
}

/// A directory as a model: its tables and npy files.
enum SourceDirectory {
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    // `stat` fills a structure of ours; the string is passed as a C string for the length of the call.
    return unsafe path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The paths of the model's files, and the names of the other entries that are not hidden; both sorted by bytes.
  static func modelFiles(_ path: String) throws(SourceError) -> (paths: [String], others: [String]) {
    // The stream is closed below and the names are copied before the next one is read.
    guard let stream = unsafe opendir(path) else { throw SourceError(systemError: errno, path: path) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
            unsafe String(cString: $0)
          }
        })
    }
    unsafe closedir(stream)
    let wanted: Set<String> = ["csv", "tsv", "txt", "npy"]
    let entries = names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let files = entries.filter { wanted.contains(SourceName(path: $0).fileExtension ?? "") }
    guard !files.isEmpty else {
      throw SourceError("this directory has no .csv, .tsv, .txt or .npy files", path: path)
    }
    let others = entries.filter { !wanted.contains(SourceName(path: $0).fileExtension ?? "") }
    return (files.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }, others)
  }
}
