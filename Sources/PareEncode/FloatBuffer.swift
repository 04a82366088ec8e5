#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A growing run of floats, owned by one reference and never copied when it grows.
///
/// A text model states the size of a tensor only at its end. `Array` would hold the old and the new
/// storage at once while it doubles; `realloc` of a large block moves pages instead of bytes, so the
/// memory in use stays at what was appended. Pages beyond `count` are reserved but never touched.
///
/// A buffer is filled by one owner and only read afterwards; that is what makes it `Sendable`.
@safe public final class FloatBuffer: @unchecked Sendable {
  private var base: UnsafeMutablePointer<Float>?
  private var capacity = 0

  /// The number of floats appended so far.
  public private(set) var count = 0

  /// Creates an empty buffer; nothing is allocated before the first append.
  public init() { unsafe base = nil }

  /// Creates a buffer that holds a copy of `values`.
  public convenience init(_ values: some Collection<Float>) {
    self.init()
    reserve(values.count)
    for value in values { append(value) }
  }

  /// Creates a buffer of `count` zeros.
  public convenience init(zeros count: Int) {
    self.init()
    reserve(count)
    // A nil base means that count is 0.
    if let base = unsafe base { unsafe base.initialize(repeating: 0, count: count) }
    self.count = count
  }

  deinit { unsafe free(base) }

  /// Makes room for `total` floats in all. Traps when memory is exhausted, as `Array` does.
  public func reserve(_ total: Int) {
    guard total > capacity else { return }
    guard let grown = unsafe realloc(base, total * MemoryLayout<Float>.stride) else {
      fatalError("out of memory for \(total) floats")
    }
    unsafe base = grown.assumingMemoryBound(to: Float.self)
    capacity = total
  }

  /// Appends one float. Amortized constant time.
  @inline(__always)
  public func append(_ value: Float) {
    if count == capacity { reserve(max(64, capacity &* 2)) }
    // `reserve` has made room for index `count`.
    unsafe base.unsafelyUnwrapped[count] = value
    count &+= 1
  }

  /// Appends a run of floats. For loops that make many: one check of the capacity for all of them.
  public func append(contentsOf run: Span<Float>) {
    guard run.count > 0 else { return }
    if capacity - count < run.count { reserve(max(count + run.count, capacity * 2)) }
    // `reserve` has made room for `run.count` floats behind `count`; a span never overlaps room that is unused.
    unsafe run.withUnsafeBufferPointer { source in
      unsafe base.unsafelyUnwrapped.advanced(by: count).initialize(
        from: source.baseAddress.unsafelyUnwrapped, count: source.count)
    }
    count += run.count
  }

  /// The floats, for reading.
  public var span: Span<Float> {
    @_lifetime(borrow self)
    get {
      let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
      let span = unsafe buffer.span
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}

extension FloatBuffer {
  /// The floats as little-endian bytes, for writing and for checksums; every supported host is little-endian.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = unsafe UnsafeRawBufferPointer(UnsafeBufferPointer(start: base, count: count))
        .bindMemory(to: UInt8.self).span
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}
