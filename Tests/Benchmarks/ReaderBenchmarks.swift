import CZlib
import Pare
import PareFormat

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Element codings under the names that `pare inspect` gives them.
private func affine(_ width: Int, _ granularity: Granularity = .tensor, zeroPoints: Bool = false) -> ElementCoding {
  .affine(
    AffineParameters(bitWidth: width, granularity: granularity, scaleType: .f32, hasZeroPoints: zeroPoints))
}

private func codebook(_ count: Int, _ type: ScaleType = .f32) -> ElementCoding {
  .codebook(CodebookParameters(entryCount: count, entryType: type))
}

/// What the reader is measured on: names, codings, and the position coding of the sparse ones.
private let samples: [(String, ElementCoding, PositionKind?)] = [
  ("int8", affine(8), nil), ("int8 per row", affine(8, .axis(0)), nil),
  ("int8 per row, zero points", affine(8, .axis(0), zeroPoints: true), nil),
  ("int8 groups of 32", affine(8, .group(32)), nil), ("int8 per column", affine(8, .axis(1)), nil),
  ("int4", affine(4), nil), ("int4 groups of 32", affine(4, .group(32)), nil), ("int16", affine(16), nil),
  ("int1 (signs)", affine(1), nil), ("int2", affine(2), nil), ("int3", affine(3), nil), ("int6", affine(6), nil),
  ("int11", affine(11), nil), ("codebook of 15", codebook(15), nil), ("codebook of 16, f16", codebook(16, .f16), nil),
  ("codebook of 40", codebook(40), nil), ("codebook of 255", codebook(255), nil), ("f32", .f32, nil),
  ("f16", .f16, nil),
  ("bf16", .bf16, nil), ("gaps, int8", affine(8), .gapsU8), ("gaps, int8 per row", affine(8, .axis(0)), .gapsU8),
  ("gaps, int4 groups of 32", affine(4, .group(32)), .gapsU8), ("gaps, f32", .f32, .gapsU8),
  ("gaps, codebook of 15", codebook(15), .gapsU8), ("bitmap, int8", affine(8), .bitmap),
  ("bitmap, int4", affine(4), .bitmap), ("bitmap, f16", .f16, .bitmap), ("indices, int8", affine(8), .indicesU16),
  ("Rice, int8", affine(8), .gapsRice), ("Rice, codebook of 15", codebook(15), .gapsRice),
  ("Rice, int6 per row", affine(6, .axis(0)), .gapsRice),
]

/// Codes to floats, 16 Mi elements (64 MB of f32) into memory that has been touched, beside `memset` of the same memory.
func decodeBenchmarks(_ filter: String) throws {
  let count = 1 << 24
  // `memset` wants a pointer.
  let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
  unsafe memory.initialize(repeating: 1)
  defer { unsafe memory.deallocate() }
  print("\nDecode to f32, 4096 x 4096, sparse ones 10 % dense, GB/s of f32 written, medians of 7")
  printRow("", ["GB/s", "memset", "ratio"])
  for (name, element, kind) in samples where filter.isEmpty || name.contains(filter) {
    let bytes = container([SampleTensor("w", rows: 4096, columns: 4096, element: element, kind: kind)])
    let model = try Model(bytes: bytes)
    let tensor = try model.tensor("w")
    func decode() {
      var span = unsafe memory.mutableSpan
      tensor.decode(into: &span)
    }
    // Not zeros, which some machines write faster than anything else.
    func write() { unsafe memset(memory.baseAddress!, 7, 4 * count) }
    let (time, peer) = medians(decode, write)
    let size = 4e-9 * Double(count)
    printRow(name, [fixed(size / time), fixed(size / peer), fixed(peer / time)])
  }
}

/// int8 codes to floats at several sizes: the smaller ones stay in a cache, the largest does not. Each of the two is run alone.
func sizeBenchmarks(_ filter: String) throws {
  print("\nint8 to f32 by size of the output, GB/s of f32 written, medians of 15, each loop alone")
  printRow("", ["GB/s", "memset", "ratio"])
  for rows in [16, 256, 1024, 4096] {
    let bytes = container([SampleTensor("w", rows: rows, columns: 4096, element: affine(8, .axis(0)))])
    let model = try Model(bytes: bytes)
    let tensor = try model.tensor("w")
    let count = tensor.elementCount
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    unsafe memory.initialize(repeating: 1)
    defer { unsafe memory.deallocate() }
    // Small sizes several times, or the clock would be what is measured.
    let repeats = max(1, 1024 / rows)
    let time = median(runs: 15) {
      for _ in 0..<repeats {
        var span = unsafe memory.mutableSpan
        tensor.decode(into: &span)
      }
    }
    let peer = median(runs: 15) { for _ in 0..<repeats { unsafe memset(memory.baseAddress!, 7, 4 * count) } }
    let size = 4e-9 * Double(count * repeats)
    printRow("\(4 * count >> 10) KB, scale per row", [fixed(size / time), fixed(size / peer), fixed(peer / time)])
  }
}

/// `validate` of a container in memory beside zlib's `crc32` over the same bytes.
func validateBenchmarks(_ filter: String) throws {
  print("\nValidate a container, about 100 MB (mix) or 16 to 64 MB, GB/s of container, medians of 7")
  printRow("", ["GB/s", "crc32", "ratio"])
  if filter.isEmpty || "mix of int8 and f32".contains(filter) {
    let mix =
      (0..<3).map {
        SampleTensor("a\($0)", rows: 4096, columns: 4096, element: affine(8, .axis(0)), seed: UInt64($0))
      } + (0..<3).map { SampleTensor("b\($0)", rows: 2048, columns: 2048, element: .f32, seed: UInt64(9 + $0)) }
    try validate("mix of int8 and f32", container(mix))
  }
  for (name, element, kind) in samples where filter.isEmpty || name.contains(filter) {
    // Of the sparse ones four times as many elements, which is about as many bytes.
    let rows = kind == nil ? 4096 : 16384
    try validate(name, container([SampleTensor("w", rows: rows, columns: 4096, element: element, kind: kind)]))
  }
}

private func validate(_ name: String, _ bytes: [UInt8]) throws {
  var failure: FormatError?
  func check() {
    do throws(FormatError) {
      let container = try Container.open(bytes.span, checksum: ZlibChecksum.self)
      try container.validate(bytes.span, checksum: ZlibChecksum.self)
    } catch { failure = error }
  }
  // zlib's function itself, on the array's memory.
  func checksum() { unsafe bytes.withUnsafeBufferPointer { _ = unsafe crc32_z(0, $0.baseAddress, $0.count) } }
  let (time, peer) = medians(check, checksum)
  if let failure { throw failure }
  let size = 1e-9 * Double(bytes.count)
  printRow(name, [fixed(size / time), fixed(size / peer), fixed(peer / time)])
}

/// One row of a sparse tensor beside all of them.
func rowBenchmarks(_ filter: String) throws {
  print("\nOne row of 4096 x 4096, 10 % dense, int8, in ns; \"all\" is the time for all rows divided by their number")
  printRow("", ["one row", "all / 4096", "non-zeros"])
  for (name, kind) in [
    ("gaps", PositionKind.gapsU8), ("bitmap", .bitmap), ("indices", .indicesU16), ("Rice", .gapsRice),
  ]
  where filter.isEmpty || name.contains(filter) {
    let bytes = container([SampleTensor("w", rows: 4096, columns: 4096, element: affine(8, .axis(0)), kind: kind)])
    let model = try Model(bytes: bytes)
    let tensor = try model.tensor("w")
    var row = [Float](repeating: 0, count: 4096)
    var random = SplitMix(state: 5)
    // Rows at random places, so that no row is in the cache because the one before it was read.
    let some = (0..<1000).map { _ in random.below(4096) }
    let one = median {
      for index in some {
        var span = row.mutableSpan
        tensor.tensor.decodeRows(index..<index + 1, model.bytes, into: &span)
      }
    }
    var whole = [Float](repeating: 0, count: tensor.elementCount)
    let all = median {
      var span = whole.mutableSpan
      tensor.decode(into: &span)
    }
    var sum: Float = 0
    let walk = median { for index in some { tensor.forEachNonZero(rows: index..<index + 1) { sum += $0.value } } }
    precondition(sum.isFinite)
    printRow(name, [fixed(one * 1e6, 0), fixed(all * 1e9 / 4096, 0), fixed(walk * 1e6, 0)])
  }
}
