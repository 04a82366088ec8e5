extension MutableSpan<Float> {
  /// Calls `body` with one part of the buffer to read and another to write, for callers that keep all values in one buffer.
  ///
  /// Indices in `body` start at 0 for both parts. Preconditions: both ranges are in the buffer and do not overlap.
  @inline(__always)
  public mutating func withParts(
    reading input: Range<Int>, writing output: Range<Int>,
    _ body: (_ input: Span<Float>, _ output: inout MutableSpan<Float>) -> Void
  ) {
    precondition(input.lowerBound >= 0 && input.upperBound <= count, "the input is outside the buffer")
    precondition(output.lowerBound >= 0 && output.upperBound <= count, "the output is outside the buffer")
    precondition(
      input.upperBound <= output.lowerBound || output.upperBound <= input.lowerBound || input.isEmpty || output.isEmpty,
      "the parts overlap")
    // The language cannot split a mutable span in two. Both parts are in the buffer and disjoint, as checked above, and live
    // only during `body`.
    unsafe withUnsafeMutableBufferPointer { buffer in
      let source = unsafe UnsafeBufferPointer(rebasing: buffer[input]).span
      var target = unsafe UnsafeMutableBufferPointer(rebasing: buffer[output]).mutableSpan
      body(source, &target)
    }
  }
}
