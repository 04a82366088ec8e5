/// Reads the stored elements of an entropy-coded tensor, dense or sparse, one after the other, as their values or factors.
///
/// About 7 KB, no heap; the way of a microcontroller, and exact for every element coding.
public struct CodedReader {
  private let tensor: Tensor
  private var elements: CodedElements
  private var value: StoredValue

  // The values of the chunk of `elements`, each at its place; the number of the next mask, and what is left of the one before.
  private var values = InlineArray<128, Float>(repeating: 0)
  private var nextMask = 4
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
    elements = CodedElements(tensor)
    elements.open(tensor, rows: rows, bytes)
  }

  /// The next stored element, as an index in the whole tensor, and its value; nil behind the last.
  public mutating func next(_ bytes: Span<UInt8>) -> (element: Int, value: Float)? {
    while rest == 0 {
      if nextMask == elements.chunk.masks.count {
        guard elements.advance(bytes) else { return nil }
        var floats = values.mutableSpan
        elements.chunk.decode(&value, tensor, bytes, into: &floats, at: 0)
        nextMask = 0
      }
      rest = elements.chunk.masks[nextMask]
      nextMask &+= 1
    }
    let place = 32 &* (nextMask &- 1) &+ rest.trailingZeroBitCount
    rest &= rest &- 1
    return (elements.chunk.first &+ place, values[place])
  }
}
