#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of one source, immutable while they are parsed.
///
/// A regular file is mapped, so that its pages are the system's and no private memory; a pipe is read in chunks.
@safe final class SourceBytes: @unchecked Sendable {
  /// Never nil, so that parsers need no special case for an empty source. Valid as long as `self` lives.
  let base: UnsafePointer<UInt8>

  let count: Int

  /// The path as the caller gave it, for errors.
  let path: String

  private let isMapped: Bool

  /// Opens the file at `path`; `-` is standard input.
  convenience init(path: String) throws(SourceError) {
    // The string is passed as a C string for the length of the call.
    let descriptor = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SourceError(systemError: errno, path: path) }
    defer { close(descriptor) }
    var status = stat()
    // `fstat` fills a structure of ours.
    guard unsafe fstat(descriptor, &status) == 0 else { throw SourceError(systemError: errno, path: path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw SourceError(systemError: EISDIR, path: path) }
    let size = Int(status.st_size)
    // A redirected standard input may have been read in part: only a mapping from its start is the file.
    if status.st_mode & S_IFMT == S_IFREG, size > 0, path != "-" || lseek(descriptor, 0, SEEK_CUR) == 0 {
      let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
      if let address = unsafe address, unsafe address != MAP_FAILED {
        unsafe madvise(address, size, MADV_SEQUENTIAL)
        let bytes = unsafe UnsafePointer(address.bindMemory(to: UInt8.self, capacity: size))
        // The mapping belongs to `self` from here on.
        unsafe self.init(base: bytes, count: size, path: path, isMapped: true)
        return
      }
    }
    var text = GrowingBytes()
    do {
      while true {
        // `read` writes at most the room's bytes.
        let room = unsafe text.room(1 << 18)
        let count = unsafe read(descriptor, room.baseAddress, room.count)
        if count == 0 { break }
        if count < 0 {
          if errno == EINTR { continue }
          let number = errno
          text.discard()
          throw SourceError(systemError: number, path: path)
        }
        text.count += count
      }
    }
    self.init(text, path: path)
  }

  /// Takes over bytes that were gathered.
  convenience init(_ bytes: GrowingBytes, path: String) {
    unsafe self.init(base: UnsafePointer(bytes.base), count: bytes.count, path: path, isMapped: false)
  }

  /// Owns a copy of bytes that are in memory.
  convenience init(copying bytes: [UInt8], path: String) {
    var text = GrowingBytes()
    // The room is at least as large as the bytes.
    let room = unsafe text.room(bytes.count)
    _ = unsafe room.update(fromContentsOf: bytes)
    text.count = bytes.count
    self.init(text, path: path)
  }

  private init(base: UnsafePointer<UInt8>, count: Int, path: String, isMapped: Bool) {
    unsafe self.base = unsafe base
    self.count = count
    self.path = path
    self.isMapped = isMapped
  }

  deinit {
    let start = unsafe UnsafeMutableRawPointer(mutating: base)
    // No pointer outlives `self`; a mapping and an allocation are given back to where they came from.
    if isMapped { unsafe munmap(start, count) } else { unsafe free(start) }
  }

  /// The byte at `offset`; 0, which no text contains, behind the end.
  @inline(__always)
  subscript(_ offset: Int) -> UInt8 {
    // The comparison is the bounds check.
    offset >= 0 && offset < count ? unsafe base[offset] : 0
  }

  /// Whether the bytes from `offset` on are those of `text`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, offset + text.utf8CodeUnitCount <= count else { return false }
    // Both runs are at least as long as the comparison.
    return unsafe memcmp(base + offset, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// The bytes of `range` as text; ill-formed UTF-8 is replaced. Precondition: the range lies within the bytes.
  func string(_ range: Range<Int>) -> String {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    // The precondition is the bounds check.
    return unsafe String(
      decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
  }

  /// The bytes of `range` as text, nil where they are not well-formed UTF-8. Precondition: as for `string`.
  func validString(_ range: Range<Int>) -> String? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    // The precondition is the bounds check.
    return unsafe String(
      validating: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
  }
}

/// Bytes that are being gathered; `realloc` moves the pages of a large run instead of copying it.
@safe struct GrowingBytes {
  fileprivate(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity = 64
  var count = 0

  init() {
    // An allocation of 64 bytes; failing is out of memory, where `Array` traps too.
    guard let start = unsafe malloc(64) else { fatalError("out of memory") }
    unsafe base = start.assumingMemoryBound(to: UInt8.self)
  }

  /// Room for at least `size` bytes behind `count`; whoever fills it adds to `count`.
  mutating func room(_ size: Int) -> UnsafeMutableBufferPointer<UInt8> {
    if capacity - count < size {
      let wanted = max(count + size, capacity * 2)
      guard let grown = unsafe realloc(base, wanted) else { fatalError("out of memory for \(wanted) bytes") }
      unsafe base = grown.assumingMemoryBound(to: UInt8.self)
      capacity = wanted
    }
    return unsafe UnsafeMutableBufferPointer(start: base + count, count: capacity - count)
  }

  /// Frees the bytes of a run that is not handed on.
  func discard() { unsafe free(base) }
}

extension SourceError {
  init(systemError number: Int32, path: String) {
    // `strerror` gives a string that the system owns.
    self.init(unsafe String(cString: strerror(number)), path: path, kind: .unreadable)
  }
}
