import Pare
import PareFormat
import Testing

@Suite("Damage: no changed byte goes unseen")
struct DamageTests {
  @Test("Every single-bit flip of every valid fixture is refused; one in a payload names its tensor")
  func singleBitFlips() throws {
    for file in try FixtureFiles.files(FixtureFiles.valid) {
      var bytes = try FixtureFiles.bytes(FixtureFiles.valid, file)
      let container = try Container.open(bytes.span, checksum: ZlibChecksum.self)
      let payloads = payloads(of: container, bytes.span)
      for offset in bytes.indices {
        let owner = payloads.firstIndex { $0.contains(offset) }
        for bit in 0..<8 {
          bytes[offset] ^= 1 << bit
          let error = validateWhole(bytes.span, ZlibChecksum.self)
          // Recording an expectation for each of millions of flips would take minutes.
          if error == nil || error?.tensor != owner {
            Issue.record("\(file): bit \(bit) of byte \(offset): \(error?.description ?? "accepted")")
          }
          bytes[offset] ^= 1 << bit
        }
      }
      #expect(validateWhole(bytes.span, ZlibChecksum.self) == nil, "\(file)")
    }
  }

  @Test("Every truncation of every valid fixture is refused, and so is every byte too many")
  func truncations() throws {
    for file in try FixtureFiles.files(FixtureFiles.valid) {
      let bytes = try FixtureFiles.bytes(FixtureFiles.valid, file)
      for count in bytes.indices {
        if validateWhole(bytes.span.extracting(first: count), ZlibChecksum.self) == nil {
          Issue.record("\(file): accepted with \(count) of \(bytes.count) bytes")
        }
      }
      #expect(validateWhole((bytes + [0]).span, ZlibChecksum.self)?.code == .trailingBytes, "\(file)")
    }
  }

  @Test("A million random mutations are refused or decode; none traps")
  func randomMutations() throws {
    let files = try FixtureFiles.files(FixtureFiles.valid).map { try FixtureFiles.bytes(FixtureFiles.valid, $0) }
      .filter { $0.count < 4096 }
    var random = SplitMix(state: 1)
    var accepted = 0
    for _ in 0..<1_000_000 {
      var bytes = files[random.below(files.count)]
      for _ in 0..<1 + random.below(4) { mutate(&bytes, &random) }
      // Most of them get matching checksums, or hardly any would reach the structure behind.
      if random.below(4) > 0 { repairChecksums(&bytes) }
      if validateWhole(bytes.span, ZlibChecksum.self) == nil {
        accepted += 1
        decodeAll(bytes)
      }
    }
    #expect(accepted > 0)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let offset = random.below(bytes.count)
    switch random.below(6) {
    case 0: bytes[offset] ^= 1 << UInt8(random.below(8))
    case 1: bytes[offset] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes[offset] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
    case 3: bytes.remove(at: offset)
    case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: offset)
    default: bytes.removeLast(random.below(bytes.count))
    }
  }

  private func decodeAll(_ bytes: [UInt8]) {
    guard let container = try? Container.open(bytes.span, checksum: ZlibChecksum.self) else { return }
    var records = container.records
    while let record = records.next(in: bytes.span) {
      guard let tensor = try? container.tensor(record, in: bytes.span, checksum: ZlibChecksum.self) else { continue }
      // The limits let a small file ask for at most 1 MiB of floats.
      var floats = [Float](repeating: 0, count: tensor.shape.elementCount)
      var span = floats.mutableSpan
      tensor.decode(bytes.span, into: &span)
    }
  }

  private func payloads(of container: Container, _ bytes: Span<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var records = container.records
    while let record = records.next(in: bytes) { found.append(record.paddingStart..<record.payloadEnd) }
    return found
  }
}

/// A small generator with a fixed seed (Steele, Lea, Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
