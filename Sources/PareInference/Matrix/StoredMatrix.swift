public import PareFormat

/// A stored tensor as a matrix that is multiplied where it lies: rows are those of the tensor, columns the elements of a row.
///
/// It takes every encoding and needs no memory but stack: on a microcontroller about 2 KB in place, 8 KB for an entropy-coded tensor.
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
  #if hasFeature(Embedded)
    @_addressableSelf
  #endif
  public func multiply(
    rows: Range<Int>, _ bytes: Span<UInt8>, _ x: Span<Float>, _ xLayout: FrameLayout, frames: Int, bias: Span<Float>,
    into y: inout MutableSpan<Float>, _ yLayout: FrameLayout, path: ProductPath = .fastest
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the matrix")
    precondition(xLayout.channelStride == 1, "the channels of x must be adjacent")
    precondition(xLayout.fits(frames: frames, channels: columnCount, in: x.count), "frames outside x")
    precondition(yLayout.fits(frames: frames, channels: rows.count, in: y.count), "frames outside y")
    precondition(bias.isEmpty || bias.count == rows.count, "a bias for each row")
    guard !rows.isEmpty else { return }
    for frame in 0..<frames {
      let input = xLayout.start(ofFrame: frame)
      let rowInput = columnCount == 0 ? Span() : x.extracting(input..<input &+ columnCount)
      let output = RowOutput(
        firstRow: rows.lowerBound, start: yLayout.start(ofFrame: frame), stride: yLayout.channelStride)
      if columnCount == 0 {
        for row in rows { output.write(0, row, tensor, bytes, bias, &y) }
      } else if tensor.encoding.sparse != nil {
        multiplySparse(rows, bytes, rowInput, bias, output, &y, path)
      } else if tensor.encoding.coded != nil {
        multiplyCoded(rows, bytes, rowInput, bias, output, &y)
      } else {
        multiplyDense(rows, bytes, rowInput, bias, output, &y, path)
      }
    }
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

/// Where the sums of a frame's rows go.
struct RowOutput {
  let firstRow: Int
  let start: Int
  let stride: Int

  /// Ends a row: scales its sum, where the row has a scale, and adds the bias.
  @inline(__always)
  func write(
    _ sum: Float, _ row: Int, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>, _ bias: Span<Float>,
    _ y: inout MutableSpan<Float>
  ) {
    // 1 where the row has none, which changes no sum.
    let scaled = sum * tensor.rowScale(row, in: bytes)
    let channel = row &- firstRow
    y[start &+ channel &* stride] = bias.isEmpty ? scaled : scaled + bias[channel]
  }
}
