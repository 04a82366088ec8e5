import PareEncode
import PareFormat

/// The tensors of a source by their names, and by the module that a name begins with, as in a PyTorch state_dict.
struct TensorNames {
  private let indices: [String: Int]

  init(_ names: [(String, Int)]) { indices = Dictionary(names, uniquingKeysWith: { first, _ in first }) }

  init(_ tensors: [FloatTensor]) { self.init(tensors.enumerated().map { ($0.element.name, $0.offset) }) }

  /// The tensor of this name.
  subscript(_ name: String) -> Int? { indices[name] }

  /// The tensors that a module has itself, by the last part of their names; those of the outermost module have no dot.
  func module(_ name: String) -> [String: Int] {
    let prefix = name.isEmpty ? "" : name + "."
    var found: [String: Int] = [:]
    for (full, index) in indices where full.hasPrefix(prefix) && full.utf8.count > prefix.utf8.count {
      let last = full.dropFirst(prefix.count)
      if !last.contains(".") { found[String(last)] = index }
    }
    return found
  }

  /// The names of all modules that have tensors themselves, in byte order; the outermost one is `.`.
  var modules: [String] {
    let names = indices.keys.map { name in name.lastIndex(of: ".").map { String(name[..<$0]) } ?? "." }
    return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension GraphBuilder {
  /// Adds the stacked layers of a PyTorch LSTM or GRU: `weight_ih_l0`, `weight_hh_l0` and, if any, the two biases;
  /// `_l1` is the second layer. Gates are i, f, g, o, or r, z, n.
  mutating func appendStackedCells(
    _ kind: OperationKind, _ module: [String: Int], value: Int, layer: String
  ) throws(GraphRefusal) -> Int {
    if let other = module.keys.sorted().first(where: { $0.hasSuffix("_reverse") || $0.hasPrefix("weight_hr") }) {
      throw GraphRefusal(
        "\(layer): '\(other)' belongs to a bidirectional layer or one with projections, which is not known",
        tensor: module[other])
    }
    var value = value
    var number = 0
    while let kernel = module["weight_ih_l\(number)"] {
      guard let recurrent = module["weight_hh_l\(number)"] else {
        throw GraphRefusal(
          "\(layer): expected a tensor 'weight_hh_l\(number)' beside weight_ih_l\(number)", tensor: kernel)
      }
      value = try append(
        kind, [value],
        tensors: [kernel, recurrent, module["bias_ih_l\(number)"], module["bias_hh_l\(number)"]],
        attributes: kind == .gru ? [0] : [], layer: layer)
      number += 1
    }
    guard number > 0 else { throw GraphRefusal("\(layer): expected a tensor 'weight_ih_l0'") }
    return value
  }
}
