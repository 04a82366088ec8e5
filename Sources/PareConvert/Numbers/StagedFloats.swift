import PareEncode

/// A short run of floats between a scanner's loop and the buffer they go to: a store and a comparison for each.
@safe struct StagedFloats: ~Copyable {
  static let capacity = 2048

  private let base: UnsafeMutablePointer<Float>
  private var count = 0
  private let buffer: FloatBuffer

  init(_ buffer: FloatBuffer) {
    self.buffer = buffer
    // Freed by `deinit`; every float is written before it is read.
    unsafe base = UnsafeMutablePointer<Float>.allocate(capacity: Self.capacity)
  }

  deinit { unsafe base.deallocate() }

  @inline(__always)
  mutating func append(_ value: Float) {
    // `flush` keeps `count` below the capacity.
    unsafe base[count] = value
    count &+= 1
    if count == Self.capacity { flush() }
  }

  /// Hands the run on.
  @inline(never)
  mutating func flush() {
    // The first `count` floats have been written.
    let run = unsafe UnsafeBufferPointer(start: base, count: count)
    buffer.append(contentsOf: unsafe run.span)
    count = 0
  }
}
