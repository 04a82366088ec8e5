import PareConvert
import PareEncode

/// Frames of inputs or outputs, one behind the other.
struct Frames {
  /// The elements of a frame.
  let width: Int

  /// All elements.
  private(set) var values: [Float]

  var count: Int { width == 0 ? 0 : values.count / width }

  /// Frames that are there already. Precondition: `values` are whole frames.
  init(_ values: [Float], width: Int) {
    self.values = values
    self.width = width
  }

  /// Reads a table, an array or a list whose rows are frames of `width` elements.
  ///
  /// A single column, or a vector, may also be frames one element a line. Throws where the rows are of another width, and
  /// says then what `hint` says.
  init(path: String, width: Int, isTransposed: Bool, scale: Float = 1, hint: String = "") throws(CommandError) {
    let (tensor, columns) = try Self.table(path)
    var values: [Float] = []
    values.reserveCapacity(tensor.values.count)
    let source = tensor.values.span
    let rows = columns == 0 ? 0 : source.count / columns
    if isTransposed {
      for column in 0..<columns { for row in 0..<rows { values.append(source[row * columns + column]) } }
    } else {
      for index in source.indices { values.append(source[index]) }
    }
    let found = isTransposed ? rows : columns
    let isStream = (found == 1 || tensor.shape.count < 2) && width > 0 && values.count % width == 0
    guard found == width || isStream else {
      throw CommandError(
        .badData,
        "\(displayPath(path)): error: a frame of this model has \(counted(width, "element")), a row here \(found)\(hint)"
      )
    }
    if scale != 1 { for index in values.indices { values[index] *= scale } }
    self.init(values, width: width)
  }

  /// Column `column` of a table, as frames of one element.
  init(path: String, column: Int) throws(CommandError) {
    let (tensor, columns) = try Self.table(path)
    guard column >= 1, column <= columns else {
      throw CommandError(.badData, "\(displayPath(path)): error: there is no column \(column), only \(columns)")
    }
    let source = tensor.values.span
    self.init(stride(from: column - 1, to: source.count, by: columns).map { source[$0] }, width: 1)
  }

  private static func table(_ path: String) throws(CommandError) -> (FloatTensor, columns: Int) {
    let model: SourceModel
    do { model = try readModel([path]) } catch { throw CommandError(error) }
    guard model.tensors.count == 1, let tensor = model.tensors.first, tensor.shape.count <= 2 else {
      throw CommandError(
        .badData, "\(displayPath(path)): error: frames are one table; found \(model.tensors.count) arrays")
    }
    return (tensor, tensor.shape.count == 2 ? tensor.shape[1] : 1)
  }

  /// Adds element 0 of each of the inputs' frames to all elements of the frame.
  mutating func add(firstOf inputs: Frames) {
    for frame in 0..<min(count, inputs.count) {
      for element in 0..<width { values[frame * width + element] += inputs.values[frame * inputs.width] }
    }
  }
}
