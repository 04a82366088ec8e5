import PareFormat

/// An object of settings of a `.nam` file, read by key.
struct NamSettings {
  /// What messages call the object.
  let path: String
  private let object: SourceDocument

  init(_ path: String, _ object: SourceDocument) {
    self.path = path
    self.object = object
  }

  /// A setting that is there and not null.
  func value(_ key: String) -> SourceDocument? {
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  /// An error about a setting.
  func expected(_ what: String, _ key: String) -> GraphRefusal {
    GraphRefusal("\(path): expected \(what) '\(key)', found \(object[key]?.brief ?? "none")")
  }

  /// A count of 1 to 65535.
  func count(_ key: String, default standard: Int? = nil) throws(GraphRefusal) -> Int {
    guard let setting = value(key) else {
      guard let standard else { throw expected("a number", key) }
      return standard
    }
    guard let count = setting.integer, (1...65_535).contains(count) else {
      throw expected("a number of 1 to 65535", key)
    }
    return count
  }

  /// A list of counts, not empty.
  func counts(_ key: String) throws(GraphRefusal) -> [Int] {
    let elements = value(key)?.elements ?? []
    let counts = elements.compactMap(\.integer)
    guard !counts.isEmpty, counts.count == elements.count, counts.allSatisfy({ (1...65_535).contains($0) }) else {
      throw expected("a list of numbers of 1 to 65535", key)
    }
    return counts
  }

  /// True or false.
  func flag(_ key: String, default standard: Bool? = nil) throws(GraphRefusal) -> Bool {
    guard let setting = value(key) else {
      guard let standard else { throw expected("true or false", key) }
      return standard
    }
    guard let flag = setting.bool else { throw expected("true or false", key) }
    return flag
  }

  /// Throws for a setting that is not `known` and that may change the computation: all but null, false and `ignored`.
  func requireKnown(_ known: Set<String>, ignored: Set<String> = []) throws(GraphRefusal) {
    for member in object.members where !known.contains(member.key) && !ignored.contains(member.key) {
      if member.value.isNull || member.value.bool == false || member.value["active"]?.bool == false { continue }
      throw GraphRefusal("\(path): the setting '\(member.key)' is not known, found \(member.value.brief)")
    }
  }

  /// Throws for a setting that is there and not this number.
  func require(_ key: String, _ number: Int) throws(GraphRefusal) {
    guard let setting = value(key), setting.integer != number else { return }
    throw GraphRefusal("\(path): expected '\(key)' to be \(number), found \(setting.brief)")
  }
}

/// A function as `.nam` files name it, and its slope.
struct NamActivation: Equatable {
  private let function: ActivationFunction
  private let alpha: Float

  /// Of a name, or of an object with `type`.
  init(_ setting: SourceDocument, _ path: String) throws(GraphRefusal) {
    let name = setting.text ?? setting["type"]?.text
    var alpha: Float = 0
    switch name {
    case "Tanh": function = .tanh
    case "Hardtanh": function = .hardTanh
    case "ReLU": function = .relu
    case "Sigmoid": function = .sigmoid
    case "SiLU": function = .silu
    case "Hardswish": function = .hardSwish
    case "Softsign": function = .softsign
    case "LeakyReLU" where setting["negative_slopes"] == nil, "PReLU" where setting["negative_slopes"] == nil:
      function = .leakyReLU
      alpha = 0.01
      if let slope = setting["negative_slope"], !slope.isNull {
        guard let value = slope.float else {
          throw GraphRefusal("\(path): expected a number 'negative_slope', found \(slope.brief)")
        }
        alpha = value
      }
    default: throw GraphRefusal("\(path): the activation \(setting.brief) is not known")
    }
    self.alpha = alpha
  }

  /// Applies the function to a value.
  func append(to builder: inout GraphBuilder, _ value: Int, layer: String) throws(GraphRefusal) -> Int {
    try builder.append(function, value, alpha: alpha, layer: layer)
  }
}

extension NamSettings {
  /// The function that a setting names.
  func activation(_ key: String) throws(GraphRefusal) -> NamActivation {
    guard let setting = value(key) else { throw expected("a function", key) }
    return try NamActivation(setting, path)
  }

  /// One function for each of `count` layers: that of a list, or the same one.
  func activations(_ key: String, count: Int) throws(GraphRefusal) -> [NamActivation] {
    guard case .array(let settings)? = value(key) else {
      return Array(repeating: try activation(key), count: count)
    }
    guard settings.count == count else { throw expected("\(count) functions", key) }
    var functions: [NamActivation] = []
    for setting in settings { functions.append(try NamActivation(setting, path)) }
    return functions
  }
}
