import PareEncode
import PareFormat

/// A module of a PyTorch state_dict: its tensors by the last part of their names, and what their names and ranks say
/// about the kind of layer.
struct ModuleLayer {
  /// What the tensors say, and for a few kinds an attribute.
  enum Kind {
    case dense, embedding, convolution, transposedConvolution, convolution2D, normalization, slope
    case cells(OperationKind)
  }

  private let word: LayerWord
  private let tensors: [String: Int]
  let kind: Kind

  /// The word's attributes behind those that say the kind.
  private let attributes: LayerAttributes

  /// Throws where the tensors are not those of a known kind. Precondition: there are some.
  init(_ word: LayerWord, _ tensors: [String: Int], shapes: [[Int]]) throws(GraphRefusal) {
    var attributes = LayerAttributes(word)
    let isTransposed = attributes.flag("transposed")
    let isEmbedding = attributes.flag("embedding")
    kind = try Self.kind(word.name, tensors, shapes, isTransposed: isTransposed, isEmbedding: isEmbedding)
    self.word = word
    self.tensors = tensors
    self.attributes = attributes
  }

  private static func kind(
    _ name: String, _ tensors: [String: Int], _ shapes: [[Int]], isTransposed: Bool, isEmbedding: Bool
  ) throws(GraphRefusal) -> Kind {
    if let recurrent = tensors["weight_hh_l0"] ?? tensors["weight_ih_l0"] {
      let shape = shapes[recurrent]
      // The recurrent matrix has the gates of all units for rows, and the units for columns.
      if shape.count == 2, shape[0] == 4 * shape[1] { return .cells(.lstm) }
      if shape.count == 2, shape[0] == 3 * shape[1] { return .cells(.gru) }
      throw GraphRefusal(
        "\(name): expected weight_hh_l0 of shape [4 units, units] for an LSTM or [3 units, units] for a GRU, found \(shape)",
        tensor: recurrent)
    }
    if tensors["running_mean"] != nil || tensors["running_var"] != nil { return .normalization }
    guard let weight = tensors["weight"] else {
      let found = Note.list(tensors.keys.sorted(), limit: 5)
      throw GraphRefusal("\(name): expected a tensor 'weight', found \(found)", tensor: tensors.values.min())
    }
    let rank = shapes[weight].count
    if isEmbedding, rank == 2 { return .embedding }
    if isTransposed, rank == 3 { return .transposedConvolution }
    switch rank {
    case _ where isEmbedding || isTransposed: break
    case 0,
      1 where tensors["bias"] == nil:
      return .slope
    case 2: return .dense
    case 3: return .convolution
    case 4: return .convolution2D
    default: break
    }
    throw GraphRefusal(
      "\(name): a weight of shape \(shapes[weight])\(tensors["bias"] == nil ? "" : " with a bias") is no layer that is known",
      tensor: weight)
  }

  /// The weight of a transposed convolution, which PyTorch stores [in][out][taps].
  var transposedWeight: Int? {
    if case .transposedConvolution = kind { tensors["weight"] } else { nil }
  }

  /// The shape of the frames that the module reads, where its tensors say it; the weight of a transposed convolution
  /// is output-first.
  func input(_ shapes: [[Int]]) -> FrameShape? {
    func extent(_ name: String, _ axis: Int) -> Int? {
      guard let tensor = tensors[name], shapes[tensor].count > axis else { return nil }
      return shapes[tensor][axis]
    }
    let channels: Int?
    switch kind {
    case .dense, .transposedConvolution: channels = extent("weight", 1)
    case .convolution:
      var attributes = attributes
      let groups = Int(attributes.text("groups") ?? "1") ?? 1
      channels = extent("weight", 1).flatMap { groups > 0 && groups <= 65_535 ? $0 * groups : nil }
    case .cells: channels = extent("weight_ih_l0", 1)
    case .normalization: channels = extent("running_mean", 0)
    case .embedding, .convolution2D, .slope: channels = nil
    }
    return channels.flatMap { FrameShape(extents: [$0]) }
  }

  /// Adds the module's operations and gives the value.
  func append(to builder: inout GraphBuilder, _ value: Int) throws(GraphRefusal) -> Int {
    var attributes = attributes
    let pair = [tensors["weight"], tensors["bias"]]
    var result: Int
    switch kind {
    case .dense: result = try builder.append(.dense, [value], tensors: pair, layer: word.name)
    case .embedding:
      result = try builder.append(.embedding, [value], tensors: [tensors["weight"]], layer: word.name)
    case .slope: result = try builder.append(.prelu, [value], tensors: [tensors["weight"]], layer: word.name)
    case .cells(let cell): result = try builder.appendStackedCells(cell, tensors, value: value, layer: word.name)
    case .normalization: result = try appendNormalization(&attributes, to: &builder, value)
    case .convolution:
      let padding = attributes.text("padding") ?? "valid"
      guard ["causal", "valid", "0"].contains(padding) else {
        throw GraphRefusal(
          "\(word.name): expected padding=causal or padding=valid, as frames to come are not there yet, found '\(padding)'"
        )
      }
      let fields = [
        try attributes.integer("stride", default: 1), try attributes.integer("dilation", default: 1),
        try attributes.integer("groups", default: 1), padding == "causal" ? 0 : 1,
      ]
      result = try builder.append(.conv1d, [value], tensors: pair, attributes: fields, layer: word.name)
    case .transposedConvolution:
      let fields = [try attributes.integer("stride", default: 1), try attributes.integer("padding", default: 0)]
      result = try builder.append(.transposedConv1d, [value], tensors: pair, attributes: fields, layer: word.name)
    case .convolution2D where builder.frame(value).rank == 2:
      let padding = attributes.text("padding") ?? "valid"
      guard ["same", "valid", "0"].contains(padding) else {
        throw GraphRefusal("\(word.name): expected padding=same or padding=valid of the features, found '\(padding)'")
      }
      let fields = [
        try attributes.integer("stride", default: 1), try attributes.integer("dilation", default: 1),
        padding == "same" ? 1 : 0,
      ]
      result = try builder.append(.streamingConv2d, [value], tensors: pair, attributes: fields, layer: word.name)
    case .convolution2D:
      let fields = try imageFields(&attributes, builder.shape(tensors["weight"] ?? 0))
      result = try builder.append(.conv2d, [value], tensors: pair, attributes: fields, layer: word.name)
    }
    try attributes.requireNoMore()
    return result
  }

  /// The attributes of a convolution over images.
  private func imageFields(_ attributes: inout LayerAttributes, _ weight: [Int]) throws(GraphRefusal) -> [Int] {
    let stride = try attributes.pair("stride", default: (1, 1))
    let dilation = try attributes.pair("dilation", default: (1, 1))
    let groups = try attributes.integer("groups", default: 1)
    var before = (0, 0)
    var behind = (0, 0)
    switch attributes.text("padding") {
    case nil, "valid": break
    case "same":
      guard stride == (1, 1) else { throw GraphRefusal("\(word.name): padding=same needs a stride of 1") }
      let total = (max(weight[2] - 1, 0) * dilation.0, max(weight[3] - 1, 0) * dilation.1)
      before = (total.0 / 2, total.1 / 2)
      behind = (total.0 - before.0, total.1 - before.1)
    case let text?:
      guard let padding = LayerAttributes.pair(text) else {
        throw GraphRefusal("\(word.name): expected padding=valid, same, or numbers as 1 or 1x2, found '\(text)'")
      }
      before = padding
      behind = padding
    }
    return [
      stride.0, stride.1, dilation.0, dilation.1, before.0, before.1, behind.0, behind.1, groups,
    ]
  }

  private func appendNormalization(
    _ attributes: inout LayerAttributes, to builder: inout GraphBuilder, _ value: Int
  ) throws(GraphRefusal) -> Int {
    guard let mean = tensors["running_mean"], let variance = tensors["running_var"] else {
      throw GraphRefusal("\(word.name): expected both running_mean and running_var", tensor: tensors.values.min())
    }
    if let count = tensors["num_batches_tracked"] { builder.accounted.insert(count) }
    return try builder.append(
      .batchNorm, [value], tensors: [mean, variance, tensors["weight"], tensors["bias"]],
      parameter: try attributes.float("eps", default: 1e-5), layer: word.name)
  }
}
