extension Tensor {
  /// Decodes the elements of `rows`, from the first row of their block on.
  @_addressableSelf
  func decodeCoded(
    _ rows: Range<Int>, _ path: CodedPath, _ bytes: Span<UInt8>,
    into floats: inout MutableSpan<Float>
  ) {
    #if !hasFeature(Embedded)
      if decodeFast(rows, path, bytes, into: &floats) { return }
    #endif
    // The tensor has been validated.
    try? readCoded(rows, bytes, into: &floats)
  }
}

/// How coded parts are decoded; all ways give the same bits.
public enum CodedPath: Sendable {
  /// One symbol at a time, with small tables: what a microcontroller does.
  case reference
  /// With large tables, in Swift alone.
  case portable
  /// With large tables, and with the machine's vectors where the package's C kernels know them.
  case fastest
}
