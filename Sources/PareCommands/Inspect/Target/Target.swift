/// A kind of machine without an operating system, and what the library takes there.
struct Target: Sendable, Equatable {
  /// The name in `--target`.
  let name: String

  /// What the name stands for.
  let words: String

  /// The bytes of code and constants that a program needs of the library once unused sections are gone: for opening a
  /// container and decoding its tensors, and for running its model.
  let readerByteCount: Int
  let libraryByteCount: Int

  /// Measured with -Osize, as the library is built: .text and .rodata of what `pare_open` and the functions to decode, or to
  /// run, need of libpare-reader.a and libpare.a; for wasm32 a module of them. A build is within `tolerance` of each number.
  static let all = [
    Target(
      name: "cortex-m0", words: "Armv6-M, no floating-point unit", readerByteCount: 16_946, libraryByteCount: 54_850),
    Target(
      name: "cortex-m4", words: "Armv7E-M, single precision", readerByteCount: 15_420, libraryByteCount: 51_670),
    Target(
      name: "cortex-m7", words: "Armv7E-M, single precision", readerByteCount: 15_412, libraryByteCount: 51_540),
    Target(name: "riscv32", words: "RV32IMAFC", readerByteCount: 20_022, libraryByteCount: 62_250),
    Target(name: "wasm32", words: "WebAssembly", readerByteCount: 27_541, libraryByteCount: 84_400),
  ]

  /// The share by which a build may differ from the sizes above, as another compiler's does.
  static let tolerance = 0.05

  /// The bytes of `pare_container` and `pare_model`, which the caller has.
  static let containerByteCount = 184
  static let modelByteCount = 116
}
