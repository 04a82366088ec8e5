import PareFormat

extension ScaleLayout: CustomStringConvertible {
  /// Reads `tensor`, `axis`, `axis:N` or `group:N`, optionally followed by `,f16` or `,f32`; throws `badOption`. `axis`
  /// is axis 0.
  public init(_ text: String) throws(EncodeError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var scaleType: ScaleType?
    switch parts.count == 1 ? "" : parts.count == 2 ? parts[1] : "," {
    case "": guard parts.count == 1 else { throw .badOption(text, "scales are f16 or f32") }
    case "f16": scaleType = .f16
    case "f32": scaleType = .f32
    default: throw .badOption(text, "scales are f16 or f32")
    }
    self.init(try Self.granularity(parts[0], text), scaleType: scaleType)
  }

  private static func granularity(_ text: String, _ option: String) throws(EncodeError) -> Granularity {
    if text == "tensor" { return .tensor }
    if text == "axis" { return .axis(0) }
    if let axis = OptionText.rest(of: text, after: "axis:") {
      guard let axis = OptionText.integer(axis), axis < Shape.maximumRank else {
        throw .badOption(option, "an axis is 0 to 7")
      }
      return .axis(axis)
    }
    if let size = OptionText.rest(of: text, after: "group:") {
      guard let size = OptionText.integer(size), (1...AffineParameters.maximumGroupSize).contains(size) else {
        throw .badOption(option, "a group has 1 to 65536 elements")
      }
      return .group(size)
    }
    throw .badOption(option, "a scale is per tensor, axis[:N] or group:N")
  }

  /// The text that gives this layout when read; the type of the scales is named where it is not the usual one.
  public var description: String {
    let text =
      switch granularity {
      case .tensor: "tensor"
      case .axis(let axis): "axis:\(axis)"
      case .group(let size): "group:\(size)"
      }
    guard scaleType != Self.defaultType(for: granularity) else { return text }
    return text + (scaleType == .f16 ? ",f16" : ",f32")
  }
}
