import PareEncode
import Testing

@testable import PareConvert

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of source files that lives as long as the value.
@safe final class SourceFolder {
  let path: String
  private var files: [String] = []

  init() {
    var template = Array("/tmp/pare-convert-XXXXXX".utf8CString)
    // `mkdtemp` replaces the template's last letters in place.
    guard unsafe mkdtemp(&template) != nil else { fatalError("no temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for file in files { unsafe unlink(file) }
    unsafe rmdir(path)
  }

  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0, "cannot write \(file)")
    var written = 0
    while written < bytes.count {
      // The array is longer than what is left of it.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Self.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      precondition(count > 0)
      written += count
    }
    close(descriptor)
    files.append(file)
    return file
  }

  private static func write(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, start, count)
    #elseif canImport(Musl)
      unsafe Musl.write(descriptor, start, count)
    #else
      unsafe Darwin.write(descriptor, start, count)
    #endif
  }
}

/// Reads a model from bytes in a file of that name.
func readBytes(_ bytes: [UInt8], as name: String) throws(SourceError) -> SourceModel {
  let folder = SourceFolder()
  let path = folder.write(name, bytes)
  defer { withExtendedLifetime(folder) {} }
  return try readModel([path])
}

/// Reads a model from text in a file of that name.
func readText(_ text: String, as name: String = "m.json") throws(SourceError) -> SourceModel {
  try readBytes(Array(text.utf8), as: name)
}

/// The error that reading gives, or nil.
func refusal(_ bytes: [UInt8], as name: String) -> SourceError? {
  do throws(SourceError) {
    _ = try readBytes(bytes, as: name)
    return nil
  } catch { return error }
}

extension FloatTensor {
  /// The elements.
  var floats: [Float] {
    var result: [Float] = []
    for index in 0..<values.count { result.append(values.span[index]) }
    return result
  }
}

extension SourceModel {
  /// A tensor's elements.
  func floats(_ index: Int) -> [Float] {
    tensors[index].floats
  }

  /// `name[shape] values` of each tensor, for comparisons that show what differs.
  var summary: [String] {
    tensors.indices.map { index in
      let values = floats(index).map { "\($0)" }.joined(separator: " ")
      return "\(tensors[index].name)\(tensors[index].shape) \(values)"
    }
  }

  /// Names, shapes and bits.
  var bits: [String] {
    tensors.indices.map { index in
      let values = floats(index).map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
      return "\(tensors[index].name)\(tensors[index].shape) \(values)"
    }
  }
}

/// Numbers that are the same on every machine.
struct Numbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed ^= mixed >> 33
    mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed >> 33
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// The bytes of hexadecimal text; blanks are passed over.
func bytes(hex: String) -> [UInt8] {
  var result: [UInt8] = []
  var high: UInt8?
  for byte in hex.utf8 {
    guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { continue }
    if let first = high {
      result.append(first << 4 | UInt8(digit))
      high = nil
    } else {
      high = UInt8(digit)
    }
  }
  return result
}
