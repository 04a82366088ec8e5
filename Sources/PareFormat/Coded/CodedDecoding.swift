extension Tensor {
  /// Decodes the elements of `rows`, from the first row of their block on.
  func decodeCoded(
    _ rows: Range<Int>, _ path: CodedPath, _ bytes: Span<UInt8>,
    into floats: inout MutableSpan<Float>
  ) {
    #if !hasFeature(Embedded)
      if decodeFast(rows, path, bytes, into: &floats) { return }
    #endif
    floats.update(repeating: 0)
    // The tensor has been validated.
    try? readCoded(rows, isChecking: false, bytes, into: &floats)
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

/// Reads the stored elements of blocks of an entropy-coded tensor as floats.
struct StoredElements {
  private let tensor: Tensor
  private var elements: CodedElements
  private var value = StoredValue()

  /// Reads the blocks that hold `rows`. Precondition: there are such rows.
  init(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    self.tensor = tensor
    elements = CodedElements(tensor)
    elements.open(tensor, rows: rows, bytes)
  }

  /// The next stored element, nil behind the last.
  mutating func next(_ bytes: Span<UInt8>) -> (element: Int, value: Float)? {
    guard let next = elements.next(bytes) else { return nil }
    return (next.element, value.decode(next.field, element: next.element, tensor, bytes))
  }
}
