import Pare

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a path leads to, through links.
enum FileKind {
  case none, file, folder
  /// A device, pipe or socket.
  case other

  init(of path: String) {
    guard let status = fileStatus(path) else {
      self = .none
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}

/// The system's facts about a path; nil when there are none.
private func fileStatus(_ path: String) -> stat? {
  var status = stat()
  // `stat` fills a structure of ours.
  return unsafe stat(path, &status) == 0 ? status : nil
}

/// Whether both paths lead to one file.
func isSameFile(_ left: String, _ right: String) -> Bool {
  guard left != "-", right != "-", let a = fileStatus(left), let b = fileStatus(right) else { return false }
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_mode & S_IFMT == S_IFREG
}

/// The size of a file, or of the files in a folder; nil where it is not known.
func sourceByteCount(_ path: String) -> Int? {
  guard path != "-", let status = fileStatus(path) else { return nil }
  switch status.st_mode & S_IFMT {
  case S_IFREG: return Int(status.st_size)
  case S_IFDIR:
    guard let names = try? folderEntries(path) else { return nil }
    return names.filter { !$0.hasPrefix(".") }.compactMap { fileStatus(path + "/" + $0) }
      .filter { $0.st_mode & S_IFMT == S_IFREG }.reduce(0) { $0 + Int($1.st_size) }
  default: return nil
  }
}

/// The names in a folder, in byte order.
func folderEntries(_ path: String) throws(SystemError) -> [String] {
  // The folder is ours until it is closed; an entry is read before the next one is asked for.
  guard let folder = unsafe opendir(path) else { throw SystemError(path: path, errno) }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// The path without links; the path itself where it cannot be resolved.
func resolved(_ path: String) -> String {
  // `realpath` gives memory of its own, which `free` gives back.
  guard let real = unsafe realpath(path, nil) else { return path }
  defer { unsafe free(real) }
  return unsafe String(cString: real)
}
