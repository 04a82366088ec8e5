import PareFormat

/// A directory record as the dump reads it: what is needed to find the parts of its payload.
struct DumpRecord {
  let name: String
  let shape: Shape
  let encoding: Encoding
  let checksum: UInt32

  /// Reads the record's fields; throws `DumpReader.Stop` at the first that has no meaning.
  init(_ reader: inout DumpReader, _ bytes: Span<UInt8>, index: Int) throws(DumpReader.Stop) {
    reader.heading("record \(index)")
    let nameByteCount = Int(try reader.u8(bytes, "nameByteCount"))
    guard nameByteCount <= reader.end - reader.offset else { throw DumpReader.Stop() }
    name = bytes.text(reader.offset..<reader.offset + nameByteCount)
    try reader.take(nameByteCount, "name", name)
    let element = try reader.u8(bytes, "element") { Self.coding($0, Self.elementNames) }
    guard element < 5 else { throw DumpReader.Stop() }
    let position = try reader.u8(bytes, "position") { Self.coding($0, Self.positionNames) }
    guard position < Self.positionNames.count, !Self.positionNames[Int(position)].isEmpty else {
      throw DumpReader.Stop()
    }
    let rank = try reader.u8(bytes, "rank")
    guard rank <= 8 else { throw DumpReader.Stop() }
    var shape = Shape()
    for axis in 0..<Int(rank) {
      let extent = try reader.leb128(bytes, "extent \(axis)")
      guard shape.append(extent, largest: Header(isLarge: true).largestSize) else { throw DumpReader.Stop() }
    }
    self.shape = shape
    encoding = Encoding(
      element: try Self.element(element, &reader, bytes, shape), position: try Self.position(position, &reader, bytes))
    checksum = try reader.u32(bytes, "checksum") { _ in "CRC-32 of the payload" }
  }

  private static let elementNames = ["f32", "f16", "bf16", "affine", "codebook"]
  /// By number; the numbers between have no coding.
  private static let positionNames =
    ["dense", "bitmap", "u8 gaps", "u16 indices", "Rice gaps"] + repeatElement("", count: 11)
    + ["coded dense", "coded sparse"]

  private static func coding(_ field: UInt8, _ names: [String]) -> String {
    let number = Int(field & 0x1F)
    let name = number < names.count && !names[number].isEmpty ? names[number] : "unknown coding \(number)"
    return "\(name), version \(field >> 5)"
  }

  private static func element(
    _ number: UInt8, _ reader: inout DumpReader, _ bytes: Span<UInt8>, _ shape: Shape
  ) throws(DumpReader.Stop) -> ElementCoding {
    switch number {
    case 0: return .f32
    case 1: return .f16
    case 2: return .bf16
    case 3: return .affine(try affine(&reader, bytes, shape))
    default:
      let lastIndex = try reader.u8(bytes, "lastIndex") { "\(Int($0) + 1) entries" }
      let type = try reader.u8(bytes, "entryType") { $0 == 0 ? "f32" : $0 == 1 ? "f16" : "unknown" }
      guard lastIndex > 0, let type = ScaleType(rawValue: type) else { throw DumpReader.Stop() }
      return .codebook(CodebookParameters(entryCount: Int(lastIndex) + 1, entryType: type))
    }
  }

  private static func affine(
    _ reader: inout DumpReader, _ bytes: Span<UInt8>, _ shape: Shape
  ) throws(DumpReader.Stop) -> AffineParameters {
    let quantizer = try reader.u8(bytes, "quantizer") { field in
      let granularity = ["tensor", "axis", "group", "unknown"][Int(field >> 4 & 3)]
      return "bitWidth \(field & 15 + 1), granularity \(granularity), scales \(field & 0x40 == 0 ? "f32" : "f16"), "
        + (field & 0x80 == 0 ? "no zero points" : "zero points")
    }
    var granularity = Granularity.tensor
    switch quantizer >> 4 & 3 {
    case 0: break
    case 1:
      let axis = Int(try reader.u8(bytes, "axis"))
      guard axis < shape.rank else { throw DumpReader.Stop() }
      granularity = .axis(axis)
    case 2:
      let size = try reader.leb128(bytes, "groupSize")
      guard (1...AffineParameters.maximumGroupSize).contains(size) else { throw DumpReader.Stop() }
      granularity = .group(size)
    default: throw DumpReader.Stop()
    }
    return AffineParameters(
      bitWidth: Int(quantizer & 15) + 1, granularity: granularity, scaleType: quantizer & 0x40 == 0 ? .f32 : .f16,
      hasZeroPoints: quantizer & 0x80 != 0)
  }

  private static func position(
    _ number: UInt8, _ reader: inout DumpReader, _ bytes: Span<UInt8>
  ) throws(DumpReader.Stop) -> PositionCoding {
    guard number > 0 else { return .dense }
    let nnz = number == 16 ? nil : try reader.leb128(bytes, "nnz")
    let k = try reader.u8(bytes, "k") { k in
      k == 255 ? "one block" : k > 30 ? "\(k)" : "blocks of \(counted(1 << Int(k), "row"))"
    }
    guard k == 255 || k <= 30 else { throw DumpReader.Stop() }
    let blockRowsLog2 = k == 255 ? nil : Int(k)
    guard let kind = PositionKind(rawValue: number), let nnz else {
      let byteCount = try reader.leb128(bytes, "codedByteCount")
      return .coded(CodedParameters(nnz: nnz, blockRowsLog2: blockRowsLog2, codedByteCount: byteCount))
    }
    var positionByteCount = 0
    if kind == .gapsU8 || kind == .gapsRice { positionByteCount = try reader.leb128(bytes, "positionByteCount") }
    var riceBits = 0
    if kind == .gapsRice { riceBits = Int(try reader.u8(bytes, "riceBits")) }
    return .sparse(
      SparseParameters(
        kind: kind, nnz: nnz, blockRowsLog2: blockRowsLog2, positionByteCount: positionByteCount, riceBits: riceBits))
  }
}
