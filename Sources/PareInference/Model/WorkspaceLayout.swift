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

  /// The offsets of the tables, the first of which is that of the values.
  public var valuesStart: Int { 0 }
  public let operationsStart: Int
  public let tensorsStart: Int
  public let outputsStart: Int
  public let constantsStart: Int

  /// The offset of the state.
  public let stateStart: Int

  /// The offset of the scratch.
  public let scratchStart: Int

  /// The number of tensors in the directory; where their records are is noted while the tables are written.
  public let tensorCount: Int

  /// The places of records lie where state and scratch will.
  public var placesStart: Int { stateStart }

  /// The bytes of all.
  public let byteCount: Int

  /// Whether this build of the library runs all operations.
  public let isBuilt: Bool

  /// The most f32 of decoded vectors: with it, and the limits of state and scratch, no size overflows 32 bits.
  static let maximumConstantCount = 1 << 27

  /// The layout for the model of a container; nil where its vectors are above the limit. Time is linear in the operations times one
  /// 32nd of the tensors. Preconditions: section and container belong to `bytes`.
  public init?(
    _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>, strides: Strides = .machine
  ) {
    valueCount = section.valueCount
    operationCount = section.operationCount
    outputCount = section.outputCount
    stateCount = section.stateCount
    scratchCount = section.scratchCount
    tensorCount = container.tensorCount
    (isBuilt, matrixCount, constantCount) = Self.counts(section, container, bytes)
    guard constantCount <= Self.maximumConstantCount else { return nil }
    operationsStart = Self.end(0, valueCount, strides.value)
    tensorsStart = Self.end(operationsStart, operationCount, strides.operation)
    outputsStart = Self.end(tensorsStart, matrixCount, strides.tensor)
    constantsStart = Self.end(outputsStart, outputCount, 4)
    stateStart = Self.end(constantsStart, constantCount, 4)
    scratchStart = Self.end(stateStart, stateCount, 4)
    byteCount = max(Self.end(scratchStart, scratchCount, 4), Self.end(stateStart, tensorCount, strides.place))
  }

  /// Whether all operations are built, their matrices, and the elements of their vectors. The sizes of some tensors at a time are
  /// kept: looking each up would walk the directory for each.
  private static func counts(
    _ section: ModelSection, _ container: Container, _ bytes: Span<UInt8>
  ) -> (isBuilt: Bool, matrices: Int, constants: Int) {
    var (isBuilt, matrices, constants) = (true, 0, 0)
    var records = container.records
    var first = 0
    repeat {
      var counts = InlineArray<32, Int>(repeating: 0)
      var count = 0
      while count < counts.count, records.advance(bytes) {
        counts[count] = records.record.shape.elementCount
        count &+= 1
      }
      section.forEachOperation(bytes) { _, operation, _ in
        if !operation.kind.isBuilt { isBuilt = false }
        for slot in operation.tensors.indices {
          let index = operation.tensors[slot] &- Int32(truncatingIfNeeded: first)
          guard index >= 0, index < count else { continue }
          if slot < operation.kind.matrixCount {
            matrices &+= 1
          } else {
            constants = min(constants &+ counts[Int(truncatingIfNeeded: index)], maximumConstantCount &+ 1)
          }
        }
        return true
      }
      first &+= counts.count
    } while first < container.tensorCount
    return (isBuilt, matrices, constants)
  }

  /// The end of a table, as a multiple of 8.
  private static func end(_ start: Int, _ count: Int, _ stride: Int) -> Int {
    align(start &+ count &* stride, to: 8)
  }

  /// The bytes of the tables' elements, which depend on the width of a machine's words.
  public struct Strides: Sendable, Equatable {
    let value: Int
    let operation: Int
    let tensor: Int
    let place: Int

    /// Those of 32-bit machines, so that a host can tell what a device will need.
    public static let words32 = Strides(value: 44, operation: 156, tensor: 164, place: 12)

    /// Those of this machine.
    public static var machine: Strides {
      let strides = Strides(
        value: MemoryLayout<ModelValue>.stride, operation: MemoryLayout<PlannedOperation>.stride,
        tensor: MemoryLayout<Tensor>.stride, place: MemoryLayout<RecordPlace>.stride)
      #if _pointerBitWidth(_32)
        precondition(strides == words32, "the host would tell another size")
      #endif
      return strides
    }
  }
}
