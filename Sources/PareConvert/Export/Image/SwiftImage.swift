/// A model image as Swift: a type whose one value lies in flash.
///
/// The type is not copyable, because reading a copyable constant's `span` copies all of it to the stack first, as the code
/// for Cortex-M4 shows.
public struct SwiftImage: Sendable {
  private let image: ModelImage

  /// Creates the text's description.
  public init(_ image: ModelImage) { self.image = image }

  /// The file.
  public var source: [UInt8] {
    var text = Array((opening.joined(separator: "\n") + "\n").utf8)
    image.appendBytes(indent: "    ", to: &text)
    text.append(contentsOf: "\n  ])\n}\n".utf8)
    return text
  }

  private var opening: [String] {
    let symbol = image.symbol
    let reader = image.isBank ? "Bank" : "Container"
    var lines = [
      "// `pare export` wrote this file.", "// swift-format-ignore-file", "",
      "/// \(image.summary).", "///",
      "/// `\(reader).open(\(symbol).image.bytes.span, checksum: SmallChecksum.self)` reads it where it lies. The span lives for a",
      "/// call; a function that takes the image, `borrowing \(symbol)`, can keep it in a constant.",
      "public struct \(symbol): ~Copyable, Sendable {", "  /// The size of the image.",
      "  public static let byteCount = \(image.bytes.count)", "",
      "  /// The CRC-32 of all of it.", "  public static let crc32: UInt32 = \(hexadecimal(image.checksum))", "",
    ]
    if image.isBank {
      lines += ["  /// The models by number, in byte order of their names.", "  public enum Index {"]
      lines += image.identifiers.enumerated().map { "    public static let \($0.element) = \($0.offset)" }
      lines += ["  }", ""]
    } else if let sizes = image.members.first?.sizes {
      lines += [
        "  /// \(ModelImage.Sizes.meaning)",
        "  public static let inputCount = \(sizes.input)", "  public static let outputCount = \(sizes.output)",
        "  public static let stateCount = \(sizes.state)", "  public static let scratchCount = \(sizes.scratch)", "",
      ]
    }
    return lines + [
      "  /// The bytes.", "  public let bytes: InlineArray<\(image.bytes.count), UInt8>", "", "  /// The image.",
      "  public static let image = \(symbol)(bytes: [",
    ]
  }
}
