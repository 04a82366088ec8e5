import PareFormat
import Testing

@Suite("Models at their limits")
struct ModelLimitTests {
  /// A graph with one input, written as a section without tensors of its own.
  private struct Graph {
    let channels: Int
    var operations: [Operation] = []

    /// Adds an operation and gives the number of its value.
    mutating func add(_ kind: OperationKind, _ inputs: [Int], _ attributes: [Int] = [], tensor: Int = -1) -> Int {
      var operation = Operation(kind, inputs: [Int32(inputs[0]), Int32(inputs.last ?? -1)])
      for (index, value) in attributes.enumerated() { operation.attributes[index] = Int32(value) }
      operation.tensors[0] = Int32(tensor)
      operations.append(operation)
      return operations.count
    }

    mutating func slice(_ count: Int) -> Int { add(.slice, [0], [0, count]) }

    func sizes(_ shapes: [Shape] = []) throws -> (state: Int, scratch: Int) {
      var sink = Sink()
      let none: [UInt8] = []
      for value in [0, 0, 1] { sink.leb128(value) }
      ModelInput.write(name: none.span, shape: FrameShape(channels), to: &sink)
      sink.leb128(operations.count)
      for (index, operation) in operations.enumerated() { operation.write(number: 1 + index, to: &sink) }
      sink.leb128(1)
      ModelOutput.write(name: none.span, value: operations.count, valueCount: 1 + operations.count, to: &sink)
      sink.leb128(0)
      let bytes = sink.bytes
      let section = try ModelSection(body: bytes.span, tensorCount: shapes.count)
      var values = [ModelValue](repeating: ModelValue(shape: FrameShape(1)), count: section.valueCount)
      var span = values.mutableSpan
      return try ModelPlan.sizes(section, bytes.span, values: &span) { shapes[$0] }
    }
  }

  private func shape(_ extents: Int...) -> Shape {
    var shape = Shape()
    for extent in extents { precondition(shape.append(extent, largest: 1 << 47)) }
    return shape
  }

  private func code(_ graph: Graph, _ shapes: [Shape]) -> FormatError.Code? {
    do {
      _ = try graph.sizes(shapes)
      return nil
    } catch { return (error as? FormatError)?.code }
  }

  // Looking at all values again after each move takes minutes for either graph.

  @Test("Values that lie in memory in the opposite order of their numbers are placed in seconds")
  func oppositeOrder() throws {
    let count = 2700
    var graph = Graph(channels: 5000)
    // Holes of 1, 2, 3, ... elements between values that stay, filled from the largest to the smallest.
    var holes: [Int] = []
    var staying: [Int] = []
    for size in 1...count {
      holes.append(graph.slice(size))
      staying.append(graph.slice(1))
    }
    for hole in holes { _ = graph.add(.flatten, [hole]) }
    for size in (1...count).reversed() { staying.append(graph.slice(size)) }
    while graph.operations.count < 16_383 - count - 1 { _ = graph.slice(1) }
    for index in 0..<count { _ = graph.add(.concatenate, [staying[index], staying[2 * count - 1 - index]]) }
    _ = graph.add(.flatten, [0])
    let clock = ContinuousClock()
    let start = clock.now
    let sizes = try graph.sizes()
    #expect(clock.now - start < .seconds(30))
    // The holes, the values between them, and behind all the second of the joined values, which no gap holds yet.
    #expect(sizes.state == 0 && sizes.scratch == 5000 + count * (count + 1) / 2 + count + 3)
  }

  @Test("8 000 values that are all still to be read are placed in seconds")
  func allAlive() throws {
    var graph = Graph(channels: 1)
    var alive: [Int] = []
    for _ in 0..<8191 { alive.append(graph.slice(1)) }
    for value in alive { _ = graph.add(.concatenate, [value, 0]) }
    let clock = ContinuousClock()
    let start = clock.now
    let sizes = try graph.sizes()
    #expect(clock.now - start < .seconds(30))
    #expect(sizes.scratch == 1 + 8191 + 2)
  }

  @Test("Extents of large containers do not wrap")
  func largeExtents() {
    var dense = Graph(channels: 1)
    _ = dense.add(.dense, [0], tensor: 0)
    #expect(code(dense, [shape(3, 1)]) == nil)
    for rows in [1 << 24 + 1, 1 << 31, 1 << 32, 1 << 32 + 1, 1 << 40] {
      #expect(code(dense, [shape(rows, 1)]) == .badShape)
    }
    for size in [1 << 20, 1 << 32, 1 << 38] {
      var conv = Graph(channels: 1)
      _ = conv.add(.conv1d, [0], [1, 65_535, 1, 0], tensor: 0)
      #expect(code(conv, [shape(1, 1, size)]) == .badModelSize)
      var transposed = Graph(channels: 1)
      _ = transposed.add(.transposedConv1d, [0], [1, 0], tensor: 0)
      #expect(code(transposed, [shape(1, 1, size << 6)]) == .badModelSize)
    }
  }
}

private struct Sink: ByteSink {
  var bytes: [UInt8] = []
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
}
