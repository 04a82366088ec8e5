/// Reads the stored elements of an entropy-coded tensor, dense or sparse, one after the other, as their values or factors.
///
/// About 6 KB, no heap; the way of a microcontroller, and exact for every element coding.
public struct CodedReader {
  private let tensor: Tensor
  private var elements: CodedElements
  private var value: StoredValue

  // The values of 32 elements of the chunk, each at its place; the first of these, and which are left.
  private var values = InlineArray<32, Float>(repeating: 0)
  private var first = 0
  private var rest: UInt32 = 0

  /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
  ///
  /// Preconditions: the tensor is entropy coded; there are such rows.
  /// - Parameter asFactors: give what a product multiplies its input with, instead of values.
  public init(_ tensor: Tensor, rows: Range<Int>, asFactors: Bool, _ bytes: Span<UInt8>) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
    precondition(tensor.encoding.isCoded, "the tensor is not entropy coded")
    self.tensor = tensor
    value = StoredValue(asFactor: asFactors && tensor.hasRowScale)
    elements = CodedElements()
    elements.open(tensor, rows: rows, bytes)
  }

  /// The next stored element, as an index in the whole tensor, and its value; nil behind the last.
  public mutating func next(_ bytes: Span<UInt8>) -> (element: Int, value: Float)? {
    while rest == 0 {
      let next = elements.chunk.next
      if next >= elements.chunk.elementCount {
        guard CodedElements.advance(&elements, bytes) else { return nil }
        continue
      }
      first = elements.chunk.first &+ next
      rest = elements.chunk.mask(next)
      var floats = values.mutableSpan
      let end = min(next &+ 32, elements.chunk.elementCount)
      CodedChunk.decode(&elements.chunk, to: end, &value, tensor, bytes, into: &floats, at: 0 &- next)
    }
    let place = rest.trailingZeroBitCount
    rest &= rest &- 1
    return (first &+ place, values[place])
  }
}
