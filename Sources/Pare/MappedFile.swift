#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, mapped where it is a regular file and read where it is a pipe.
///
/// The bytes must not change while they are in use: whoever shortens a mapped file ends the process that reads it.
/// `pare` itself replaces files by renaming, which leaves the mapped one as it was.
@safe public final class MappedFile: @unchecked Sendable {
  /// The bytes, immutable and at one place as long as `self` lives.
  let buffer: UnsafeBufferPointer<UInt8>
  private let isMapped: Bool

  /// Maps the file at `path`; `-` is standard input. Throws the system's error.
  public convenience init(path: String) throws(SystemError) {
    // The string is passed as a C string for the length of the call.
    let descriptor = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError(path: path, errno) }
    defer { close(descriptor) }
    var status = stat()
    // `fstat` fills a structure of ours.
    guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError(path: path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw SystemError(path: path, EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      self.init(try Self.readAll(descriptor, path: path))
      return
    }
    let size = Int(status.st_size)
    let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else { throw SystemError(path: path, errno) }
    // The mapping belongs to `self` from here on.
    let bytes = unsafe UnsafeRawBufferPointer(start: address, count: size).bindMemory(to: UInt8.self)
    unsafe self.init(bytes, isMapped: true)
  }

  /// Owns a copy of bytes that are in memory already.
  public convenience init(_ bytes: [UInt8]) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe copy.initialize(from: bytes)
    unsafe self.init(UnsafeBufferPointer(copy), isMapped: false)
  }

  private init(_ buffer: UnsafeBufferPointer<UInt8>, isMapped: Bool) {
    unsafe self.buffer = unsafe buffer
    self.isMapped = isMapped
  }

  deinit {
    // No span outlives `self`.
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      unsafe buffer.deallocate()
    }
  }

  /// The bytes.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = unsafe buffer.span
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  private static func readAll(_ descriptor: Int32, path: String) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    let chunk = 1 << 20
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: chunk))
      // `read` writes at most `chunk` bytes behind `start`.
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress! + start, chunk) }
      bytes.removeLast(chunk - max(count, 0))
      if count == 0 { return bytes }
      if count < 0, errno != EINTR { throw SystemError(path: path, errno) }
    }
  }
}

/// A call to the system that failed.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file it was about.
  public let path: String

  /// The system's error number.
  public let number: Int32

  /// Creates an error.
  public init(path: String, _ number: Int32) {
    self.path = path
    self.number = number
  }

  /// The file and the system's words.
  public var description: String {
    // `strerror` gives a string that the system owns.
    "\(path == "-" ? "<stdin>" : path): error: \(unsafe String(cString: strerror(number)))"
  }
}
