import CZlib
import PareEncode

/// Reads an npz archive: a zip file of npy arrays, stored or deflated.
enum NumpyArchive {
  static func read(_ source: SourceBytes) throws(SourceError) -> SourceModel {
    let members = try ZipDirectory.members(source)
    guard members.contains(where: { $0.name.hasSuffix(".npy") }) else {
      if members.contains(where: { $0.name.hasSuffix("data.pkl") }) {
        throw SourceError(
          "this is a PyTorch checkpoint; write the state_dict as JSON with tolist(), or as npz", path: source.path)
      }
      if members.contains(where: { $0.name.hasSuffix(".weights.h5") }) {
        throw SourceError("this is a Keras model; write its weights as JSON or npz first", path: source.path)
      }
      throw SourceError("this zip archive has no .npy members; expected an npz archive", path: source.path)
    }
    var tensors: [FloatTensor] = []
    for member in members {
      guard member.name.hasSuffix(".npy") else {
        throw SourceError("expected .npy members only, found '\(member.name)'", path: source.path)
      }
      let name = String(member.name.dropLast(4))
      let data = try member.data(source)
      // The range lies within `data.source`, as `member.data` has checked.
      let crc = unsafe crc32_z(0, data.source.base + data.range.lowerBound, data.range.count)
      guard UInt32(truncatingIfNeeded: crc) == member.checksum else {
        throw SourceError("the archive's member '\(member.name)' is damaged: its checksum differs", path: source.path)
      }
      tensors.append(try NumpyArray.read(data.source, data.range, name: name, member: member.name))
    }
    return SourceModel.flat(
      tensors, origins: Array(repeating: SourceOrigin(path: source.path), count: tensors.count))
  }
}

/// One member of a zip archive.
struct ZipMember {
  var name: String
  var method: Int
  var checksum: UInt32
  var compressedCount: Int
  var count: Int
  var headerOffset: Int

  /// The member's bytes, inflated where they are deflated.
  func data(_ source: SourceBytes) throws(SourceError) -> (source: SourceBytes, range: Range<Int>) {
    func fail(_ message: String) -> SourceError {
      SourceError("the archive's member '\(name)' \(message)", path: source.path)
    }
    let fields = ByteFields(source)
    guard headerOffset <= source.count - 30, fields.u32(headerOffset) == 0x0403_4B50 else {
      throw fail("is not where the directory says")
    }
    let start = headerOffset + 30 + fields.u16(headerOffset + 26) + fields.u16(headerOffset + 28)
    guard start <= source.count, compressedCount <= source.count - start else {
      throw fail("ends behind the file's end")
    }
    let range = start..<start + compressedCount
    switch method {
    case 0:
      guard compressedCount == count else { throw fail("is stored with two different sizes") }
      return (source, range)
    case 8:
      // Deflate gains at most a factor of 1032.
      guard count / 1040 <= compressedCount + 64 else { throw fail("says that it inflates to \(count) bytes") }
      return (try Inflate.deflated(source, range, count: count), 0..<count)
    default: throw fail("is compressed by method \(method); expected stored or deflated")
    }
  }
}

/// The directory at the end of a zip archive.
enum ZipDirectory {
  /// All members, in the directory's order; directories' entries are left out.
  static func members(_ source: SourceBytes) throws(SourceError) -> [ZipMember] {
    func fail(_ message: String) -> SourceError { SourceError("this zip archive \(message)", path: source.path) }
    let fields = ByteFields(source)
    // The end record has 22 bytes and a comment of at most 65535.
    var end = source.count - 22
    let first = max(0, source.count - 22 - 65_535)
    while end >= first, fields.u32(end) != 0x0605_4B50 { end -= 1 }
    guard end >= first else { throw fail("has no directory; it may be cut off") }
    var count = fields.u16(end + 10)
    var size = fields.u32(end + 12)
    var offset = fields.u32(end + 16)
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      let record = fields.u64(end - 20 + 8)
      guard end >= 20, fields.u32(end - 20) == 0x0706_4B50, record <= end - 56,
        fields.u32(record) == 0x0606_4B50
      else { throw fail("has no zip64 directory where it should") }
      count = fields.u64(record + 32)
      size = fields.u64(record + 40)
      offset = fields.u64(record + 48)
    }
    guard offset <= end, size <= end - offset, count <= size / 46 else { throw fail("has a directory beyond its end") }
    var members: [ZipMember] = []
    var at = offset
    for _ in 0..<count {
      guard at <= end - 46, fields.u32(at) == 0x0201_4B50 else { throw fail("has a damaged directory") }
      let nameCount = fields.u16(at + 28)
      let extraCount = fields.u16(at + 30)
      let next = at + 46 + nameCount + extraCount + fields.u16(at + 32)
      guard next <= end else { throw fail("has a damaged directory") }
      guard let name = source.validString(at + 46..<at + 46 + nameCount) else {
        throw fail("has a member name that is no UTF-8")
      }
      guard fields.u16(at + 8) & 1 == 0 else { throw fail("is encrypted") }
      var member = ZipMember(
        name: name, method: fields.u16(at + 10), checksum: UInt32(truncatingIfNeeded: fields.u32(at + 16)),
        compressedCount: fields.u32(at + 20), count: fields.u32(at + 24), headerOffset: fields.u32(at + 42))
      let extra = at + 46 + nameCount
      guard wide(fields, extra..<extra + extraCount, &member) else { throw fail("has a damaged zip64 entry") }
      if !name.hasSuffix("/") { members.append(member) }
      at = next
    }
    return members
  }

  /// Replaces sizes that are all ones by those of the zip64 field; false when it lacks one.
  private static func wide(_ fields: ByteFields, _ extra: Range<Int>, _ member: inout ZipMember) -> Bool {
    var at = extra.lowerBound
    while at + 4 <= extra.upperBound, fields.u16(at) != 1 { at += 4 + fields.u16(at + 2) }
    let end = at + 4 <= extra.upperBound ? min(extra.upperBound, at + 4 + fields.u16(at + 2)) : at
    at += 4
    func take(_ value: inout Int) -> Bool {
      guard value == 0xFFFF_FFFF else { return true }
      guard at + 8 <= end else { return false }
      value = fields.u64(at)
      at += 8
      return true
    }
    return take(&member.count) && take(&member.compressedCount) && take(&member.headerOffset)
  }
}

/// Little-endian fields; a byte behind the end reads as 0.
struct ByteFields {
  private let source: SourceBytes

  init(_ source: SourceBytes) { self.source = source }

  func u16(_ at: Int) -> Int { Int(source[at]) | Int(source[at + 1]) << 8 }

  func u32(_ at: Int) -> Int { u16(at) | u16(at + 2) << 16 }

  /// Values beyond 2^62 read as 2^62, which is beyond any file.
  func u64(_ at: Int) -> Int {
    let high = u32(at + 4)
    return high >= 1 << 30 ? 1 << 62 : u32(at) | high << 32
  }
}
