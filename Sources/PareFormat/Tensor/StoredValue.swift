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

  /// The end of the elements that share the scale of `element`. Precondition: the tensor is affine.
  @inline(__always)
  mutating func end(from element: Int, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) -> Int {
    // It enters the run of any code's element, and the code that entering takes stands there once.
    if element >= end { _ = decode(0, element: element, tensor, bytes) }
    return end
  }

  /// Of the elements before the last `end` the scale, 1 for factors, and the symbol of a zero where symbols are `middle` above their codes.
  @inline(__always)
  func run(_ middle: Int) -> (scale: Float, zero: Int32) {
    (isFactor ? 1 : scale, zeroPoint &+ Int32(truncatingIfNeeded: middle))
  }

  /// What the scale is multiplied with for a symbol.
  @inline(__always)
  static func factor(_ symbol: UInt8, _ zero: Int32) -> Float {
    Float(Int(truncatingIfNeeded: Int32(truncatingIfNeeded: symbol) &- zero))
  }

  /// Enters the elements that share the scale of `element`.
  ///
  /// Inlined, since where it is a function of its own, decoding takes more stack.
  @inline(__always)
  private mutating func enterRun(of element: Int, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>) {
    let run = tensor.record.scaleRuns.run(of: element)
    end = run.end
    scale = tensor.scale(run.index, in: bytes)
    // Asked for before the call, as most tensors have none.
    zeroPoint = tensor.encoding.hasZeroPoints ? tensor.zeroPoint(run.index, in: bytes) : 0
  }
}
