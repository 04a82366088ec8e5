/// A named tensor of floats: what an importer hands over and what the encoder takes.
public struct FloatTensor: Sendable {
  /// UTF-8, 1 to 255 bytes, no control characters, unique within a model.
  public let name: String

  /// The extents, outermost first; rank 0 to 8, zero extents allowed.
  public let shape: [Int]

  /// The elements in row-major order (the last axis varies fastest); their number is the product of `shape`.
  public let values: FloatBuffer

  /// Creates a tensor. Precondition: `values.count` is the product of `shape`.
  public init(name: String, shape: [Int], values: FloatBuffer) {
    precondition(values.count == shape.reduce(1, *), "shape \(shape) does not hold \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
