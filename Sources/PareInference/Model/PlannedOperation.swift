public import PareFormat

/// An operation ready to run: its weights in the form in which they are multiplied, its vectors decoded.
public struct PlannedOperation: Sendable {
  /// The operation.
  public let operation: Operation

  /// The number of the value that it makes.
  public let value: Int

  /// The matrices, in the order of the kind's tensors: one for products and tables, two for recurrent layers.
  public var matrices: InlineArray<2, MatrixForm> = [.none, .none]

  /// Where in the constants each tensor's elements are; empty for one that is absent or a matrix.
  private var starts: InlineArray<5, Int32> = .init(repeating: 0)
  private var counts: InlineArray<5, Int32> = .init(repeating: 0)

  /// The extents of a convolution's window: of one axis its size and 1, of two those of the tensor's axes 2 and 3.
  private var extents: InlineArray<2, Int32> = [1, 1]

  /// Creates an operation without weights. `shape` is that of its first tensor.
  public init(_ operation: Operation, value: Int, _ shape: Shape?) {
    self.operation = operation
    self.value = value
    if let shape { setWindow(shape) }
  }

  /// Notes the extents of a convolution's window, whose tensor has this shape.
  mutating func setWindow(_ shape: Shape) {
    if shape.rank > 2 { extents[0] = Int32(truncatingIfNeeded: shape[2]) }
    if shape.rank > 3 { extents[1] = Int32(truncatingIfNeeded: shape[3]) }
  }

  /// Extent `axis` of a convolution's window.
  @_addressableSelf
  public func extent(_ axis: Int) -> Int { Int(truncatingIfNeeded: extents[axis]) }

  /// The constants of the tensor in `slot`.
  @_addressableSelf
  public func constants(_ slot: Int) -> Range<Int> {
    let start = Int(truncatingIfNeeded: starts[slot])
    return start..<start &+ Int(truncatingIfNeeded: counts[slot])
  }

  /// Says where the elements of the tensor in `slot` are.
  public mutating func setConstants(_ slot: Int, _ range: Range<Int>) {
    starts[slot] = Int32(truncatingIfNeeded: range.lowerBound)
    counts[slot] = Int32(truncatingIfNeeded: range.count)
  }
}

extension OperationKind {
  /// Whether most models over sequences of frames have operations of the kind.
  public var isOfSequences: Bool {
    switch self {
    case .dense, .conv1d, .lstm, .gru, .activation, .flatten, .add, .multiply, .concatenate, .slice, .gain: true
    default: false
    }
  }

  /// Whether this build of the library runs operations of the kind: one with `PARE_SEQUENCE_MODELS` is smaller, and has those of sequences
  /// alone.
  public var isBuilt: Bool {
    #if PARE_SEQUENCE_MODELS
      isOfSequences
    #else
      true
    #endif
  }

  /// The tensors, from the first on, that are matrices; those behind them are vectors, which are decoded once.
  public var matrixCount: Int {
    switch self {
    case .dense, .conv1d, .transposedConv1d, .streamingConv2d, .conv2d, .embedding: 1
    case .lstm, .gru: 2
    default: 0
    }
  }
}

/// A matrix in the form in which it is multiplied.
public enum MatrixForm: Sendable {
  /// There is none.
  case none
  /// Where it lies in the container: the number of a tensor of the weights. A tensor here would make all operations large, and copying
  /// them a third of a frame's time.
  case stored(Int, rows: Int, columns: Int)
  // Hosts have memory for forms that are faster.
  #if !hasFeature(Embedded)
    /// As panels of factors, from this element of the weights on.
    case panels(Panels, Int)
    /// As rows of non-zeros, from this element of the indices on.
    case sparse(SparseRows, Int)
    /// As rows of integers, with scales from this element of the weights on.
    case integers(IntegerRows, Int)
  #endif

  /// The number of rows.
  var rowCount: Int {
    switch self {
    case .none: 0
    case .stored(_, let rows, _): rows
    #if !hasFeature(Embedded)
      case .panels(let panels, _): panels.rowsPerGroup &* panels.groupCount
      case .sparse(let rows, _): rows.rowCount
      case .integers(let rows, _): rows.rowCount
    #endif
    }
  }

  /// The number of columns.
  var columnCount: Int {
    switch self {
    case .none: 0
    case .stored(_, _, let columns): columns
    #if !hasFeature(Embedded)
      case .panels(let panels, _): panels.columnCount
      case .sparse(let rows, _): rows.columnCount
      case .integers(let rows, _): rows.columnCount
    #endif
    }
  }
}

/// What a model reads while it runs: the container and what was made of it once.
public struct ModelWeights: ~Escapable {
  /// The container.
  public let bytes: Span<UInt8>

  /// Tensors that are multiplied where they lie.
  public let tensors: Span<Tensor>

  /// Panels of factors, and the scales of rows of integers.
  public let floats: Span<Float>

  /// Rows of non-zeros.
  public let words: Span<UInt32>

  /// Decoded vectors.
  public let constants: Span<Float>

  #if !hasFeature(Embedded)
    /// Rows of integers.
    public let codes: Span<UInt8>
  #endif

  @_lifetime(copy bytes, copy tensors, copy floats, copy words, copy constants)
  public init(
    bytes: Span<UInt8>, tensors: Span<Tensor>, floats: Span<Float>, words: Span<UInt32>, constants: Span<Float>
  ) {
    self.bytes = bytes
    self.tensors = tensors
    self.floats = floats
    self.words = words
    self.constants = constants
    #if !hasFeature(Embedded)
      codes = Span()
    #endif
  }

  #if !hasFeature(Embedded)
    @_lifetime(copy bytes, copy tensors, copy floats, copy words, copy codes, copy constants)
    public init(
      bytes: Span<UInt8>, tensors: Span<Tensor>, floats: Span<Float>, words: Span<UInt32>, codes: Span<UInt8>,
      constants: Span<Float>
    ) {
      self.bytes = bytes
      self.tensors = tensors
      self.floats = floats
      self.words = words
      self.codes = codes
      self.constants = constants
    }
  #endif
}
