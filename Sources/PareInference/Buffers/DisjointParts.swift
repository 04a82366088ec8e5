extension MutableSpan<Float> {
  /// Calls `body` with one part of the buffer to read and another to write, for callers that keep all values in one buffer.
  ///
  /// Indices in `body` start at 0 for both parts. Preconditions: both ranges are in the buffer and do not overlap.
  @inline(__always)
  public mutating func withParts(
    reading input: Range<Int>, writing output: Range<Int>,
    _ body: (_ input: Span<Float>, _ output: inout MutableSpan<Float>) -> Void
  ) {
    checkParts(input, output)
    // The language cannot split a mutable span in two. Both parts are in the buffer and disjoint, as checked above, and live
    // only during `body`.
    unsafe withUnsafeMutableBufferPointer { buffer in
      let start = buffer.baseAddress
      let source = unsafe UnsafeBufferPointer(start: start.map { unsafe $0 + input.lowerBound }, count: input.count)
        .span
      var target = unsafe UnsafeMutableBufferPointer(
        start: start.map { unsafe $0 + output.lowerBound }, count: output.count
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
