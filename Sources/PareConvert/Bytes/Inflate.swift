import CZlib

/// Inflates gzip text, chunk by chunk; the result is held in memory.
enum Inflate {
  /// Text beyond this is refused.
  static let maximumCount = 4 << 30

  /// A text may be this many times as long as its compressed form, and 64 MB: enough for a model of nothing but zeros
  /// behind one of floats, and little enough that a small file cannot fill the memory.
  static let maximumRatio = 200

  /// The text of all members of the gzip file `source`; their checksums and lengths are checked.
  static func gzip(_ source: SourceBytes) throws(SourceError) -> SourceBytes {
    let limit = min(maximumCount, 64 << 20 + source.count * maximumRatio)
    // 15 bits of window; 16 asks for gzip's header and trailer.
    let (bytes, end) = try run(source, 0..<source.count, windowBits: 15 + 16, limit: limit, isMultiple: true)
    // Padding of zeros is what tapes and block devices leave.
    for offset in end..<source.count where source[offset] != 0 {
      throw SourceError("found \(source.count - end) bytes behind the end of the gzip data", path: source.path)
    }
    return bytes
  }

  /// The `count` bytes of a raw deflate stream.
  static func deflated(_ source: SourceBytes, _ range: Range<Int>, count: Int) throws(SourceError) -> SourceBytes {
    let (bytes, end) = try run(source, range, windowBits: -15, limit: count, isMultiple: false)
    guard bytes.count == count, end == range.upperBound else {
      throw SourceError("the archive's deflated data is not as long as its directory says", path: source.path)
    }
    return bytes
  }

  private static func run(
    _ source: SourceBytes, _ range: Range<Int>, windowBits: Int32, limit: Int, isMultiple: Bool
  ) throws(SourceError) -> (SourceBytes, end: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
    var stream = unsafe z_stream()
    // zlib fills a structure of ours; the version and size are those of its own header.
    guard
      unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw SourceError("zlib could not be initialized", path: source.path) }
    var text = GrowingBytes()
    func fail(_ message: String) -> SourceError {
      text.discard()
      // The stream was initialized above and is used no more.
      unsafe inflateEnd(&stream)
      return SourceError(message, path: source.path)
    }
    var offset = range.lowerBound
    while true {
      let input = min(range.upperBound - offset, 1 << 20)
      // What is behind the room's count is not touched.
      let room = unsafe text.room(1 << 20)
      let output = min(room.count, 1 << 30)
      // zlib reads `input` bytes of the source, which are there, and writes at most `output` into the room.
      unsafe stream.next_in = UnsafeMutablePointer(mutating: source.base + offset)
      unsafe stream.avail_in = UInt32(input)
      unsafe stream.next_out = room.baseAddress
      unsafe stream.avail_out = UInt32(output)
      let status = unsafe inflate(&stream, Z_NO_FLUSH)
      let consumed = unsafe input - Int(stream.avail_in)
      let produced = unsafe output - Int(stream.avail_out)
      offset += consumed
      text.count += produced
      guard text.count <= limit else {
        throw fail("the data inflates to more than \(limit) bytes, beyond what a model of this size holds")
      }
      if status == Z_STREAM_END {
        guard isMultiple, source[offset] == 0x1F, source[offset + 1] == 0x8B else { break }
        // Another member follows; the stream is initialized.
        unsafe inflateReset(&stream)
        continue
      }
      guard status == Z_OK || status == Z_BUF_ERROR else {
        let reason = unsafe stream.msg.map { unsafe String(cString: $0) } ?? "error \(status)"
        throw fail("the compressed data is damaged (\(reason)) at byte \(offset)")
      }
      if consumed == 0, produced == 0 { throw fail("the compressed data ends early, at byte \(offset)") }
    }
    // The stream was initialized above and is used no more.
    unsafe inflateEnd(&stream)
    return (SourceBytes(text, path: source.path), offset)
  }
}
