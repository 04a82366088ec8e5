import PareEncode
import PareFormat

/// An architecture of `.nam` files: which tensors the flat list of weights is made of, and what is computed with them.
protocol NamArchitecture: SendableMetatype {
  /// Reads the settings. Throws for one that is missing, or that changes the computation in a way that is not known.
  init(_ settings: NamSettings) throws(GraphRefusal)

  /// The channels of the input.
  var inputs: Int { get }

  /// Lists the tensors in the order of the weights.
  func list(_ weights: inout NamWeights) throws(GraphRefusal)

  /// Adds the operations, whose tensors are found by name, and gives the output.
  func append(to builder: inout GraphBuilder, _ names: TensorNames) throws(GraphRefusal) -> Int
}

/// The graph of a `.nam` file (Neural Amp Modeler), whose weights are one flat list: it is taken apart into the tensors
/// that it is made of, and export joins them again.
enum NamGraph {
  private static let architectures: [String: any NamArchitecture.Type] = [
    "Linear": NamLinear.self, "LSTM": NamLSTM.self, "ConvNet": NamConvNet.self, "WaveNet": NamWaveNet.self,
  ]

  /// The flat list, where the document is such a file.
  static func weights(of model: SourceModel) -> Int? {
    guard model.document["architecture"]?.text != nil, case .object? = model.document["config"],
      let weights = model.document["weights"]?.tensor, model.tensors[weights].shape.count == 1
    else { return nil }
    return weights
  }

  /// Takes the weights apart and adds the graph. On an error the model is of no use any more.
  static func complete(_ model: inout SourceModel, weights: Int) throws(GraphRefusal) {
    let name = model.document["architecture"]?.text ?? ""
    guard let type = architectures[name] else {
      throw GraphRefusal("expected the architecture Linear, LSTM, ConvNet or WaveNet, found '\(name)'")
    }
    let architecture = try type.init(NamSettings("config", model.document["config"] ?? .null))
    var list = NamWeights(count: model.tensors[weights].values.count, tensor: weights)
    try architecture.list(&list)
    try list.requireAll()
    guard let input = FrameShape(extents: [architecture.inputs]) else {
      throw GraphRefusal("config: expected 1 to 2^24 inputs, found \(architecture.inputs)")
    }
    model.split(weights, into: list.pieces)
    var builder = GraphBuilder(model.tensors, input: input)
    builder.accounted = Set(model.tensors.indices.filter { list.accounted.contains(model.tensors[$0].name) })
    do throws(GraphRefusal) {
      let output = try architecture.append(to: &builder, TensorNames(model.tensors))
      var facts = GraphFacts()
      facts.add("model", name)
      facts.addSampleRate(model.document)
      model.graph = try builder.finish(output: output, facts: facts)
    } catch {
      // The place of a part is the list's.
      throw GraphRefusal(error.message, tensor: weights)
    }
  }
}

/// The tensors of a flat list of weights, in its order.
struct NamWeights {
  private(set) var pieces: [SourceModel.Piece] = []

  /// The names of tensors that no operation reads.
  private(set) var accounted: Set<String> = []

  private let count: Int
  private let tensor: Int
  private var used = 0

  init(count: Int, tensor: Int) {
    self.count = count
    self.tensor = tensor
  }

  /// Takes the next elements. Throws where the list ends before.
  mutating func add(_ name: String, _ shape: [Int], isReversed: Bool = false, isAccounted: Bool = false)
    throws(GraphRefusal)
  {
    var elements = 1
    for extent in shape {
      let (product, overflow) = elements.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= count - used else {
        throw GraphRefusal(
          "expected \(name) of shape \(shape) in 'weights', found \(count - used) weights behind \(used) others",
          tensor: tensor)
      }
      elements = product
    }
    // Without this a list of settings could ask for any number of tensors without elements.
    guard elements > 0, pieces.count < 65_535 else { throw GraphRefusal("expected fewer tensors than \(name)") }
    used += elements
    pieces.append(.init(name: name, shape: shape, isReversed: isReversed))
    if isAccounted { accounted.insert(name) }
  }

  /// Throws where weights are left.
  func requireAll() throws(GraphRefusal) {
    guard used == count else {
      throw GraphRefusal("expected \(used) weights, as 'config' asks for, found \(count)", tensor: tensor)
    }
  }
}
