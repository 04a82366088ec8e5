#if hasFeature(Embedded)
  // One loop for all encodings, element by element: on a microcontroller size counts more than speed.

  extension RecordCursor {
    /// Decodes some rows of the tensor of the record that was read last, as the tensor's `decodeRowsInPlace` does.
    ///
    /// Preconditions as there; `validateInPlace` has checked its payload.
    @inline(never)
    public mutating func decodeRowsInPlace(
      _ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
    ) {
      tensor.checkRows(rows, floats.count)
      if !floats.isEmpty { tensor.decodeInPlace(rows, bytes, into: &floats) }
    }
  }

  extension Tensor {
    /// Decodes some rows as `decodeRows` does. Preconditions as there; the tensor is not entropy coded.
    ///
    /// Firmware that calls this and not `decodeRows` needs no code for entropy coding.
    @inline(never)
    @_addressableSelf
    public func decodeRowsInPlace(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      checkRows(rows, floats.count)
      if !floats.isEmpty { decodeInPlace(rows, bytes, into: &floats) }
    }

    /// Decodes some rows. Preconditions as for `decodeRows`; there are elements.
    @_addressableSelf
    func decodeElements(
      _ rows: Range<Int>, _ bytes: Span<UInt8>, _ path: CodedPath, into floats: inout MutableSpan<Float>
    ) {
      if encoding.isCoded {
        decodeCoded(rows, path, bytes, into: &floats)
      } else {
        decodeInPlace(rows, bytes, into: &floats)
      }
    }

    @_addressableSelf
    fileprivate func decodeInPlace(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      if encoding.isSparseInPlace {
        floats.update(repeating: 0)
        // The positions have been validated.
        try? readSparse(rows, bytes, into: &floats)
      } else {
        decodeDense(rows, bytes, into: &floats)
      }
    }

    @inline(__always)
    @_addressableSelf
    private func decodeDense(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      let rowByteCount = bitStringByteCount(fields: shape.rowElementCount, bitWidth: encoding.bitWidth)
      var value = StoredValue()
      var element = rows.lowerBound &* shape.rowElementCount
      var rowStart = base &+ parts.valueStart &+ rows.lowerBound &* rowByteCount
      var index = 0
      while index < floats.count {
        var place = BitOffset(byte: rowStart, bit: 0)
        rowStart &+= rowByteCount
        for _ in 0..<shape.rowElementCount {
          let field = bytes.bits(at: place, width: encoding.bitWidth)
          floats[index] = value.decode(field, element: element, self, bytes)
          place.advance(encoding.bitWidth)
          index &+= 1
          element &+= 1
        }
      }
    }
  }
#endif
