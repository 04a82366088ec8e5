/// What the first bytes of a source say it is.
enum ContentLayout: Equatable {
  case json
  case table
  case gzip
  case npy
  case zip
  /// Something else: its name, and what to do instead.
  case refused(String)

  /// Recognizes the layout by content; the file's name has no say.
  static func recognize(_ source: SourceBytes) -> ContentLayout {
    if source.count == 0 { return .refused("this file is empty; expected a model in JSON, CSV or npy") }
    if let binary = binary(source) { return binary }
    var at = source.has("\u{FEFF}", at: 0) ? 3 : 0
    while source[at] == 0x20 || (0x09...0x0D).contains(source[at]) { at += 1 }
    if at >= source.count {
      return .refused("this file holds nothing but blanks; expected a model in JSON, CSV or npy")
    }
    switch source[at] {
    case UInt8(ascii: "{"): return .json
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "<") where source[at + 1] == UInt8(ascii: "?") || source[at + 1] | 0x20 > 0x60:
      return .refused("this is an XML or HTML page; expected a model in JSON, CSV or npy")
    default: break
    }
    if source.has("tree\nversion=", at: at) || source.has("tree\r\nversion=", at: at) {
      return .refused(
        "a tree ensemble (LightGBM) has no weight tensors; expected a model made of arrays of numbers")
    }
    if source.has("booster[", at: at) {
      return .refused("a tree ensemble (XGBoost) has no weight tensors; expected a model made of arrays of numbers")
    }
    for offset in 0..<min(source.count, 4096) {
      let byte = source[offset]
      if byte < 0x20, !(0x09...0x0D).contains(byte) {
        return .refused("this is binary data of an unknown kind; expected a model in JSON, CSV, npy or npz")
      }
    }
    return .table
  }

  private static let signatures: [(offset: Int, bytes: [UInt8], layout: ContentLayout)] = [
    (0, [0x1F, 0x8B], .gzip),
    (0, [0x93] + Array("NUMPY".utf8), .npy),
    (0, Array("PK".utf8) + [3, 4], .zip),
    (0, Array("PK".utf8) + [5, 6], .zip),
    (
      0, [0x89] + Array("PAR".utf8),
      .refused("this is a container of pare already; 'pare export' gives its tensors back")
    ),
    (
      0, [0x89] + Array("HDF".utf8),
      .refused("this is an HDF5 file (Keras .h5); write its weights as JSON or npz first")
    ),
    (0, Array("GGUF".utf8), .refused("this is a GGUF file; write its tensors as npz first")),
    (
      4, Array("TFL3".utf8),
      .refused("this is a TensorFlow Lite model; write the float weights it was made of as JSON or npz")
    ),
    (0, Array("PAR1".utf8), .refused("this is a Parquet file; write its table as CSV first")),
    (0, [0x42, 0x5A, 0x68], .refused("this is compressed with bzip2; unpack it first")),
    (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A], .refused("this is compressed with xz; unpack it first")),
    (0, [0x28, 0xB5, 0x2F, 0xFD], .refused("this is compressed with zstd; unpack it first")),
    (0, [0xFF, 0xFE], .refused("this is UTF-16 text; expected UTF-8")),
    (0, [0xFE, 0xFF], .refused("this is UTF-16 text; expected UTF-8")),
    (0, Array("RDX".utf8), .refused("this is an R data file; write its coefficients with write.csv first")),
    (
      0, Array("{L".utf8) + [0, 0, 0, 0],
      .refused("a tree ensemble (XGBoost) has no weight tensors; expected a model made of arrays of numbers")
    ),
    (
      0, Array("binf".utf8),
      .refused("a tree ensemble (XGBoost) has no weight tensors; expected a model made of arrays of numbers")
    ),
  ]

  private static func binary(_ source: SourceBytes) -> ContentLayout? {
    for signature in signatures
    where signature.bytes.indices.allSatisfy({
      signature.offset + $0 < source.count && source[signature.offset + $0] == signature.bytes[$0]
    }) {
      return signature.layout
    }
    // A pickle begins with its protocol number and ends with a stop opcode.
    if source[0] == 0x80, (2...5).contains(source[1]), source.count > 2 {
      return .refused("this is a Python pickle; write the state_dict as JSON with tolist(), or as npz")
    }
    if isSafetensors(source) { return .refused("this is a safetensors file; write its tensors as npz first") }
    // Field 1 of ONNX's ModelProto is a small version number; a string (producer) or a graph follows.
    if source[0] == 0x08, source[1] > 0, source[1] < 0x80, [0x12, 0x1A, 0x2A, 0x3A, 0x42].contains(source[2]) {
      return .refused("this is an ONNX (or other protobuf) model; write its initializers as JSON or npz first")
    }
    return nil
  }

  /// A little-endian length of a JSON header, and the header.
  private static func isSafetensors(_ source: SourceBytes) -> Bool {
    guard source.count > 10, source[8] == UInt8(ascii: "{") else { return false }
    var length: UInt64 = 0
    for index in (0..<8).reversed() { length = length << 8 | UInt64(source[index]) }
    return length <= UInt64(source.count - 8)
  }
}
