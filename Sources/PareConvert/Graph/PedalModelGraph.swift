import PareEncode
import PareFormat

/// The graph of a GuitarML (Automated-GuitarAmpModelling) model: `model_data`, and a `state_dict` of a recurrent module
/// `rec` and a linear one `lin`.
///
/// `skip`, the number of input channels that players add to the output, is a fact: the graph gives the output without.
enum PedalModelGraph {
  /// Whether the document is such a model.
  static func isStated(in document: SourceDocument) -> Bool {
    guard case .object? = document["model_data"], case .object? = document["state_dict"] else { return false }
    return true
  }

  /// The graph of the model.
  static func make(_ model: SourceModel) throws(GraphRefusal) -> ModelGraph {
    guard let data = model.document["model_data"], let state = model.document["state_dict"] else {
      throw GraphRefusal("expected 'model_data' and 'state_dict'")
    }
    if let name = data["model"]?.text, name != "SimpleRNN" {
      throw GraphRefusal("model_data: expected the model 'SimpleRNN', found '\(name)'")
    }
    let kind: OperationKind
    switch data["unit_type"]?.text {
    case "LSTM": kind = .lstm
    case "GRU": kind = .gru
    default:
      throw GraphRefusal(
        "model_data: expected the unit_type 'LSTM' or 'GRU', found \(data["unit_type"]?.brief ?? "none")")
    }
    let names = TensorNames(state.members.compactMap { member in member.value.tensor.map { (member.key, $0) } })
    let cells = names.module("rec")
    guard let kernel = cells["weight_ih_l0"], let weight = names["lin.weight"] else {
      throw GraphRefusal("state_dict: expected the tensors rec.weight_ih_l0 and lin.weight")
    }
    let shape = model.tensors[kernel].shape
    guard shape.count == 2, let input = FrameShape(extents: [shape[1]]) else {
      throw GraphRefusal("rec: expected a matrix weight_ih_l0, found one of shape \(shape)", tensor: kernel)
    }
    var builder = GraphBuilder(model.tensors, input: input)
    let hidden = try builder.appendStackedCells(kind, cells, value: 0, layer: "rec")
    let output = try builder.append(.dense, [hidden], tensors: [weight, names["lin.bias"]], layer: "lin")
    let layerCount = builder.graph.operations.count - 1
    for (key, found) in [
      ("input_size", input[0]), ("hidden_size", builder.frame(hidden)[0]), ("output_size", builder.frame(output)[0]),
      ("num_layers", layerCount),
    ] {
      guard let setting = data[key], setting.integer != found else { continue }
      throw GraphRefusal("model_data: its \(key) states \(setting.brief), the tensors are for \(found)", tensor: kernel)
    }
    var facts = GraphFacts()
    for member in data.members where member.key == "model" || member.key == "skip" { facts.add(member) }
    facts.addSampleRate(data)
    facts.addSampleRate(model.document)
    return try builder.finish(output: output, facts: facts)
  }
}
