/// Where exported bytes go: a file, a pipe, or memory.
public protocol ByteSink {
  /// Takes the next bytes. An error ends the export.
  mutating func write(_ bytes: Span<UInt8>) throws
}

/// Gathers small writes.
struct BufferedSink<Sink: ByteSink> {
  private var sink: Sink
  private let limit = 1 << 16

  /// What is to be written next.
  var bytes: [UInt8] = []

  init(_ sink: Sink) {
    self.sink = sink
    bytes.reserveCapacity(limit + 1 << 10)
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Hands the gathered bytes on when they are many.
  mutating func flushIfFull() throws { if bytes.count >= limit { try flush() } }

  mutating func flush() throws {
    // Taken out for the call: a span of `self.bytes` would keep all of `self` from being changed.
    var run: [UInt8] = []
    swap(&run, &bytes)
    try sink.write(run.span)
    run.removeAll(keepingCapacity: true)
    swap(&run, &bytes)
  }

  /// Hands on a long run without copying it.
  mutating func write(_ run: Span<UInt8>) throws {
    try flush()
    try sink.write(run)
  }

  /// The sink, once everything gathered has been handed on.
  mutating func finish() throws -> Sink {
    try flush()
    return sink
  }
}
