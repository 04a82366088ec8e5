import Pare
import PareFormat

/// Reads all that a container gives: opens it, validates each tensor, decodes it whole, row by row and non-zero by
/// non-zero, and plans its model. Traps when these disagree, when a tensor is larger than the format's limits let it be,
/// or when two values of the model would share a place at one time.
///
/// Gives the first error of a reader that validates the whole container, nil when there is none. Of a bank the index is read,
/// and the first models.
@discardableResult
func readEverything(_ bytes: Span<UInt8>) -> FormatError? {
  if Bank.hasMagic(bytes) { return readBank(bytes) }
  let container: Container
  do { container = try Container.open(bytes, checksum: ZlibChecksum.self) } catch { return error }
  var first: FormatError?
  // Many tensors of a megabyte each fit a file of a few kilobytes; the first ones are as good as all.
  var budget = 1 << 21
  var records = container.records
  while let record = records.next(in: bytes) {
    do {
      let tensor = try container.tensor(record, in: bytes, checksum: ZlibChecksum.self)
      let count = tensor.shape.elementCount
      precondition(4 * count <= max(1 << 20, 1024 * record.parts.byteCount), "more floats than the limit allows")
      guard count <= budget else { continue }
      budget -= count
      decodeEveryWay(tensor, bytes)
    } catch { first = first ?? error }
  }
  do { try checkModel(container, bytes) } catch { first = first ?? error }
  return first
}

private func readBank(_ bytes: Span<UInt8>) -> FormatError? {
  let bank: Bank
  do { bank = try Bank.open(bytes, checksum: ZlibChecksum.self) } catch { return error }
  var end = 0
  for index in 0..<bank.modelCount {
    let entry = bank.entry(at: index, in: bytes)
    precondition(entry.model.lowerBound >= end && entry.model.upperBound <= bytes.count, "models overlap")
    end = entry.model.upperBound
    precondition(bank.entry(named: bytes.extracting(entry.name), in: bytes) == entry, "a name is found where it is not")
    let model = bytes.extracting(entry.model)
    // A bank in a bank is refused as any other file that is no container.
    if index < 8, !Bank.hasMagic(model) { readEverything(model) }
  }
  return nil
}

/// Plans the model as a reader that is to run it does, whatever sizes it states; then throws where they are others.
func checkModel(_ container: Container, _ bytes: Span<UInt8>) throws(FormatError) {
  guard let section = container.model else { return }
  var values = [ModelValue](repeating: ModelValue(shape: FrameShape(1)), count: section.valueCount)
  let sizes = plannedSizes(section, container, bytes, &values)
  if let sizes {
    precondition(sizes.state <= ModelSection.maximumCount && sizes.scratch <= ModelSection.maximumCount)
    checkPlaces(values, end: sizes.scratch)
  }
  var span = values.mutableSpan
  try ModelPlan.make(section, container, bytes, values: &span)
  precondition(sizes.map { $0 == (section.stateCount, section.scratchCount) } == true, "two ways to plan differ")
}

/// Nil where shapes disagree or a size is above its limit.
private func plannedSizes(
  _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>, _ values: inout [ModelValue]
) -> (state: Int, scratch: Int)? {
  var span = values.mutableSpan
  return try? ModelPlan.sizes(section, bytes, values: &span) { container.record(at: $0, in: bytes)?.shape }
}

private func checkPlaces(_ values: [ModelValue], end: Int) {
  // All pairs of 16 638 values would take seconds.
  for (number, value) in values.prefix(2000).enumerated() {
    let place = Int(value.place)..<Int(value.place) + value.count
    precondition(place.upperBound <= end, "a value ends behind the scratch")
    for other in values[..<number] where Int(other.lastReader) >= number {
      // In place: the operation that reads a value last may put its own there.
      let isInPlace = Int(other.lastReader) == number && other.place == value.place && other.count == value.count
      let overlaps = place.overlaps(Int(other.place)..<Int(other.place) + other.count)
      precondition(isInPlace || !overlaps, "two values share a place at one time")
    }
  }
}

private func decodeEveryWay(_ tensor: Tensor, _ bytes: Span<UInt8>) {
  let whole = floats(tensor, 0..<tensor.shape.rows, bytes)
  let count = tensor.shape.rowElementCount
  // Rows alone: the first, the last, and a few between.
  let rows = tensor.shape.rows
  for row in stride(from: 0, to: rows, by: max(1, rows / 8)) {
    compare(floats(tensor, row..<row + 1, bytes), whole[row * count..<(row + 1) * count])
  }
  if rows > 2 { compare(floats(tensor, 1..<rows, bytes), whole[count...]) }

  if tensor.encoding.coded != nil {
    for path in [CodedPath.reference, .portable] {
      compare(floats(tensor, 0..<rows, bytes, path), whole[...])
      if rows > 2 { compare(floats(tensor, 1..<rows - 1, bytes, path), whole[count..<(rows - 1) * count]) }
    }
  }

  guard tensor.encoding.nnz != nil else { return }
  var expanded = [Float](repeating: 0, count: whole.count)
  var previous = -1
  var found = 0
  var cursor = NonZeroCursor(tensor)
  while let nonZero = cursor.next(in: bytes) {
    let element = nonZero.row * count + nonZero.column
    precondition(element > previous && nonZero.column < count, "non-zeros must rise")
    precondition(nonZero.value.bitPattern != 0, "a stored element is not zero")
    previous = element
    expanded[element] = nonZero.value
    found += 1
  }
  precondition(found == tensor.storedCount, "each stored element is one non-zero")
  compare(expanded, whole[...])
}

private func floats(
  _ tensor: Tensor, _ rows: Range<Int>, _ bytes: Span<UInt8>, _ path: CodedPath = .fastest
) -> [Float] {
  // A signalling NaN that stays shows an element that was not written.
  var floats = [Float](repeating: .signalingNaN, count: rows.count * tensor.shape.rowElementCount)
  var span = floats.mutableSpan
  tensor.decodeRows(rows, bytes, codedPath: path, into: &span)
  return floats
}

private func compare(_ left: [Float], _ right: ArraySlice<Float>) {
  precondition(left.count == right.count)
  for (a, b) in zip(left, right) { precondition(a.bitPattern == b.bitPattern, "two ways to decode differ") }
}
