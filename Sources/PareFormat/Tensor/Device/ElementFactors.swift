#if hasFeature(Embedded)
  /// Reads the factors of rows of a dense tensor in place.
  public struct DenseFactors: Sendable {
    private let tensor: Tensor
    private let rowByteCount: Int

    /// Precondition: the tensor is dense in place, and has elements.
    public init(_ tensor: @_addressable Tensor) {
      precondition(tensor.encoding.positionNumber == 0 && tensor.shape.elementCount > 0)
      self.tensor = tensor
      rowByteCount = tensor.parts.valueByteCount / tensor.shape.rows
    }

    /// Where the fields of `row` start in the container.
    @_addressableSelf
    public func rowStart(_ row: Int) -> Int { tensor.base &+ tensor.parts.valueStart &+ row &* rowByteCount }

    /// Writes the factors of some columns of a row to `floats` from `first` on. Linear in the columns.
    ///
    /// Preconditions: `columns` are of `row`, a row of the tensor; `floats` has room. `table` is for hosts.
    @_addressableSelf
    public func decode(
      row: Int, columns: Range<Int>, _ table: Span<Float>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>,
      at first: Int
    ) {
      if tensor.encoding.bitWidth == 8, tensor.hasRowScale {
        return decodeBytes(row: row, columns: columns, bytes, into: &floats, at: first)
      }
      let width = tensor.encoding.bitWidth
      var place = BitOffset(field: columns.lowerBound, width: width, from: rowStart(row))
      var value = StoredValue(asFactor: tensor.hasRowScale)
      let element = row &* tensor.shape.rowElementCount
      var index = first
      for column in columns {
        floats[index] = value.decode(bytes.bits(at: place, width: width), element: element &+ column, tensor, bytes)
        index &+= 1
        place.advance(width)
      }
    }

    /// Codes of a byte each, which are most: one load, one conversion.
    @_addressableSelf
    private func decodeBytes(
      row: Int, columns: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>, at first: Int
    ) {
      let start = rowStart(row)
      let codes = bytes.extracting(start &+ columns.lowerBound..<start &+ columns.upperBound)
      let zeroPoint = tensor.rowZeroPoint(row, in: bytes)
      precondition(first >= 0 && first &+ codes.count <= floats.count)
      for index in codes.indices {
        let code = Int32(truncatingIfNeeded: Int8(bitPattern: codes[index]))
        floats[first &+ index] = Float(Int(truncatingIfNeeded: code &- zeroPoint))
      }
    }
  }

  extension Tensor {
    /// What hosts look entries up in; here they are read from the payload.
    public func codebookTable(_ bytes: Span<UInt8>) -> InlineArray<1, Float> { [0] }
  }
#endif
