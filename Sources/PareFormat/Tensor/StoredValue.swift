/// Turns the stored fields of a tensor into floats, one at a time (spec section 7).
///
/// It keeps the scale of the last element for those behind it, so elements must rise.
struct StoredValue {
  private var scale: Float = 0
  private var zeroPoint: Int32 = 0

  /// The end of the elements that use them.
  private var end = 0

  /// Whether values are factors, which are still to be multiplied with their row's scale.
  private let isFactor: Bool

  /// Precondition: `asFactor` only where the tensor has row scales.
  init(asFactor: Bool = false) { isFactor = asFactor }

  /// The value of a field, a float's bits, a code or an index, of element `element`. All its bits are 0 exactly where the field
  /// is a zero, since scales and the entries of sparse tensors are not.
  @inline(never)
  mutating func decode(_ field: UInt32, element: Int, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) -> Float {
    switch tensor.encoding.elementKind {
    case .f32: return Float(bitPattern: field)
    case .f16: return Float(bitPattern: HalfPrecision.widenHalf(UInt16(truncatingIfNeeded: field)))
    case .bf16: return Float(bitPattern: field &<< 16)
    case .codebook: return tensor.entry(Int(truncatingIfNeeded: field), in: bytes)
    default:
      if element >= end { enterRun(of: element, tensor, bytes) }
      // The difference and its conversion are exact, the product is rounded once.
      let factor = Float(Int(truncatingIfNeeded: tensor.encoding.code(field) &- zeroPoint))
      return isFactor ? factor : scale * factor
    }
  }

  /// What the codes of some elements, those before `end`, are decoded with.
  struct Run {
    fileprivate var scale: Float = 0
    fileprivate var zeroPoint: Int32 = 0
    fileprivate(set) var end = 0

    /// The value of a code of several bits, and the middle.
    @inline(__always)
    func value(ofCode code: UInt32) -> Float {
      scale * Float(Int(truncatingIfNeeded: Int32(bitPattern: code) &- zeroPoint))
    }
  }

  /// What codes from that of `element` on are decoded with, once `middle` is taken from them. Precondition: the tensor's elements
  /// are codes of several bits.
  @inline(never)
  mutating func run(of element: Int, less middle: UInt32, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) -> Run {
    if element >= end { enterRun(of: element, tensor, bytes) }
    return Run(scale: isFactor ? 1 : scale, zeroPoint: zeroPoint &+ Int32(bitPattern: middle), end: end)
  }

  // Inlined, since where it is a function of its own, decoding takes more stack.
  @inline(__always)
  private mutating func enterRun(of element: Int, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) {
    let run = tensor.record.scaleRuns.run(of: element)
    end = run.end
    scale = tensor.scale(run.index, in: bytes)
    // Asked for before the call, as most tensors have none.
    zeroPoint = tensor.encoding.hasZeroPoints ? tensor.zeroPoint(run.index, in: bytes) : 0
  }
}
