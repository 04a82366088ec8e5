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
      _ = records.next(in: bytes)
    }
    try ModelPlan.make(section, bytes, values: &values) { container.record(at: places.span[$0], in: bytes)?.shape }
    var constantsEnd = 0
    section.forEachOperation(bytes) { number, operation, _ in
      let shape = operation.tensor(0).flatMap { container.record(at: places.span[$0], in: bytes)?.shape }
      var planned = PlannedOperation(operation, value: number, shape)
      for slot in 0..<operation.tensors.count {
        guard let index = operation.tensor(slot), let record = container.record(at: places.span[index], in: bytes)
        else { continue }
        let tensor = container.checkedTensor(record)
        if slot < operation.kind.matrixCount {
          planned.matrices[slot] = .stored(
            tensors.count, rows: tensor.shape.rows, columns: tensor.shape.rowElementCount)
          tensors.append(tensor)
        } else {
          let range = constantsEnd..<constantsEnd &+ tensor.shape.elementCount
          constants.withParts(reading: 0..<0, writing: range) { _, floats in tensor.decode(bytes, into: &floats) }
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
