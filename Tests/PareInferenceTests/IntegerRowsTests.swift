import Foundation
import Pare
import PareEncode
import PareFormat
import PareInference
import Testing

/// Spec section 10.4.6, step by step.
struct QuantizedVector {
  let scale: Float
  let integers: [Int]

  init(_ x: [Float], limit: Int) {
    let largest = x.reduce(Float(0)) { $1.magnitude > $0 ? $1.magnitude : $0 }
    let factor = Float(limit) / largest
    if x.contains(where: { !$0.isFinite }) {
      scale = .nan
      integers = x.map { _ in 0 }
    } else if factor.isInfinite {
      scale = 0
      integers = x.map { _ in 0 }
    } else {
      scale = largest / Float(limit)
      integers = x.map { Int(($0 * factor).rounded(.toNearestOrEven)) }
    }
  }
}

/// Compares products in integers with the spec's, to the bit, and with exact products, within the bound that it states.
func checkIntegerRows(_ tensor: Tensor, _ bytes: Span<UInt8>, seed: UInt64, _ name: String) {
  let isEligible = (tensor.encoding.affine?.bitWidth ?? 99) <= 8 && tensor.hasRowScale
  for limit in [127, 32767] {
    guard let rows = IntegerRows(tensor, limit: limit) else {
      #expect(!isEligible, "\(name)")
      return
    }
    #expect(isEligible, "\(name)")
    let reference = ReferenceMatrix(tensor, bytes)
    var random = SplitMix(state: seed)
    let columns = rows.columnCount
    let frames = 1 + random.below(3)
    let xLayout = FrameLayout(start: random.below(3), frameStride: columns + random.below(4))
    var x = random.floats(xLayout.start + frames * xLayout.frameStride)
    if columns > 0 {
      // A frame of zeros, of numbers too small to be scaled, of a NaN, of an infinity; mostly of none of these.
      let first = xLayout.start + (frames - 1) * xLayout.frameStride
      switch random.below(12) {
      case 0: for index in first..<first + columns { x[index] = 0 }
      case 1: for index in first..<first + columns { x[index] = -1e-38 }
      case 2: x[first + random.below(columns)] = .nan
      case 3: x[first + random.below(columns)] = -.infinity
      default: break
      }
    }
    let bias: [Float] = random.below(2) == 0 ? [] : random.floats(rows.rowCount)
    let low = random.below(rows.rowCount + 1)
    let part = low..<low + random.below(rows.rowCount - low + 1)
    var codes = [UInt8](repeating: 0xAA, count: rows.isInPlace ? 0 : rows.codeCount)
    var floats = [Float](repeating: .nan, count: rows.floatCount)
    var codeSpan = codes.mutableSpan
    var floatSpan = floats.mutableSpan
    rows.build(tensor, bytes, codes: &codeSpan, floats: &floatSpan)
    if rows.isInPlace { codes = (rows.start..<rows.start + rows.codeCount).map { bytes[$0] } }
    for rowRange in [0..<rows.rowCount, part] {
      let rowBias = bias.isEmpty ? [] : Array(bias[rowRange])
      var yLayout = FrameLayout(start: random.below(3), frameStride: rowRange.count + random.below(4))
      if random.below(3) == 0 { yLayout = FrameLayout(start: 1, frameStride: 1, channelStride: frames) }
      var expected = [Float](repeating: 7, count: yLayout.start + frames * (rowRange.count + 4))
      let untouched = expected
      for frame in 0..<frames {
        let first = xLayout.start + frame * xLayout.frameStride
        let vector = Array(x[first..<first + columns])
        let quantized = QuantizedVector(vector, limit: limit)
        for (channel, row) in rowRange.enumerated() {
          let sum = reference.stored[row].reduce(0) { $0 + Int($1.factor) * quantized.integers[$1.column] }
          let rowScale = reference.scales?[row] ?? 1
          let value = Float(sum) * (rowScale * quantized.scale)
          expected[yLayout.start + frame * yLayout.frameStride + channel * yLayout.channelStride] =
            rowBias.isEmpty ? value : value + rowBias[channel]
          guard !value.isNaN, quantized.scale > 1e-20, quantized.scale * rowScale > 1e-30 else { continue }
          let weights = reference.stored[row].map { (column: $0.column, value: Double(rowScale) * Double($0.factor)) }
          let exact = weights.reduce(0) { $0 + $1.value * Double(vector[$1.column]) }
          let largest = Double(vector.map(\.magnitude).max() ?? 0)
          let bound = largest * (0.5 / Double(limit) + 0x1p-21) * weights.reduce(0) { $0 + $1.value.magnitude }
          #expect(abs(Double(value) - exact) <= bound, "\(limit) row \(row) \(name)")
        }
      }
      for path in [ProductPath.portable, .narrow, .fastest] {
        var y = untouched
        var output = y.mutableSpan
        rows.multiply(
          rows: rowRange, codes.span, floats.span, x.span, xLayout, frames: frames, bias: rowBias.span, into: &output,
          yLayout, path: path)
        #expect(bits(y) == bits(expected), "\(limit) \(path) \(rowRange) \(name)")
      }
    }
  }
}

@Suite("Products in integers")
struct IntegerRowsTests {
  @Test(
    "Every tensor of every valid fixture: affine codes of at most 8 bits with row scales, and no others",
    arguments: try ProductTests.fixtureNames())
  func fixtureProducts(name: String) throws {
    let model = try Model(path: ProductTests.fixtures.appending(path: name).path)
    for index in model.records.indices {
      let tensor = try model.tensor(at: index).tensor
      guard max(tensor.shape.elementCount, tensor.shape.rows) <= 1 << 16 else { continue }
      checkIntegerRows(tensor, model.bytes, seed: UInt64(index), "\(name) tensor \(index) \(tensor.encoding)")
    }
  }

  @Test("Random matrices of odd sizes, in place and compact", arguments: 0..<300)
  func randomProducts(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) + 4000)
    for tensor in try RandomMatrix.make(&random) {
      let model = try Model(bytes: containerBytes(tensor))
      checkIntegerRows(
        try model.tensor(at: 0).tensor, model.bytes, seed: UInt64(seed), "\(seed) \(tensor.shape) \(tensor.encoding)")
    }
  }

  /// Rows that are quantized in several pieces, and more rows than are summed at a time, in place and copied.
  @Test(
    "Large matrices", arguments: [[70, 4099], [140, 2000], [513, 520], [300, 7]],
    ["int8", "int8 affine", "int5 affine"])
  func large(shape: [Int], quantization: String) throws {
    var random = SplitMix(state: 11)
    let count = shape.reduce(1, *)
    var plan = EncodingPlan()
    plan.rules = [
      try TensorRule(
        "*: quantize=\(quantization.replacing(" affine", with: "")) scale=axis:0 "
          + (quantization.contains("affine") ? "affine" : "symmetric"))
    ]
    let values = FloatBuffer((0..<count).map { _ in random.float() })
    let encoded = try TensorEncoder.encode(
      FloatTensor(name: "t", shape: shape, values: values), mask: nil, settings: plan.settings(forName: "t", rank: 2),
      options: EncodingOptions(profile: .inPlace), checksum: ZlibChecksum.self)
    let model = try Model(bytes: containerBytes(encoded))
    let tensor = try model.tensor(at: 0).tensor
    let rows = try #require(IntegerRows(tensor, limit: 127))
    #expect(rows.isInPlace == (count > 1 << 18 && quantization.hasPrefix("int8")))
    for seed in 0..<3 { checkIntegerRows(tensor, model.bytes, seed: UInt64(seed), "\(shape) \(quantization)") }
  }

  /// Sums that pass 32 bits, and the largest integers of both signs.
  @Test("Rows of the largest codes times the largest integers are exact", arguments: [127, 32767])
  func largest(limit: Int) throws {
    var plan = EncodingPlan()
    plan.quantization = try Quantization("int8")
    let columns = 9000
    var values = [Float](repeating: 127, count: 2 * columns)
    for column in columns..<2 * columns { values[column] = column % 3 == 0 ? 127 : -127 }
    let encoded = try TensorEncoder.encode(
      FloatTensor(name: "t", shape: [2, columns], values: FloatBuffer(values)), mask: nil,
      settings: plan.settings(forName: "t", rank: 2), options: EncodingOptions(profile: .inPlace),
      checksum: ZlibChecksum.self)
    let model = try Model(bytes: containerBytes(encoded))
    let tensor = try model.tensor(at: 0).tensor
    let rows = try #require(IntegerRows(tensor, limit: limit))
    var codes = [UInt8](repeating: 0, count: rows.codeCount)
    var floats = [Float](repeating: 0, count: rows.floatCount)
    var codeSpan = codes.mutableSpan
    var floatSpan = floats.mutableSpan
    rows.build(tensor, model.bytes, codes: &codeSpan, floats: &floatSpan)
    let x = (0..<columns).map { Float($0 % 3 == 0 ? 1 : -1) }
    let unit = Float(127 * limit) * (floats[0] * (1 / Float(limit)))
    for path in [ProductPath.portable, .fastest] {
      var y: [Float] = [0, 0]
      var output = y.mutableSpan
      rows.multiply(
        rows: 0..<2, codes.span, floats.span, x.span, FrameLayout(frameStride: columns), frames: 1, bias: Span(),
        into: &output, FrameLayout(frameStride: 2), path: path)
      #expect(y == [-unit * 3000, Float(127 * limit * columns) * (floats[0] * (1 / Float(limit)))], "\(path)")
    }
  }
}
