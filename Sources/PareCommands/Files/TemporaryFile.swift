import Pare

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file beside its target that becomes the target when it is complete, and is removed in every other case.
///
/// A signal that ends the process removes it too; only a kill that cannot be caught leaves it behind, and then the
/// target is still the old one.
final class TemporaryFile {
  private let target: String
  private let path: String
  private let descriptor: Int32
  private var isRemoved = false

  /// What the caller calls the target: the path in errors.
  private let displayed: String

  /// Creates an empty file in the folder of `target`. Errors name `displayed`.
  init(for target: String, displayed: String) throws(SystemError) {
    self.target = target
    self.displayed = displayed
    let (folder, name) = splitPath(target)
    var attempt = 0
    while true {
      // A name taken by another process is no error: the next one is tried.
      let candidate = folder + "." + name.utf8Prefix(200) + ".\(getpid())-\(attempt).tmp"
      blockSignals(true)
      let opened = unsafe open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      let number = errno
      if opened >= 0 { removeOnSignal([candidate]) }
      blockSignals(false)
      if opened >= 0 {
        path = candidate
        descriptor = opened
        return
      }
      guard number == EEXIST, attempt < 1000 else { throw SystemError(path: displayed, number) }
      attempt += 1
    }
  }

  deinit {
    remove()
    close(descriptor)
  }

  /// Appends bytes.
  func write(_ bytes: Span<UInt8>) throws(SystemError) { try writeAll(bytes, to: descriptor, path: displayed) }

  /// Makes the file the target: its bytes are on the disk before the name is, and the name before this returns.
  ///
  /// Without `replacing`, a target that came into being meanwhile is left alone, and the error is EEXIST.
  func commit(replacing: Bool) throws(SystemError) {
    guard fsync(descriptor) == 0 else { throw SystemError(path: displayed, errno) }
    do {
      try renameFile(path, to: target, replacing: replacing)
      removeOnSignal([])
      isRemoved = true
      try syncFolder(of: target)
    } catch { throw SystemError(path: displayed, error.number) }
  }

  private func remove() {
    guard !isRemoved else { return }
    isRemoved = true
    _ = unsafe unlink(path)
    removeOnSignal([])
  }
}

/// Gives a file or folder another name in one step. Without `replacing`, an existing target is EEXIST.
func renameFile(_ path: String, to target: String, replacing: Bool) throws(SystemError) {
  if replacing {
    guard unsafe rename(path, target) == 0 else { throw SystemError(path: target, errno) }
    return
  }
  #if canImport(Darwin)
    guard unsafe renamex_np(path, target, UInt32(RENAME_EXCL)) == 0 else { throw SystemError(path: target, errno) }
  #else
    // A link is refused where the name exists, on every file system that has links.
    if unsafe link(path, target) == 0 {
      _ = unsafe unlink(path)
      return
    }
    let number = errno
    guard number == EPERM || number == EOPNOTSUPP || number == ENOSYS || number == EMLINK else {
      throw SystemError(path: target, number)
    }
    // No links here, FAT for one. Between the two calls another process could create the target.
    guard unsafe access(target, F_OK) != 0 else { throw SystemError(path: target, EEXIST) }
    guard unsafe rename(path, target) == 0 else { throw SystemError(path: target, errno) }
  #endif
}

/// Brings the names in the folder of `path` to the disk.
func syncFolder(of path: String) throws(SystemError) {
  let folder = splitPath(path).folder
  let descriptor = unsafe open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  // A folder that may be written but not read cannot be synced; the file is complete all the same.
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  // Some file systems cannot sync folders and say so with EINVAL.
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == EBADF || errno == EROFS else {
    throw SystemError(path: path, errno)
  }
}

/// The folder, with its slash or empty, and the name of a path.
func splitPath(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.lastIndex(of: "/") else { return ("", path) }
  return (String(path[...slash]), String(path[path.index(after: slash)...]))
}

extension String {
  /// The beginning of a name, at most this many bytes: a name with something added must still fit 255.
  fileprivate func utf8Prefix(_ count: Int) -> String {
    var result = ""
    for character in self {
      guard result.utf8.count + character.utf8.count <= count else { break }
      result.append(character)
    }
    return result
  }
}
