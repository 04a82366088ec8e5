#if !hasFeature(Embedded)
  /// Reads stored elements of a sparse tensor in place, at most 32 at a time: where they are, and their values or factors.
  public struct StoredReader {
    /// The elements of the whole tensor that the values belong to, in rising order.
    public private(set) var positions = InlineArray<32, Int>(repeating: 0)

    /// Their values, or their factors.
    public private(set) var values = InlineArray<32, Float>(repeating: 0)

    private let tensor: Tensor
    private var reader: PositionReader
    private var scale: SparseScale

    /// Whether values are codes less zero points, to be scaled later; and whether zero points are all 0, so that codes are.
    private let givesFactors: Bool
    private let givesCodes: Bool

    /// Reads the blocks that hold `rows`, so that elements of other rows may come before and behind theirs.
    ///
    /// Preconditions: the tensor is sparse in place; there are such rows.
    /// - Parameter asFactors: give what a product multiplies its input with, instead of values.
    public init(_ tensor: Tensor, rows: Range<Int>, asFactors: Bool, _ bytes: Span<UInt8>) {
      precondition(tensor.encoding.isSparseInPlace, "the tensor is not sparse in place")
      precondition(rows.lowerBound >= 0 && rows.upperBound <= tensor.shape.rows && !rows.isEmpty)
      self.tensor = tensor
      reader = PositionReader(tensor, rows: rows, bytes)
      scale = SparseScale()
      givesFactors = asFactors && tensor.hasRowScale
      givesCodes = givesFactors && !tensor.encoding.hasZeroPoints
    }

    /// Reads the next elements; gives their number, 0 behind the last. `table` is the tensor's `codebookTable`; where it is
    /// empty, entries are read from the payload.
    public mutating func read(_ table: Span<Float>, _ bytes: Span<UInt8>) -> Int {
      let ordinal = reader.ordinal
      let count = reader.read(&positions, bytes)
      guard count > 0 else { return 0 }
      let start = tensor.base &+ tensor.parts.valueStart
      var floats = values.mutableSpan
      let place = BitOffset(field: ordinal, width: tensor.encoding.bitWidth, from: start)
      switch tensor.encoding.element {
      case .f32:
        for index in 0..<count { floats[index] = Float(bitPattern: bytes.u32(at: place.byte &+ 4 &* index)) }
      case .f16:
        for index in 0..<count {
          floats[index] = Float(bitPattern: HalfPrecision.widenHalf(bytes.u16(at: place.byte &+ 2 &* index)))
        }
      case .bf16:
        for index in 0..<count {
          floats[index] = Float(bitPattern: HalfPrecision.widenBrain(bytes.u16(at: place.byte &+ 2 &* index)))
        }
      case .codebook(let codebook):
        guard !table.isEmpty else {
          for index in 0..<count {
            floats[index] = tensor.entry(
              Int(truncatingIfNeeded: tensor.storedBits(ordinal &+ index, in: bytes)), in: bytes)
          }
          break
        }
        PackedKernels.codebook(bytes, at: place, width: codebook.bitWidth, table, 0..<count, &floats)
      case .affine(let affine):
        // First the codes, which are exact as floats; then their scales, with the one rounding of the format.
        Kernels.affine(bytes, at: place, affine, .unit, 0..<count, &floats)
        if givesCodes { break }
        for index in 0..<count {
          let element = positions[index]
          if element >= scale.end { scale = SparseScale(tensor, affine, at: element, bytes) }
          floats[index] = givesFactors ? scale.scaling.factor(of: floats[index]) : scale.scaling.apply(floats[index])
        }
      }
      return count
    }
  }

  /// The scale of an element, and where the run of elements ends that use it.
  struct SparseScale {
    var scaling = Kernels.Scaling.unit
    var end = 0

    init() {}

    init(_ tensor: Tensor, _ affine: AffineParameters, at element: Int, _ bytes: Span<UInt8>) {
      let walk = ScaleWalk(tensor, affine, from: element)
      scaling = tensor.scaling(walk.index, in: bytes)
      end = element &+ walk.remaining
    }
  }

  extension Tensor {
    /// Writes zeros, then the stored elements of `rows`.
    func decodeSparse(
      _ rows: Range<Int>, _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>
    ) {
      floats.update(repeating: 0)
      let first = rows.lowerBound &* shape.rowElementCount
      let table = codebookTable(bytes)
      var reader = StoredReader(self, rows: rows, asFactors: false, bytes)
      while true {
        let count = reader.read(table.span, bytes)
        if count == 0 { return }
        for index in 0..<count {
          // Before the rows where their block starts with others; behind them at the end.
          let element = reader.positions[index] &- first
          if element < 0 { continue }
          if element >= floats.count { return }
          floats[element] = reader.values[index]
        }
      }
    }
  }
#endif
