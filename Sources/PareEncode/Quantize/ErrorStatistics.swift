/// How far decoded values are from their source.
public struct ErrorStatistics: Sendable, Equatable {
  /// The number of elements compared.
  public let count: Int

  /// The largest |source - decoded|, rounded to f32.
  public let maxAbsError: Float

  /// The sum of (source - decoded)^2.
  public let noisePower: Double

  /// The sum of source^2.
  public let signalPower: Double

  /// The root of the mean squared error, rounded to f32; 0 without elements.
  public var rmsError: Float {
    count == 0 ? 0 : Float((noisePower / Double(count)).squareRoot())
  }

  /// The ratio of signal to noise as powers; infinite where nothing was lost. The sqnr in dB is 10 log10 of it.
  public var powerRatio: Double { noisePower == 0 ? .infinity : signalPower / noisePower }

  /// Compares element by element; both spans have the same count.
  public init(reference: Span<Float>, decoded: Span<Float>) {
    var sums = ErrorSums()
    sums.add(reference: reference, decoded: decoded)
    self = sums.statistics
  }

  /// Compares with decoded values that a function gives by index, called in rising order.
  public init(reference: Span<Float>, decoded: (_ element: Int) -> Float) {
    var sums = ErrorSums()
    var chunk = [Float](repeating: 0, count: 1024)
    var start = 0
    while start < reference.count {
      let size = min(chunk.count, reference.count &- start)
      for index in 0..<size { chunk[index] = decoded(start &+ index) }
      sums.add(
        reference: reference.extracting(start..<start &+ size), decoded: chunk.span.extracting(first: size))
      start &+= size
    }
    self = sums.statistics
  }

  /// Compares a quantized tensor with its source. Precondition: they have the same shape.
  public init(of quantized: QuantizedTensor, source: FloatTensor) {
    precondition(quantized.shape == source.shape, "shapes differ")
    var sums = ErrorSums()
    let reference = source.values.span
    quantized.forEachDecoded { start, values in
      sums.add(reference: reference.extracting(start..<start &+ values.count), decoded: values)
    }
    self = sums.statistics
  }

  init(count: Int, maxAbsError: Float, noisePower: Double, signalPower: Double) {
    self.count = count
    self.maxAbsError = maxAbsError
    self.noisePower = noisePower
    self.signalPower = signalPower
  }
}

/// Sums of errors that grow piece by piece, so that a tensor need not be decoded as a whole.
///
/// The result does not depend on the pieces: element e, counted from the first one added, goes to partial sum e mod 8, in
/// f64; the sums are joined as ((0+1)+(2+3))+((4+5)+(6+7)). Differences are taken in f32 for the maximum and in f64
/// for the squares. Two NaN, and two equal infinities, differ by 0.
public struct ErrorSums: Sendable {
  private var noise = SIMD8<Double>()
  private var signal = SIMD8<Double>()
  private var maximum: Float = 0
  private var count = 0

  /// Creates empty sums.
  public init() {}

  /// Adds the next elements; both spans have the same count.
  public mutating func add(reference: Span<Float>, decoded: Span<Float>) {
    precondition(reference.count == decoded.count)
    var index = 0
    // Up to the next multiple of 8, so that whole vectors follow.
    while index < reference.count && (count &+ index) & 7 != 0 {
      addOne(reference[index], decoded[index], lane: (count &+ index) & 7)
      index &+= 1
    }
    while index &+ 8 <= reference.count {
      addEight(reference, decoded, at: index)
      index &+= 8
    }
    while index < reference.count {
      addOne(reference[index], decoded[index], lane: (count &+ index) & 7)
      index &+= 1
    }
    count &+= reference.count
  }

  /// The statistics of what was added.
  public var statistics: ErrorStatistics {
    ErrorStatistics(
      count: count, maxAbsError: maximum, noisePower: Self.joined(noise), signalPower: Self.joined(signal))
  }

  private static func joined(_ sums: SIMD8<Double>) -> Double {
    ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
  }

  private mutating func addOne(_ reference: Float, _ decoded: Float, lane: Int) {
    signal[lane] += Double(reference) * Double(reference)
    guard !(reference == decoded || (reference.isNaN && decoded.isNaN)) else { return }
    let difference = Double(reference) - Double(decoded)
    noise[lane] += difference * difference
    let error = (reference - decoded).magnitude
    // A single NaN is an error without bound.
    maximum = error.isNaN ? .infinity : max(maximum, error)
  }

  @inline(__always)
  private mutating func addEight(_ reference: Span<Float>, _ decoded: Span<Float>, at index: Int) {
    var left = SIMD8<Float>()
    var right = SIMD8<Float>()
    for lane in 0..<8 {
      left[lane] = reference[index &+ lane]
      right[lane] = decoded[index &+ lane]
    }
    let errors = left - right
    let largest = max(
      max(max(abs(errors[0]), abs(errors[1])), max(abs(errors[2]), abs(errors[3]))),
      max(max(abs(errors[4]), abs(errors[5])), max(abs(errors[6]), abs(errors[7]))))
    // NaN in any lane, from a NaN or from two infinities, goes the careful way.
    guard (errors * 0).sum() == 0 else {
      for lane in 0..<8 { addOne(left[lane], right[lane], lane: lane) }
      return
    }
    maximum = max(maximum, largest)
    let wide = SIMD8<Double>(left)
    let difference = wide - SIMD8<Double>(right)
    noise += difference * difference
    signal += wide * wide
  }
}
