import PareFormat

/// The factors of a tensor as the spec's arithmetic has them, made from raw fields, and sums in the normative order, one by one.
struct ReferenceMatrix {
  let rows: Int
  let columns: Int
  let isSparse: Bool
  let scales: [Float]?
  /// For each row the stored columns and their factors.
  let stored: [[(column: Int, factor: Float)]]

  init(_ tensor: Tensor, _ bytes: Span<UInt8>) {
    let shape = tensor.shape
    rows = shape.rows
    columns = shape.rowElementCount
    isSparse = tensor.encoding.nnz != nil
    var hasRowScale = false
    if let affine = tensor.encoding.affine {
      hasRowScale = affine.granularity == .tensor || (affine.granularity == .axis(0) && shape.rank >= 2)
    }
    scales =
      hasRowScale
      ? (0..<rows).map { tensor.scale(tensor.encoding.affine?.granularity == .tensor ? 0 : $0, in: bytes) } : nil
    var fields: [(Int, UInt32)] = []
    tensor.forEachStored(bytes) { fields.append(($0, $1)) }
    var stored = [[(column: Int, factor: Float)]](repeating: [], count: rows)
    for (element, field) in fields {
      let factor: Float
      switch tensor.encoding.element {
      case .f32: factor = Float(bitPattern: field)
      case .f16: factor = Float(bitPattern: HalfPrecision.widenHalf(UInt16(field)))
      case .bf16: factor = Float(bitPattern: field << 16)
      case .codebook: factor = tensor.entry(Int(field), in: bytes)
      case .affine(let affine):
        var code = Int(field)
        if affine.isSign {
          code = 2 * code - 1
        } else if code >> (affine.bitWidth - 1) != 0 {
          code -= 1 << affine.bitWidth
        }
        let index = tensor.scaleIndex(ofElement: element)
        let difference = Float(code - Int(tensor.zeroPoint(index, in: bytes)))
        factor = hasRowScale ? difference : tensor.scale(index, in: bytes) * difference
      }
      stored[element / columns].append((element % columns, factor))
    }
    self.stored = stored
  }

  /// A row's sum with partial sums by column or by ordinal, scaled, and the bias added.
  func output(_ row: Int, _ x: [Float], bias: Float?, countingColumns: Bool) -> Float {
    let count = countingColumns ? 8 : 4
    var sums = [Float](repeating: 0, count: count)
    if countingColumns {
      var factors = [Float](repeating: 0, count: columns)
      for (column, factor) in stored[row] { factors[column] = factor }
      for column in 0..<columns {
        let product = factors[column] * x[column]
        sums[column % 8] = sums[column % 8] + product
      }
    } else {
      for (ordinal, element) in stored[row].enumerated() {
        let product = element.factor * x[element.column]
        sums[ordinal % 4] = sums[ordinal % 4] + product
      }
    }
    while sums.count > 1 { sums = stride(from: 0, to: sums.count, by: 2).map { sums[$0] + sums[$0 + 1] } }
    var value = sums[0]
    if let scales { value = value * scales[row] }
    if let bias { value = value + bias }
    return value
  }

  func outputs(_ x: [Float], bias: [Float]?, countingColumns: Bool? = nil) -> [Float] {
    (0..<rows).map { output($0, x, bias: bias?[$0], countingColumns: countingColumns ?? !isSparse) }
  }
}

/// A small generator with a fixed seed (Steele, Lea, Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Between -2 and 2, bell-shaped around 0.
  mutating func float() -> Float {
    var total = 0.0
    for _ in 0..<4 { total += Double(next() >> 11) * 0x1p-53 - 0.5 }
    return Float(total)
  }

  mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }
}

/// The bits of floats, with one value for all NaN, whose sign differs between machines.
func bits(_ floats: [Float]) -> [UInt32] { floats.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern } }
