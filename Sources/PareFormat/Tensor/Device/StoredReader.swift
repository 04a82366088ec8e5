#if hasFeature(Embedded)
  /// Reads stored elements of a sparse tensor in place, at most 32 at a time: where they are, and their values or factors.
  public struct StoredReader {
    /// The elements of the whole tensor that the values belong to, in rising order.
    public private(set) var positions = InlineArray<32, Int>(repeating: 0)

    /// Their values, or their factors.
    public private(set) var values = InlineArray<32, Float>(repeating: 0)

    private let tensor: Tensor
    private var cursor: PositionCursor
    private var value: StoredValue

    /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
    ///
    /// Preconditions: the tensor is sparse in place; there are such rows.
    /// - Parameter asFactors: give what a product multiplies its input with, instead of values.
    public init(_ tensor: @_addressable Tensor, rows: Range<Int>, asFactors: Bool, _ bytes: Span<UInt8>) {
      precondition(tensor.encoding.isSparseInPlace, "the tensor is not sparse in place")
      precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
      self.tensor = tensor
      cursor = PositionCursor(tensor, block: tensor.encoding.block(ofRow: rows.lowerBound), bytes)
      value = StoredValue(asFactor: asFactors && tensor.hasRowScale)
    }

    /// Reads the next elements; gives their number, 0 behind the last. `table` is for hosts.
    public mutating func read(_ table: Span<Float>, _ bytes: Span<UInt8>) -> Int {
      var count = 0
      // The positions have been validated.
      while count < 32, (try? cursor.advance(tensor, bytes)) == true {
        let field = tensor.storedBits(cursor.ordinal &- 1, in: bytes)
        positions[count] = cursor.element
        values[count] = value.decode(field, element: cursor.element, tensor, bytes)
        count &+= 1
      }
      return count
    }
  }
#endif
