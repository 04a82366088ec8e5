extension MutableSpan<Float> {
  /// Calls `body` with one part of the buffer to read and another to write, for callers that keep all values in one buffer.
  ///
  /// Indices in `body` start at 0 for both parts. A buffer without memory has no parts: nothing is done. Preconditions: both ranges are
  /// in the buffer and do not overlap.
  @inline(__always)
  public mutating func withParts(
    reading input: Range<Int>, writing output: Range<Int>,
    _ body: (_ input: Span<Float>, _ output: inout MutableSpan<Float>) -> Void
  ) {
    checkParts(input, output)
    // The language cannot split a mutable span in two. Both parts are in the buffer and disjoint, as checked above, and live
    // only during `body`.
    unsafe withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let source = unsafe UnsafeBufferPointer(
        start: start + input.lowerBound, count: input.upperBound &- input.lowerBound
      ).span
      var target = unsafe UnsafeMutableBufferPointer(
        start: start + output.lowerBound, count: output.upperBound &- output.lowerBound
      ).mutableSpan
      body(source, &target)
    }
  }

  /// A call of its own, as it is larger than what most callers do with the parts.
  @inline(never)
  private func checkParts(_ input: Range<Int>, _ output: Range<Int>) {
    precondition(input.lowerBound >= 0 && input.upperBound <= count, "the input is outside the buffer")
    precondition(output.lowerBound >= 0 && output.upperBound <= count, "the output is outside the buffer")
    precondition(
      input.upperBound <= output.lowerBound || output.upperBound <= input.lowerBound || input.isEmpty || output.isEmpty,
      "the parts overlap")
  }
}
