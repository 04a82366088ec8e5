import Pare

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Takes the next bytes of an output.
typealias ByteWriter = (Span<UInt8>) throws(CommandError) -> Void

/// Where a command writes what it makes: a file that appears complete or not at all, standard output, or a device.
struct OutputFile {
  private let path: String
  private let target: Target
  private let replacing: Bool

  private enum Target {
    case standardOutput
    /// A regular file, or a name that is free.
    case file(String)
    /// A device or a pipe: nothing that could be replaced.
    case device
  }

  /// Looks at the target before any work is done: refuses an existing file without `replacing`, a folder, a folder that
  /// is missing or cannot be written, and bytes on a terminal.
  init(path: String, replacing: Bool, _ streams: Streams, isText: Bool = false) throws(CommandError) {
    self.path = path
    self.replacing = replacing
    if path == "-" {
      if streams.isOutputTerminal, !isText {
        throw CommandError(.usage, "error: not writing binary data to a terminal; name a file or redirect")
      }
      target = .standardOutput
      return
    }
    switch FileKind(of: path) {
    case .none: target = .file(path)
    case .folder: throw CommandError(writing: SystemError(path: path, EISDIR))
    case .other:
      target = .device
      return
    case .file:
      guard replacing else { throw Self.exists(path) }
      // Through a link the file is replaced, not the link.
      target = .file(resolved(path))
    }
    let (folder, name) = splitPath(path)
    guard !name.isEmpty else { throw CommandError(writing: SystemError(path: path, EISDIR)) }
    guard unsafe access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else {
      throw CommandError(writing: SystemError(path: path, errno))
    }
  }

  /// Writes what `body` hands to its argument. On any failure the target is as it was.
  func write(
    _ streams: Streams, _ body: (@escaping ByteWriter) throws(CommandError) -> Void
  ) throws(CommandError) {
    switch target {
    case .standardOutput:
      try streams.flush()
      try body { (bytes) throws(CommandError) in try streams.write(bytes) }
    case .device: try writeDevice(body)
    case .file(let target):
      let file: TemporaryFile
      do { file = try TemporaryFile(for: target, displayed: path) } catch { throw CommandError(writing: error) }
      try body { (bytes) throws(CommandError) in
        do throws(SystemError) { try file.write(bytes) } catch { throw CommandError(writing: error) }
      }
      do { try file.commit(replacing: replacing) } catch {
        throw error.number == EEXIST && !replacing ? Self.exists(path) : CommandError(writing: error)
      }
    }
  }

  /// Whether the bytes go to standard output, so that a report must not.
  var isStandardOutput: Bool {
    if case .standardOutput = target { true } else { false }
  }

  static func exists(_ path: String) -> CommandError {
    CommandError(.cannotCreate, "\(path): error: the file exists; --force replaces it")
  }

  private func writeDevice(
    _ body: (@escaping ByteWriter) throws(CommandError) -> Void
  ) throws(CommandError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandError(writing: SystemError(path: path, errno)) }
    defer { close(descriptor) }
    try body { (bytes) throws(CommandError) in
      do throws(SystemError) { try writeAll(bytes, to: descriptor, path: path) } catch {
        throw CommandError(writing: error)
      }
    }
  }
}
