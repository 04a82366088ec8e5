import Pare
import PareFormat

/// A model image as C99, which is C++ as well: a header with what is known of it, and a source with its bytes.
public struct CImage: Sendable {
  private let image: ModelImage

  /// The name by which the source includes the header.
  private let headerName: String

  /// `headerName` is a file's name without folders, quotation marks, backslashes and control characters.
  public init(_ image: ModelImage, headerName: String) {
    self.image = image
    self.headerName = headerName
  }

  private var prefix: String { image.symbol.uppercased() }

  /// The header: sizes, checksum, numbers and names of models as macros, and the declaration of the array.
  public var header: [UInt8] {
    var lines = [
      "/* \(image.summary); `pare export` wrote this file. */", "#ifndef \(prefix)_H", "#define \(prefix)_H", "",
      "#include <stdint.h>", "", "/* The image: its size, the CRC-32 of all of it, and the alignment that it has. */",
      macro("BYTE_COUNT", image.bytes.count), "#define \(prefix)_CRC32 \(hexadecimal(image.checksum))u",
      macro("ALIGNMENT", image.alignment),
      "/* The generation of the container's layout; pare.h states the one that its reader knows. */",
      "#define \(prefix)_FORMAT_MAJOR \(FormatVersion.major)",
    ]
    lines += image.isBank ? bankLines : image.members.flatMap { sizeLines($0, "") }
    lines += [
      "", "#if defined(PARE_FORMAT_MAJOR) && PARE_FORMAT_MAJOR != \(prefix)_FORMAT_MAJOR",
      "#error \"this image and pare.h are of different generations of the format\"", "#endif", "",
      "#ifdef __cplusplus", "extern \"C\" {", "#endif", "",
      "extern const uint8_t \(image.symbol)[\(prefix)_BYTE_COUNT];", "", "#ifdef __cplusplus", "}", "#endif", "",
      "#endif",
    ]
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// The source: the bytes, aligned.
  public var source: [UInt8] {
    let alignment = "\(prefix)_ALIGNED"
    let lines = [
      "/* \(image.summary); `pare export` wrote this file. */", "#include \"\(headerName)\"", "",
      "/* Define \(prefix)_PLACEMENT as an attribute to put the image into a section of your own. */",
      "#ifndef \(prefix)_PLACEMENT", "#define \(prefix)_PLACEMENT", "#endif", "",
      // IAR knows the attribute only where GNU extensions are on, the pragma always.
      "#if defined(__ICCARM__) || defined(__ICCRISCV__)",
      "#define \(alignment) _Pragma(\"data_alignment=\(image.alignment)\")",
      "#elif defined(__cplusplus) && __cplusplus >= 201103L", "#define \(alignment) alignas(\(prefix)_ALIGNMENT)",
      "#elif defined(__GNUC__) || defined(__clang__) || defined(__CC_ARM)",
      "#define \(alignment) __attribute__((aligned(\(prefix)_ALIGNMENT)))",
      "#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L",
      "#define \(alignment) _Alignas(\(prefix)_ALIGNMENT)", "#elif defined(_MSC_VER)",
      "#define \(alignment) __declspec(align(\(image.alignment)))", "#else",
      "#error \"define \(alignment) as what aligns an array in your compiler's C\"", "#endif", "",
      "\(alignment) \(prefix)_PLACEMENT const uint8_t \(image.symbol)[] = {", "",
    ]
    var text = Array(lines.joined(separator: "\n").utf8)
    image.appendBytes(indent: "    ", to: &text)
    let end = [
      "", "};", "", "/* An array of a negative size, refused by every compiler, where the condition does not hold. */",
      "typedef char \(image.symbol)_has_its_size[sizeof(\(image.symbol)) == \(prefix)_BYTE_COUNT ? 1 : -1];",
      "typedef char \(image.symbol)_has_bytes_of_8_bits[(uint8_t)~(uint8_t)0 == 255 ? 1 : -1];",
    ]
    text.append(contentsOf: (end.joined(separator: "\n") + "\n").utf8)
    return text
  }

  /// Numbers first, since a program names models by them; each kind of macro ends in the model's identifier, so that no
  /// model's name makes a macro that another one has.
  private var bankLines: [String] {
    let members = zip(image.identifiers.map { $0.uppercased() }, image.members)
    let comment = members.contains { $0.1.sizes != nil } ? ["/* \(ModelImage.Sizes.meaning) */"] : []
    var lines = [
      "", "/* The models by number, in byte order of their names. */", macro("MODEL_COUNT", image.members.count),
    ]
    for (index, (identifier, _)) in members.enumerated() { lines.append(macro("INDEX_\(identifier)", index)) }
    lines += comment.isEmpty ? [] : [""] + comment
    for (identifier, member) in members {
      lines += [
        "", "#define \(prefix)_NAME_\(identifier) \(Self.literal(member.name))",
        macro("OFFSET_\(identifier)", member.place.lowerBound), macro("BYTE_COUNT_\(identifier)", member.place.count),
      ]
      lines += sizeLines(member, "_\(identifier)")
    }
    return lines
  }

  private func sizeLines(_ member: ModelImage.Member, _ suffix: String) -> [String] {
    guard let sizes = member.sizes else { return [] }
    let comment = "/* \(ModelImage.Sizes.meaning) */"
    var lines = (suffix.isEmpty ? ["", comment] : []) + sizes.named.map { macro($0.name + suffix, $0.count) }
    if let workspace = sizes.workspace {
      lines += [
        "/* The bytes of its workspace, for pare_model_open. */",
        "#define \(prefix)_WORKSPACE_BYTE_COUNT\(suffix) "
          + "(UINTPTR_MAX > 0xffffffffu ? \(workspace.byteCount64)u : \(workspace.byteCount32)u)",
      ]
    }
    return lines
  }

  private func macro(_ name: String, _ value: Int) -> String { "#define \(prefix)_\(name) \(value)u" }

  /// A string literal of ASCII alone: octal escapes end after three digits, whatever follows them.
  private static func literal(_ text: String) -> String {
    var literal = "\""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"):
        // A question mark could be part of a trigraph.
        literal += "\\" + String(Unicode.Scalar(byte))
      case 0x20..<0x7F: literal += String(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return literal + "\""
  }
}
