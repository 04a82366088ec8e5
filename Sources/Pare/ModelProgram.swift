public import PareFormat
import PareInference

/// A model that can be run: its operations in order, their weights ready to be multiplied.
///
/// Made once and shared by any number of sessions, on any threads. It takes memory for what is not multiplied where it lies: matrices of
/// up to 2^18 weights, and entropy-coded ones, are unpacked to f32 factors or to non-zeros; in integer arithmetic all but large ones of int8
/// in place to a byte for each weight.
public final class ModelProgram: Sendable {
  /// The model.
  public let model: Model

  /// The model section.
  public let section: ModelSection

  /// The elements of a frame of all inputs, and of one of all outputs.
  public let inputCount: Int
  public let outputCount: Int

  /// The most multiply-adds for one frame of the inputs, the zeros of sparse tensors left out.
  public let multiplyAddCount: Int

  /// How products are computed.
  public let arithmetic: Arithmetic

  /// The matrices that are multiplied in integers.
  public let integerMatrixCount: Int

  let operations: [PlannedOperation]
  let values: [ModelValue]
  let outputs: [Int]
  let valuesCount: Int
  let tensors: [Tensor]
  let factors: AlignedFloats
  let nonZeros: [UInt32]
  let codes: [UInt8]
  let constants: [Float]

  /// Dense matrices up to this many weights are unpacked: as f32 they stay in a core's own cache.
  private static let largestUnpacked = 1 << 18

  /// Checks the model and makes its weights ready. Throws `noModel`, and what is wrong with the model or a tensor it uses.
  ///
  /// Linear in the weights, quadratic in the operations.
  public init(_ model: Model, arithmetic: Arithmetic = .float) throws(ModelError) {
    guard let section = model.container.model else { throw .noModel(path: model.path) }
    self.model = model
    self.section = section
    let values: [ModelValue]
    do { values = try model.values() } catch { throw .format(error, path: model.path) }
    var stored: [(number: Int, operation: Operation)] = []
    section.forEachOperation(model.bytes) { number, operation, _ in
      stored.append((number, operation))
      return true
    }
    var builder = ProgramBuilder(model, arithmetic)
    var operations: [PlannedOperation] = []
    for (number, operation) in stored {
      operations.append(try builder.plan(operation, number, values[number]))
    }
    var outputs: [Int] = []
    section.forEachOutput(model.bytes) { _, output in outputs.append(output.value) }
    self.operations = operations
    self.values = values
    self.outputs = outputs
    tensors = builder.tensors
    factors = AlignedFloats(builder.factors)
    nonZeros = builder.nonZeros
    codes = builder.codes
    constants = builder.constants
    multiplyAddCount = builder.multiplyAddCount
    self.arithmetic = arithmetic
    integerMatrixCount = builder.integerMatrixCount
    valuesCount = values.map { Int($0.place) + $0.count }.max() ?? 0
    inputCount = values[..<section.inputCount].reduce(0) { $0 + $1.shape.elementCount }
    outputCount = outputs.reduce(0) { $0 + values[$1].shape.elementCount }
  }

  /// The most output frames that a step of one input frame gives.
  public var largestBurst: Int { outputs.map { Int(values[$0].burst) }.max() ?? 1 }

  /// Frames that a step may well take: 64, or as many as a model of large frames has room for in 16 MB.
  public var frameCapacity: Int { max(1, min(64, (1 << 22) / max(1, valuesCount))) }

  /// Whether a frame's outputs depend on the frames before it.
  public var hasState: Bool { section.stateCount > 0 }

  private struct ProgramBuilder {
    let model: Model
    let arithmetic: Arithmetic
    var tensors: [Tensor] = []
    var factors: [Float] = []
    var nonZeros: [UInt32] = []
    var codes: [UInt8] = []
    var constants: [Float] = []
    var multiplyAddCount = 0
    var integerMatrixCount = 0

    init(_ model: Model, _ arithmetic: Arithmetic) {
      self.model = model
      self.arithmetic = arithmetic
    }

    mutating func plan(
      _ operation: Operation, _ number: Int, _ value: ModelValue
    ) throws(ModelError) -> PlannedOperation {
      let first = operation.tensor(0).map { model.records[$0].shape }
      var planned = PlannedOperation(operation, value: number, first)
      for slot in 0..<5 {
        guard let index = operation.tensor(slot) else { continue }
        let tensor = try model.tensor(at: index)
        if slot < operation.kind.matrixCount {
          planned.matrices[slot] = form(of: tensor.tensor, operation)
          multiplyAddCount += uses(operation, value) * tensor.tensor.storedCount
        } else {
          let floats = tensor.floats()
          planned.setConstants(slot, constants.count..<constants.count + floats.count)
          constants += floats
        }
      }
      return planned
    }

    /// How often each weight of an operation is used for a frame.
    private func uses(_ operation: Operation, _ value: ModelValue) -> Int {
      let places =
        switch operation.kind {
        case .embedding: 0
        case .streamingConv2d: value.shape[0]
        case .conv2d: value.shape[1] * value.shape[2]
        default: 1
        }
      // Behind a transposed convolution several frames come at a time.
      return places * Int(value.burst)
    }

    private mutating func stored(_ tensor: Tensor) -> MatrixForm {
      tensors.append(tensor)
      return .stored(tensors.count - 1, rows: tensor.shape.rows, columns: tensor.shape.rowElementCount)
    }

    private mutating func integers(_ rows: IntegerRows, _ tensor: Tensor) -> MatrixForm {
      integerMatrixCount += 1
      let first = factors.count
      var bytes = [UInt8](repeating: 0, count: rows.isInPlace ? 0 : rows.codeCount)
      var floats = [Float](repeating: 0, count: rows.floatCount)
      var byteSpan = bytes.mutableSpan
      var floatSpan = floats.mutableSpan
      rows.build(tensor, model.bytes, codes: &byteSpan, floats: &floatSpan)
      var rows = rows
      if !rows.isInPlace { rows.start = codes.count }
      codes += bytes
      factors += floats
      return .integers(rows, first)
    }

    private mutating func form(of tensor: Tensor, _ operation: Operation) -> MatrixForm {
      let isCoded = tensor.encoding.coded != nil
      if operation.kind == .embedding { return stored(tensor) }
      if let limit = arithmetic.limit, let rows = IntegerRows(tensor, limit: limit) { return integers(rows, tensor) }
      if tensor.encoding.nnz != nil {
        guard isCoded || tensor.storedCount <= ModelProgram.largestUnpacked else { return stored(tensor) }
        let rows = SparseRows(tensor)
        let start = nonZeros.count
        var words = [UInt32](repeating: 0, count: rows.wordCount)
        var span = words.mutableSpan
        rows.build(tensor, model.bytes, into: &span)
        nonZeros += words
        return .sparse(rows, start)
      }
      guard isCoded || tensor.shape.elementCount <= ModelProgram.largestUnpacked else { return stored(tensor) }
      let panels = Panels(tensor, groups: operation.groupCount)
      let start = factors.count
      var floats = [Float](repeating: 0, count: panels.floatCount)
      var span = floats.mutableSpan
      panels.build(tensor, model.bytes, into: &span)
      factors += floats
      return .panels(panels, start)
    }
  }
}

/// Floats whose first one begins a cache line: a vector load that crosses lines takes twice as long (measured: products a fifth slower).
struct AlignedFloats: Sendable {
  private let storage: [Float]
  private let first: Int
  private let count: Int

  init(_ floats: [Float]) {
    let lineCount = 16
    var first = 0
    storage = unsafe [Float](unsafeUninitializedCapacity: floats.count + lineCount) { buffer, count in
      // The array keeps its place, as nothing changes it.
      let address = UInt(bitPattern: buffer.baseAddress)
      first = Int((64 - address % 64) % 64 / 4)
      unsafe buffer.initialize(repeating: 0)
      for index in floats.indices { unsafe buffer[first + index] = floats[index] }
      count = buffer.count
    }
    self.first = first
    self.count = floats.count
  }

  /// The floats.
  var span: Span<Float> {
    @_lifetime(borrow self) borrowing get { storage.span.extracting(first..<first + count) }
  }
}

extension Operation {
  /// The groups of a convolution, else 1.
  fileprivate var groupCount: Int {
    switch kind {
    case .conv1d: attribute(2)
    case .conv2d: attribute(8)
    default: 1
    }
  }
}
