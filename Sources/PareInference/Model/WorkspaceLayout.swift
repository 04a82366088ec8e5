public import PareFormat

/// Where all that a running model needs lies in one piece of memory, for callers without a heap.
///
/// Tables come first, which are written once; then the state, then the scratch. Offsets are in bytes from a start that is a
/// multiple of 8. A step is one frame.
public struct WorkspaceLayout: Sendable {
  /// The numbers of what the tables hold.
  public let valueCount: Int
  public let operationCount: Int
  public let matrixCount: Int
  public let outputCount: Int

  /// The f32 of decoded vectors, of the state and of the scratch.
  public let constantCount: Int
  public let stateCount: Int
  public let scratchCount: Int

  /// The number of tensors in the directory; where their records are is noted while the tables are written.
  public let tensorCount: Int

  /// The most f32 of decoded vectors: with it, and the limits of state and scratch, no size overflows 32 bits.
  static let maximumConstantCount = 1 << 27

  /// The layout for the model of a container; nil where its vectors are above the limit. Time is linear in the operations times one
  /// 32nd of the tensors. Preconditions: section and container belong to `bytes`.
  public init?(_ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>) {
    valueCount = section.valueCount
    operationCount = section.operationCount
    outputCount = section.outputCount
    stateCount = section.stateCount
    scratchCount = section.scratchCount
    tensorCount = container.tensorCount
    var matrixCount = 0
    section.forEachOperation(bytes) { _, operation, _ in
      for slot in 0..<operation.kind.matrixCount where operation.tensor(slot) != nil { matrixCount &+= 1 }
      return true
    }
    self.matrixCount = matrixCount
    constantCount = Self.constantCount(section, container, bytes)
    guard constantCount <= Self.maximumConstantCount else { return nil }
  }

  /// The elements of all vectors. The sizes of some tensors at a time are kept: looking each up would walk the directory for each.
  private static func constantCount(_ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>) -> Int {
    var total = 0
    var records = container.records
    var first = 0
    while first < container.tensorCount {
      var counts = InlineArray<32, Int>(repeating: 0)
      var count = 0
      while count < counts.count, let record = records.next(in: bytes) {
        counts[count] = record.shape.elementCount
        count &+= 1
      }
      section.forEachOperation(bytes) { _, operation, _ in
        for slot in operation.kind.matrixCount..<operation.tensors.count {
          guard let index = operation.tensor(slot), index >= first, index &- first < count else { continue }
          let room = maximumConstantCount &+ 1 &- total
          total &+= min(counts[index &- first], room)
        }
        return true
      }
      first &+= counts.count
    }
    return total
  }

  /// The offsets of the tables.
  public var valuesStart: Int { 0 }
  public var operationsStart: Int { Self.end(valuesStart, valueCount, ModelValue.self) }
  public var tensorsStart: Int { Self.end(operationsStart, operationCount, PlannedOperation.self) }
  public var outputsStart: Int { Self.end(tensorsStart, matrixCount, Tensor.self) }
  public var constantsStart: Int { Self.end(outputsStart, outputCount, Int32.self) }

  /// The offset of the state.
  public var stateStart: Int { Self.end(constantsStart, constantCount, Float.self) }

  /// The offset of the scratch.
  public var scratchStart: Int { Self.end(stateStart, stateCount, Float.self) }

  /// The places of records lie where state and scratch will.
  public var placesStart: Int { stateStart }

  /// The bytes of all.
  public var byteCount: Int {
    max(Self.end(scratchStart, scratchCount, Float.self), Self.end(placesStart, tensorCount, RecordPlace.self))
  }

  /// The end of a table, as a multiple of 8.
  private static func end<T>(_ start: Int, _ count: Int, _: T.Type) -> Int {
    align(start &+ count &* MemoryLayout<T>.stride, to: 8)
  }
}
