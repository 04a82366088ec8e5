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
      Tensor(record).decodeRowsInPlace(rows, bytes, into: &floats)
    }
  }

  extension Tensor {
    /// Decodes some rows as `decodeRows` does. Preconditions as there; the tensor is not entropy coded.
    ///
    /// Firmware that calls this and not `decodeRows` needs no code for entropy coding.
    @inline(never)
    public func decodeRowsInPlace(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      checkRows(rows, floats.count)
      if !floats.isEmpty { decodeInPlace(rows, bytes, into: &floats) }
    }

    /// Decodes some rows. Preconditions as for `decodeRows`; there are elements.
    func decodeElements(
      _ rows: Range<Int>, _ bytes: Span<UInt8>, _ path: CodedPath, into floats: inout MutableSpan<Float>
    ) {
      if encoding.isCoded {
        decodeCoded(rows, path, bytes, into: &floats)
      } else {
        decodeInPlace(rows, bytes, into: &floats)
      }
    }

    private func decodeInPlace(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      if encoding.isSparseInPlace {
        decodeSparse(rows, bytes, into: &floats)
      } else {
        decodeDense(rows, bytes, into: &floats)
      }
    }

    private func decodeDense(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      let first = rows.lowerBound &* shape.rowElementCount
      let stride = parts.values.count / shape.rows
      var value = StoredValue()
      var rowStart = base &+ parts.values.lowerBound &+ rows.lowerBound &* stride
      var rowEnd = 0
      var place = BitOffset(byte: rowStart, bit: 0)
      for index in floats.indices {
        if index == rowEnd {
          place = BitOffset(byte: rowStart, bit: 0)
          rowStart &+= stride
          rowEnd &+= shape.rowElementCount
        }
        floats[index] = value.decode(
          bytes.bits(at: place, width: encoding.bitWidth), element: first &+ index, self, bytes)
        place.advance(encoding.bitWidth)
      }
    }

    private func decodeSparse(_ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>) {
      floats.update(repeating: 0)
      let first = rows.lowerBound &* shape.rowElementCount
      var cursor = PositionCursor(self, block: encoding.block(ofRow: rows.lowerBound), bytes)
      var value = StoredValue()
      // The positions have been validated.
      while (try? cursor.advance(self, bytes)) == true {
        let index = cursor.element &- first
        if index >= floats.count { return }
        // Before the rows where their block starts with others.
        if index < 0 { continue }
        floats[index] = value.decode(storedBits(cursor.ordinal &- 1, in: bytes), element: cursor.element, self, bytes)
      }
    }
  }
#endif
