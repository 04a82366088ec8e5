#if hasFeature(Embedded)
  /// Reads the factors of a row of a dense tensor in place, one by one.
  public struct RowFactors {
    private var value: StoredValue
    private var place: BitOffset
    private var element: Int

    /// From a column on. Precondition: the tensor is dense in place, and has the row.
    public init(_ tensor: @_addressable Tensor, row: Int, from column: Int) {
      value = StoredValue(asFactor: tensor.hasRowScale)
      place = BitOffset(field: column, width: tensor.encoding.bitWidth, from: tensor.rowStart(row))
      element = row &* tensor.shape.rowElementCount &+ column
    }

    /// The next factor. Precondition: the row has one more column; the tensor is the same.
    public mutating func next(_ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) -> Float {
      let width = tensor.encoding.bitWidth
      let factor = value.decode(bytes.bits(at: place, width: width), element: element, tensor, bytes)
      place.advance(width)
      element &+= 1
      return factor
    }
  }

  /// Reads the factors of rows of a dense tensor in place.
  public struct DenseFactors: Sendable {
    private let tensor: Tensor

    /// Precondition: the tensor is dense in place, and has elements.
    public init(_ tensor: @_addressable Tensor) {
      precondition(tensor.encoding.positionNumber == 0 && tensor.shape.elementCount > 0)
      self.tensor = tensor
    }

    /// Where the fields of `row` start in the container.
    public func rowStart(_ row: Int) -> Int { tensor.rowStart(row) }

    /// Writes the factors of some columns of a row to `floats` from `first` on. Linear in the columns.
    ///
    /// Preconditions: `columns` are of `row`, a row of the tensor; `floats` has room. `table` is for hosts.
    public func decode(
      row: Int, columns: Range<Int>, _ table: Span<Float>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>,
      at first: Int
    ) {
      var factors = RowFactors(tensor, row: row, from: columns.lowerBound)
      for index in 0..<columns.count { floats[first &+ index] = factors.next(tensor, bytes) }
    }
  }

  extension Tensor {
    /// Where the fields of a row start in the container. Precondition: the tensor is dense in place, and has the row.
    @_addressableSelf
    func rowStart(_ row: Int) -> Int {
      base &+ parts.valueStart &+ row &* bitStringByteCount(fields: shape.rowElementCount, bitWidth: encoding.bitWidth)
    }

    /// What hosts look entries up in; here they are read from the payload.
    public func codebookTable(_ bytes: Span<UInt8>) -> InlineArray<1, Float> { [0] }
  }
#endif
