#if hasFeature(Embedded)
  /// Reads stored elements of a sparse tensor in place one by one: where they are, and their values or factors.
  public struct ElementReader {
    private var cursor: PositionCursor
    private var value: StoredValue

    /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
    ///
    /// Preconditions: the tensor is sparse in place; there are such rows.
    /// - Parameter asFactors: give what a product multiplies its input with, instead of values.
    public init(_ tensor: @_addressable Tensor, rows: Range<Int>, asFactors: Bool, _ bytes: Span<UInt8>) {
      precondition(tensor.encoding.isSparseInPlace, "the tensor is not sparse in place")
      precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
      cursor = PositionCursor(tensor, block: tensor.encoding.block(ofRow: rows.lowerBound), bytes)
      value = StoredValue(asFactor: asFactors && tensor.hasRowScale)
    }

    /// The next element of the whole tensor that is stored, in rising order, and its value or factor; nil behind the last.
    /// Precondition: the tensor is the same.
    @inline(__always)
    public mutating func next(
      _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>
    ) -> (element: Int, value: Float)? {
      // The positions have been validated.
      guard (try? cursor.advance(tensor, bytes)) == true else { return nil }
      let field = tensor.storedBits(cursor.ordinal &- 1, in: bytes)
      return (cursor.element, value.decode(field, element: cursor.element, tensor, bytes))
    }
  }

  /// The same, at most 32 at a time.
  public struct StoredReader {
    /// The elements of the whole tensor that the values belong to, in rising order.
    public private(set) var positions = InlineArray<32, Int>(repeating: 0)

    /// Their values, or their factors.
    public private(set) var values = InlineArray<32, Float>(repeating: 0)

    private let tensor: Tensor
    private var reader: ElementReader

    /// As for `ElementReader`.
    public init(_ tensor: @_addressable Tensor, rows: Range<Int>, asFactors: Bool, _ bytes: Span<UInt8>) {
      self.tensor = tensor
      reader = ElementReader(tensor, rows: rows, asFactors: asFactors, bytes)
    }

    /// Reads the next elements; gives their number, 0 behind the last. `table` is for hosts.
    public mutating func read(_ table: Span<Float>, _ bytes: Span<UInt8>) -> Int {
      var count = 0
      while count < 32, let next = reader.next(tensor, bytes) {
        (positions[count], values[count]) = next
        count &+= 1
      }
      return count
    }
  }
#endif
