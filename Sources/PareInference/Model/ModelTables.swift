public import PareFormat

extension ModelRunner {
  /// Checks a model and makes it ready to be run one frame at a time, in memory of the caller's: values are placed, operations listed,
  /// matrices left where they lie in the container, vectors decoded.
  ///
  /// Throws as `ModelPlan.make` does. Linear in the tensors and constants, quadratic in the operations at worst. Preconditions: all
  /// tensors of the container have been checked; `values`, `constants` and `outputs` have the counts of the model's layout and the
  /// others have room for them; section and container belong to `bytes`.
  public static func prepare(
    _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>, places: inout OutputSpan<RecordPlace>,
    values: inout MutableSpan<ModelValue>, operations: inout OutputSpan<PlannedOperation>,
    tensors: inout OutputSpan<Tensor>, outputs: inout MutableSpan<Int32>, constants: inout MutableSpan<Float>
  ) throws(FormatError) -> ModelRunner {
    var records = container.records
    for _ in 0..<container.tensorCount {
      places.append(records.place)
      _ = records.advance(bytes)
    }
    try ModelPlan.make(section, bytes, values: &values) { index in
      var cursor = container.records
      return cursor.advance(to: places.span[index], in: bytes) ? cursor.record.shape : nil
    }
    var constantsEnd = 0
    section.forEachOperation(bytes) { number, operation, _ in
      var planned = PlannedOperation(operation, value: number, nil)
      for slot in operation.tensors.indices {
        guard let index = operation.tensor(slot) else { continue }
        var cursor = container.records
        _ = cursor.advance(to: places.span[index], in: bytes)
        let shape = cursor.record.shape
        if slot == 0 { planned.setWindow(shape) }
        if slot < operation.kind.matrixCount {
          planned.matrices[slot] = .stored(tensors.count, rows: shape.rows, columns: shape.rowElementCount)
          tensors.append(container.checkedTensor(cursor.record))
        } else {
          let range = constantsEnd..<constantsEnd &+ shape.elementCount
          constants.withParts(reading: 0..<0, writing: range) { _, floats in
            #if PARE_IN_PLACE_ALONE
              cursor.decodeRowsInPlace(0..<shape.rows, bytes, into: &floats)
            #else
              cursor.decodeRows(0..<shape.rows, bytes, into: &floats)
            #endif
          }
          planned.setConstants(slot, range)
          constantsEnd = range.upperBound
        }
      }
      operations.append(planned)
      return true
    }
    section.forEachOutput(bytes) { index, output in outputs[index] = Int32(truncatingIfNeeded: output.value) }
    var valuesCount = 0
    for number in values.indices {
      valuesCount = max(valuesCount, Int(truncatingIfNeeded: values[number].place) &+ values[number].count)
    }
    return ModelRunner(frameCapacity: 1, inputCount: section.inputCount, valuesCount: valuesCount, path: .portable)
  }
}
