/// Reads the elements of an entropy-coded tensor, dense or sparse, one after the other, with their factors.
///
/// About 4 KB, no heap; the way of a microcontroller, and exact for every element coding.
public struct CodedFactorReader {
  private let tensor: Tensor
  private var elements: CodedElements
  private var value: StoredValue

  /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
  ///
  /// Preconditions: the tensor is entropy coded; there are such rows.
  public init(_ tensor: Tensor, rows: Range<Int>, _ bytes: Span<UInt8>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
    precondition(tensor.encoding.isCoded, "the tensor is not entropy coded")
    self.tensor = tensor
    value = StoredValue(asFactor: tensor.hasRowScale)
    elements = CodedElements(tensor)
    elements.open(tensor, rows: rows, bytes)
  }

  /// The next stored element, as an index in the whole tensor, and its factor; nil behind the last.
  public mutating func next(_ bytes: Span<UInt8>) -> (element: Int, factor: Float)? {
    guard let next = elements.next(bytes) else { return nil }
    return (next.element, value.decode(next.field, element: next.element, tensor, bytes))
  }
}
