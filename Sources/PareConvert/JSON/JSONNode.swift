import PareEncode

/// A JSON value as parsed: arrays of numbers are read into floats at once, the rest stays a tree.
enum JSONNode {
  struct Member {
    var key: String
    var position: SourcePosition
    var value: JSONNode
  }

  case object([Member])
  case array([JSONNode])
  case string(String)
  /// A number outside an array of numbers, as written.
  case number(String, SourcePosition)
  case bool(Bool)
  case null
  /// An array of numbers: its index among the parser's arrays.
  case numbers(Int)
  /// In a template only.
  case reference(TensorReference)
  /// In a template only.
  case joined([TensorReference])
}

/// An array of numbers, rectangular, in the source's own axis order.
struct ParsedArray {
  var shape: [Int]
  var values: FloatBuffer
  var position: SourcePosition
  var areStrings: Bool
}
