/// One layer of a layer list.
struct Layer {
  let index: Int
  let type: String

  /// The entries of `shape`, nil for one that is open.
  let shape: [Int?]

  /// The last extent of `shape`: channels, units or filters.
  var units: Int? { shape.last ?? nil }

  /// The arrays' indices, in the order of `weights`.
  private(set) var weights: [Int] = []

  private let node: JSONNode

  /// Nil when the value is no layer: an object with `type`, `shape` and, if any, a list of arrays `weights`.
  init?(_ node: JSONNode, index: Int) {
    guard case .string(let type)? = node.member("type"), case .array? = node.member("shape") else { return nil }
    self.index = index
    self.type = type
    self.node = node
    shape = node.member("shape")?.extents ?? []
    switch node.member("weights") {
    case nil: break
    case .array(let elements):
      for element in elements {
        guard case .numbers(let array) = element else { return nil }
        weights.append(array)
      }
    default: return nil
    }
  }

  /// The inputs of the layer: the last extent of what is before it; of frames with features and filters, all of them
  /// where a dense layer reads them as one axis.
  func inputs(behind previous: [Int?]) -> Int? {
    guard let last = previous.last ?? nil else { return nil }
    guard previous.count == 4, shape.count < 4, type.hasSuffix("dense") else { return last }
    guard let features = previous[2], features > 0, last > 0 else { return nil }
    let (product, overflow) = features.multipliedReportingOverflow(by: last)
    return overflow ? nil : product
  }

  private func setting(_ key: String) -> Int? { node.member(key)?.integer }

  /// The arrays that the layer's type asks for, as many as there are; none when the type is unknown.
  func expectations(
    inputs: Int?, _ arrays: [ParsedArray], path: String
  ) throws(SourceError) -> [ExpectedArray] {
    let bias = ExpectedArray("bias", [units])
    let all: [ExpectedArray]
    let counts: ClosedRange<Int>
    switch type {
    case "dense", "time-distributed-dense":
      all = [ExpectedArray("kernel", [inputs, units], permutation: [1, 0]), bias]
      counts = 1...2
    case "conv1d":
      let groups = setting("groups") ?? 1
      if let inputs, groups < 1 || inputs % groups != 0 || (units ?? 0) % max(groups, 1) != 0 {
        throw error(
          "its \(groups) groups divide \(inputs) inputs and \(units ?? 0) outputs unevenly", arrays, path)
      }
      all = [
        ExpectedArray(
          "kernel", [setting("kernel_size"), inputs.map { $0 / groups }, units], permutation: [2, 1, 0]), bias,
      ]
      counts = 1...2
    case "conv2d":
      let size = [setting("kernel_size_time"), setting("kernel_size_feature")]
      all = [ExpectedArray("kernel", size + [inputs, units], permutation: [3, 2, 0, 1]), bias]
      counts = 1...2
    case "lstm", "gru":
      let gates = type == "lstm" ? 4 : 3
      let width = units.map { $0 * gates }
      let gateBias =
        type == "lstm" ? ExpectedArray("bias", [width]) : ExpectedArray("bias", [2, width], [width])
      all = [
        ExpectedArray("kernel", [inputs, width], permutation: [1, 0]),
        ExpectedArray("recurrent_kernel", [units, width], permutation: [1, 0]), gateBias,
      ]
      counts = 2...3
    case "batchnorm", "batchnorm2d":
      let vectors = weights.count == 2 ? ["mean", "variance"] : ["gamma", "beta", "mean", "variance"]
      all = vectors.map { ExpectedArray($0, [units]) }
      counts = weights.count == 2 ? 2...2 : 4...4
    case "prelu":
      all = [ExpectedArray("alpha", [1, units], [1, 1], [units], [1])]
      counts = 1...1
    case "activation":
      all = []
      counts = 0...0
    default: return []
    }
    guard counts.contains(weights.count) else {
      let wanted = counts.lowerBound == counts.upperBound ? "" : "\(counts.lowerBound) or "
      throw error("expected \(wanted)\(counts.upperBound) arrays of weights, found \(weights.count)", arrays, path)
    }
    return Array(all.prefix(weights.count))
  }

  /// An error about the layer, at its first array if it has one.
  private func error(_ message: String, _ arrays: [ParsedArray], _ path: String) -> SourceError {
    let position = weights.first.map { arrays[$0].position }
    return SourceError(
      "layers.\(index) (\(type)): \(message)", path: path, line: position?.line, column: position?.column)
  }

  /// Which shape and which array disagree.
  func disagreement(_ expected: ExpectedArray, found: [Int], inputs: Int?) -> String {
    let extents = found.map(String.init).joined(separator: "][")
    var text = "layers.\(index) (\(type)): expected \(expected.name) of shape \(expected.description)"
    text += ", as the layer's shape \(node.member("shape")?.shapeText ?? "[]")"
    if let inputs { text += " and the \(inputs) \(inputs == 1 ? "input" : "inputs") before it" }
    text += " ask for"
    if let kernel = setting("kernel_size") { text += " with kernel_size \(kernel)" }
    return text + ", found an array of shape [\(extents)]"
  }
}

extension JSONNode {
  /// A shape as it is written: numbers and nulls.
  fileprivate var shapeText: String {
    guard case .array(let elements) = self else { return "[]" }
    let texts = elements.map {
      switch $0 {
      case .number(let text, _): text
      case .null: "null"
      default: "?"
      }
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }
}
