import PareFormat
import PareInference

/// A kind of machine without an operating system, and what the library takes there.
struct Target: Sendable, Equatable {
  /// The name in `--target`.
  let name: String

  /// What the name stands for.
  let words: String

  /// The bytes of code and constants that a program needs of each library, in the order of the cases.
  let byteCounts: [Int]

  /// What a program takes of `library`, in bytes.
  func byteCount(of library: FirmwareLibrary) -> Int { byteCounts[library.rawValue] }

  /// Measured with -Osize, as the libraries are built: .text and .rodata of what a program needs once unused sections are gone,
  /// for wasm32 a module of it. A build is within `tolerance` of each number.
  static let all = [
    Target(
      name: "cortex-m0", words: "Armv6-M, no floating-point unit", byteCounts: [7_680, 14_502, 25_600, 34_164, 44_518]),
    Target(
      name: "cortex-m4", words: "Armv7E-M, single precision", byteCounts: [7_222, 13_292, 23_914, 31_662, 41_724]),
    Target(
      name: "cortex-m7", words: "Armv7E-M, single precision", byteCounts: [7_222, 13_288, 23_892, 31_640, 41_584]),
    Target(name: "riscv32", words: "RV32IMAFC", byteCounts: [9_592, 17_268, 30_084, 39_922, 50_186]),
    Target(name: "wasm32", words: "WebAssembly", byteCounts: [13_608, 23_645, 41_509, 54_564, 68_443]),
  ]

  /// The share by which a build may differ from the sizes above, as another compiler's does.
  static let tolerance = 0.05

  /// The bytes of `pare_container` and `pare_model`, which the caller has.
  static let containerByteCount = 184
  static let modelByteCount = 116
}

/// The libraries that `Tests/Embedded/build.sh` makes (Spec/EMBEDDING.md), smaller ones first of those that do the same.
enum FirmwareLibrary: Int, Sendable {
  /// Opens containers and decodes tensors in place; with entropy coding too.
  case inPlace, reader

  /// Runs models of operations over sequences, in place; with entropy coding too; any model.
  case sequenceInPlace, sequence, whole

  /// The file.
  var fileName: String {
    switch self {
    case .inPlace: "libpare-in-place.a"
    case .reader: "libpare-reader.a"
    case .sequenceInPlace: "libpare-sequence-in-place.a"
    case .sequence: "libpare-sequence.a"
    case .whole: "libpare.a"
    }
  }

  /// The smallest that reads a container, or runs its model where it has one.
  init(_ inspection: Inspection) {
    let isInPlace = inspection.tensors.allSatisfy { $0.encoding.coded == nil }
    if let graph = inspection.graph {
      let isSequence = graph.steps.allSatisfy { $0.operation.kind.isOfSequences }
      self = !isSequence ? .whole : isInPlace ? .sequenceInPlace : .sequence
    } else {
      self = isInPlace ? .inPlace : .reader
    }
  }
}
