public import Pare

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a command's answer and its diagnostics go.
///
/// One thread uses it. Text is gathered and written in large pieces; bytes of models go through `write`.
public final class Streams {
  /// Takes bytes of the answer; throws the system's error.
  public typealias Sink = (Span<UInt8>) throws(SystemError) -> Void

  private let output: Sink
  private let errors: Sink
  private var pending: [UInt8] = []

  /// The columns of tables.
  let width: Int

  /// The columns of help screens and paragraphs: at most 80.
  var helpWidth: Int { min(width, 80) }

  /// Whether the answer goes to a terminal.
  let isOutputTerminal: Bool

  /// Whether diagnostics go to a terminal, where progress may be shown.
  let isErrorTerminal: Bool

  /// Streams with sinks of their own, as tests use them.
  public init(
    output: @escaping Sink, errors: @escaping Sink, width: Int = 80, isOutputTerminal: Bool = false,
    isErrorTerminal: Bool = false
  ) {
    self.output = output
    self.errors = errors
    self.width = max(width, 20)
    self.isOutputTerminal = isOutputTerminal
    self.isErrorTerminal = isErrorTerminal
  }

  /// Standard output and standard error of the process. Signals that would leave half a file behind are prepared for.
  public static func standard() -> Streams {
    // A write above the limit of file sizes shall fail with the system's words, not end the process.
    _ = signal(SIGXFSZ, SIG_IGN)
    return Streams(
      output: { (bytes) throws(SystemError) in try writeAll(bytes, to: 1, path: "<stdout>") },
      errors: { (bytes) throws(SystemError) in try writeAll(bytes, to: 2, path: "<stderr>") },
      width: terminalWidth(), isOutputTerminal: isatty(1) == 1, isErrorTerminal: isatty(2) == 1)
  }

  /// Adds text to the answer.
  func print(_ text: String) throws(CommandError) {
    pending.append(contentsOf: text.utf8)
    if pending.count >= 1 << 16 { try flush() }
  }

  /// Writes what was printed.
  func flush() throws(CommandError) {
    guard !pending.isEmpty else { return }
    let bytes = pending
    pending = []
    try write(bytes.span)
  }

  /// Writes bytes of an answer that is no text. What was printed before is written by `flush`.
  func write(_ bytes: Span<UInt8>) throws(CommandError) {
    do { try output(bytes) } catch { throw CommandError(writing: error) }
  }

  /// Writes lines to standard error, without the characters that a terminal would obey.
  func diagnose(_ text: String) {
    let line = Array((printable(text, keepsLines: true) + "\n").utf8)
    // There is no place left to report a failure of standard error to.
    try? errors(line.span)
  }

  /// Writes to standard error as it is: progress.
  func showProgress(_ text: String) {
    let bytes = Array(text.utf8)
    try? errors(bytes.span)
  }
}

extension CommandError {
  /// A failure to write.
  init(writing error: SystemError) {
    self.init(
      error.number == EPIPE ? .brokenPipe : .cannotCreate, error.number == EPIPE ? "" : error.description)
  }

  /// A failure to open or read.
  init(reading error: SystemError) { self.init(.cannotOpen, error.description) }
}

/// Writes all bytes to a descriptor.
func writeAll(_ bytes: Span<UInt8>, to descriptor: Int32, path: String) throws(SystemError) {
  var start = 0
  while start < bytes.count {
    // The span keeps its memory during the call; the system reads at most its count of bytes.
    let written = unsafe bytes.extracting(start..<bytes.count).withUnsafeBufferPointer { buffer in
      unsafe write(descriptor, buffer.baseAddress, buffer.count)
    }
    if written < 0 {
      if errno == EINTR { continue }
      throw SystemError(path: path, errno)
    }
    start += written
  }
}

/// The terminal's columns: COLUMNS, else what the terminal of standard output says, else 80.
private func terminalWidth() -> Int {
  // The environment's string is read before anything could change it.
  if let text = unsafe getenv("COLUMNS"), let columns = Int(unsafe String(cString: text)), columns > 0 {
    return columns
  }
  var size = winsize()
  // `ioctl` fills a structure of ours.
  if unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
  return 80
}
