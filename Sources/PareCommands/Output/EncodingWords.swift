import PareFormat

/// Encodings in the words of the spec.

extension Encoding {
  /// `int8 axis 0, u8 gaps`; `codebook 16, bitmap`; `f32, dense`.
  var words: String { "\(element.words), \(position.words)" }
}

extension ElementCoding {
  /// `f32`; `int8 axis 0`; `affine int4 group 32`; `sign axis 0`; `codebook 16`.
  var words: String {
    switch self {
    case .f32: "f32"
    case .f16: "f16"
    case .bf16: "bf16"
    case .codebook(let codebook): "codebook \(codebook.entryCount)"
    case .affine(let affine): affine.words
    }
  }

  /// The name of the coding in the spec.
  var name: String {
    switch self {
    case .f32: "f32"
    case .f16: "f16"
    case .bf16: "bf16"
    case .affine: "affine"
    case .codebook: "codebook"
    }
  }
}

extension AffineParameters {
  fileprivate var words: String {
    let codes = isSign ? "sign" : hasZeroPoints ? "affine int\(bitWidth)" : "int\(bitWidth)"
    return granularity == .tensor ? codes : "\(codes) \(granularity.words)"
  }
}

extension Granularity {
  /// `tensor`, `axis 0`, `group 32`.
  var words: String {
    switch self {
    case .tensor: "tensor"
    case .axis(let axis): "axis \(axis)"
    case .group(let size): "group \(size)"
    }
  }

  /// `tensor`, `axis`, `group`.
  var name: String {
    switch self {
    case .tensor: "tensor"
    case .axis: "axis"
    case .group: "group"
    }
  }
}

extension PositionCoding {
  /// `dense`, `bitmap`, `u8 gaps`, `u16 indices`, `Rice gaps`, `coded dense`, `coded sparse`.
  var words: String {
    switch self {
    case .dense: "dense"
    case .sparse(let sparse): sparse.kind.words
    case .coded(let coded): coded.nnz == nil ? "coded dense" : "coded sparse"
    }
  }
}

extension PositionKind {
  var words: String {
    switch self {
    case .bitmap: "bitmap"
    case .gapsU8: "u8 gaps"
    case .indicesU16: "u16 indices"
    case .gapsRice: "Rice gaps"
    }
  }
}

extension Shape {
  /// The extents, outermost first.
  var extents: [Int] { (0..<rank).map { self[$0] } }
}

/// The bits that an element takes in a payload, nil for a tensor without elements.
func bitsPerWeight(payloadByteCount: Int, elementCount: Int) -> Double? {
  elementCount == 0 ? nil : 8 * Double(payloadByteCount) / Double(elementCount)
}

/// The share of the elements that are not zero, nil for a tensor without elements.
func density(nnz: Int, elementCount: Int) -> Double? {
  elementCount == 0 ? nil : Double(nnz) / Double(elementCount)
}
