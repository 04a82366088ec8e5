import Pare

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of files that appears complete or not at all.
struct OutputFolder {
  private let path: String
  private let names: [String]

  /// Whether a folder with files in it is there and gives way.
  private let isReplaced: Bool

  /// Looks at the target before any work is done.
  ///
  /// A folder that is not empty is replaced only with `replacing`, and only when all it holds are files with the
  /// extensions of `names`: what `pare` did not write is not removed.
  init(path: String, names: [String], replacing: Bool) throws(CommandError) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    self.names = names
    switch FileKind(of: path) {
    case .none: isReplaced = false
    case .file, .other:
      throw CommandError(.cannotCreate, "\(path): error: there is a file where a folder is to be made")
    case .folder:
      let entries: [String]
      do { entries = try folderEntries(path) } catch { throw CommandError(writing: error) }
      isReplaced = !entries.isEmpty
      guard isReplaced else { break }
      guard replacing else {
        throw CommandError(.cannotCreate, "\(path): error: the folder exists and is not empty; --force replaces it")
      }
      let extensions = Set(names.map(Self.fileExtension))
      for entry in entries
      where FileKind(of: path + "/" + entry) != .file || !extensions.contains(Self.fileExtension(entry)) {
        throw CommandError(
          .cannotCreate, "\(path): error: not replacing a folder that holds something else: \(entry)")
      }
    }
  }

  private static func fileExtension(_ name: String) -> Substring {
    name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? ""
  }

  /// Writes all files; `body` hands the bytes of file number i to its second argument.
  func write(
    _ body: (Int, @escaping ByteWriter) throws(CommandError) -> Void
  ) throws(CommandError) {
    let temporary = try makeTemporary()
    let files = names.map { temporary + "/" + $0 }
    do throws(CommandError) {
      for (index, file) in files.enumerated() {
        try writeFile(file) { (sink) throws(CommandError) in try body(index, sink) }
      }
      do throws(SystemError) {
        try syncFolder(of: temporary + "/")
        try commit(temporary)
      } catch { throw CommandError(writing: error) }
    } catch {
      Self.remove(temporary, names)
      removeOnSignal([])
      throw error
    }
    removeOnSignal([])
  }

  /// Makes an empty folder beside the target, which a signal removes with the files it will hold.
  private func makeTemporary() throws(CommandError) -> String {
    let (parent, name) = splitPath(path)
    var attempt = 0
    while true {
      let candidate = parent + "." + String(name.prefix(40)) + ".\(getpid())-\(attempt).tmp"
      blockSignals(true)
      let made = unsafe mkdir(candidate, 0o777)
      let number = errno
      if made == 0 { removeOnSignal(names.map { candidate + "/" + $0 } + [candidate]) }
      blockSignals(false)
      if made == 0 { return candidate }
      // A name taken by another process is no error: the next one is tried.
      guard number == EEXIST, attempt < 1000 else { throw CommandError(writing: SystemError(path: path, number)) }
      attempt += 1
    }
  }

  private func writeFile(
    _ file: String, _ body: (@escaping ByteWriter) throws(CommandError) -> Void
  ) throws(CommandError) {
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw CommandError(writing: SystemError(path: path, errno)) }
    defer { close(descriptor) }
    try body { (bytes) throws(CommandError) in
      do throws(SystemError) { try writeAll(bytes, to: descriptor, path: path) } catch {
        throw CommandError(writing: error)
      }
    }
    guard fsync(descriptor) == 0 else { throw CommandError(writing: SystemError(path: path, errno)) }
  }

  /// Gives the folder its name. An empty folder gives way by itself; a full one is exchanged in one step, then removed.
  private func commit(_ temporary: String) throws(SystemError) {
    if !isReplaced {
      guard unsafe rename(temporary, path) == 0 else { throw SystemError(path: path, errno) }
    } else {
      let old = try folderEntries(path)
      try exchange(temporary)
      Self.remove(temporary, old)
    }
    try syncFolder(of: path)
  }

  private func exchange(_ temporary: String) throws(SystemError) {
    if try exchangeAtOnce(temporary) { return }
    // This file system cannot exchange: the old folder steps aside first.
    let aside = temporary + ".old"
    guard unsafe rename(path, aside) == 0 else { throw SystemError(path: path, errno) }
    guard unsafe rename(temporary, path) == 0 else {
      let number = errno
      _ = unsafe rename(aside, path)
      throw SystemError(path: path, number)
    }
    _ = unsafe rename(aside, temporary)
  }

  /// Swaps both names in one step; false where the system or the file system cannot.
  private func exchangeAtOnce(_ temporary: String) throws(SystemError) -> Bool {
    #if canImport(Darwin)
      let result = unsafe renamex_np(temporary, path, UInt32(RENAME_SWAP))
    #else
      // The headers hide `renameat2` from strict programs; the library has it since glibc 2.28.
      typealias Rename = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      guard let symbol = unsafe dlsym(nil, "renameat2") else { return false }
      let rename = unsafe unsafeBitCast(symbol, to: Rename.self)
      let exchangeFlag: UInt32 = 2
      let result = unsafe rename(AT_FDCWD, temporary, AT_FDCWD, path, exchangeFlag)
    #endif
    if result == 0 { return true }
    guard errno == EINVAL || errno == ENOSYS || errno == ENOTSUP else { throw SystemError(path: path, errno) }
    return false
  }

  private static func remove(_ folder: String, _ names: [String]) {
    for name in names { _ = unsafe unlink(folder + "/" + name) }
    _ = unsafe rmdir(folder)
  }
}
