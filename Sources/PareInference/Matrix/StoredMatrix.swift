public import PareFormat

/// A stored tensor as a matrix that is multiplied where it lies: rows are those of the tensor, columns the elements of a row.
///
/// It takes every encoding and needs no memory but stack: on a microcontroller less than 1 KB in place, 7 KB for an entropy-coded
/// tensor.
/// Dense f32, dense int8 with a row scale, and sparse int8 with u8 gaps have loops of their own.
public struct StoredMatrix: Sendable {
  /// The tensor.
  public let tensor: Tensor

  /// The rows, which are the outputs.
  public var rowCount: Int { tensor.shape.rows }

  /// The columns, which are the inputs.
  public var columnCount: Int { tensor.shape.rowElementCount }

  /// Creates a matrix; it holds no bytes.
  public init(_ tensor: Tensor) { self.tensor = tensor }

  /// Multiplies some rows with frames: y[f][r] = sum over c of W[rows.lowerBound + r][c] * x[f][c], plus bias[r].
  ///
  /// Linear in the stored elements of the rows times the frames; an entropy-coded tensor, and a sparse one whose row table is
  /// coarse, is read from the start of the first row's block on, for each frame. Preconditions: `rows` is within the matrix; `bytes`
  /// is the span that the container was opened with; the frames of `columnCount` channels are in `x`, those of `rows.count` channels
  /// in `y`; the channels of `x` are adjacent; `bias` is empty or has `rows.count` floats.
  public func multiply(
    rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout, path: ProductPath = .fastest
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the matrix")
    precondition(xLayout.channelStride == 1, "the channels of x must be adjacent")
    precondition(xLayout.fits(frames: frames, channels: columnCount, in: x.count), "frames outside x")
    precondition(yLayout.fits(frames: frames, channels: rows.count, in: y.count), "frames outside y")
    precondition(bias.isEmpty || bias.count == rows.count, "a bias for each row")
    for frame in 0..<frames {
      let input = columnCount == 0 ? 0 : xLayout.start(ofFrame: frame)
      tensor.multiply(
        RowProduct(
          rows: rows, bytes: bytes, x: x.extracting(input..<input &+ columnCount), bias: bias,
          start: yLayout.start(ofFrame: frame), stride: yLayout.channelStride), &y, path)
    }
  }
}

/// Some rows of a tensor times a vector: what is read, and where the sums go.
struct RowProduct: ~Escapable {
  /// The rows, which the tensor has.
  let rows: Range<Int>
  /// The container.
  let bytes: Span<UInt8>
  /// The vector, as long as a row.
  let x: Span<Float>
  /// A float for each of the rows, or none.
  let bias: Span<Float>
  /// Where the sum of the first row goes, and the distance to that of the next.
  let start: Int
  let stride: Int

  @_lifetime(copy bytes, copy x, copy bias)
  init(rows: Range<Int>, bytes: Span<UInt8>, x: Span<Float>, bias: Span<Float>, start: Int, stride: Int) {
    self.rows = rows
    self.bytes = bytes
    self.x = x
    self.bias = bias
    self.start = start
    self.stride = stride
  }
}

extension Tensor {
  /// Multiplies rows with a vector, in the way of the tensor's encoding.
  @_addressableSelf
  func multiply(_ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>, _ path: ProductPath) {
    guard !product.rows.isEmpty else { return }
    if product.x.isEmpty {
      for row in product.rows { write(0, row, product, &y) }
    } else if encoding.isSparseInPlace {
      multiplySparse(product, &y, path)
    } else if encoding.isCoded {
      // A library without entropy coding has refused the tensor.
      #if !PARE_IN_PLACE_ALONE
        multiplyCoded(product, &y)
      #endif
    } else {
      multiplyDense(product, &y, path)
    }
  }

  /// Ends a row: scales its sum, where the row has a scale, and adds the bias.
  #if hasFeature(Embedded)
    @inline(never)
  #else
    @inline(__always)
  #endif
  @_addressableSelf
  func write(_ sum: Float, _ row: Int, _ product: @_addressable RowProduct, _ y: inout MutableSpan<Float>) {
    // 1 where the row has none, which changes no sum.
    let scaled = sum * rowScale(row, in: product.bytes)
    let channel = row &- product.rows.lowerBound
    y[product.start &+ channel &* product.stride] = product.bias.isEmpty ? scaled : scaled + product.bias[channel]
  }
}

/// How a product is computed; all ways give the same bits.
public enum ProductPath: Sendable {
  /// In Swift alone.
  case portable
  /// With vectors of at most 8 floats, as on machines that have no longer ones.
  case narrow
  /// With the machine's vectors where the package's C kernels know them.
  case fastest

  /// The most floats of a vector.
  var lanes: Int32 {
    switch self {
    case .portable: 0
    case .narrow: 8
    case .fastest: 16
    }
  }
}
