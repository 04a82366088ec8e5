import CZlib
import PareEncode

/// The header of a version 1 npy array of little-endian f32.
enum NumpyWriter {
  static func header(_ shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    // The elements begin at a multiple of 64, as numpy asks for.
    while (10 + text.count + 1) % 64 != 0 { text.append(0x20) }
    text.append(0x0A)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }
}

/// Writes an npz archive: stored members, all of 1980-01-01, so that the same tensors give the same bytes.
struct ArchiveWriter<Sink: ByteSink> {
  private var sink: Sink
  private var offset = 0
  private var directory = ZipFields()
  private var count = 0

  init(_ sink: Sink) { self.sink = sink }

  mutating func add(_ memberName: String, _ shape: [Int], _ floats: FloatBuffer) throws {
    let name = Array(memberName.utf8)
    let header = NumpyWriter.header(shape)
    // zlib takes pointers; the array and the span keep them valid during the calls. A nil pointer would start anew.
    var checksum = unsafe crc32_z(0, header, header.count)
    if floats.count > 0 {
      checksum = unsafe floats.bytes.withUnsafeBufferPointer { unsafe crc32_z(checksum, $0.baseAddress, $0.count) }
    }
    let size = header.count + floats.count * 4
    let isWide = size >= 0xFFFF_FFFF

    var local = ZipFields()
    local.u32(0x0403_4B50)
    local.common(checksum: checksum, size: size, nameCount: name.count, isWide: isWide)
    local.u16(isWide ? 20 : 0)
    local.bytes += name
    if isWide { local.wide([size, size]) }

    let isFar = offset >= 0xFFFF_FFFF
    let wideSizes = (isWide ? [size, size] : []) + (isFar ? [offset] : [])
    directory.u32(0x0201_4B50)
    directory.u16(isWide || isFar ? 45 : 20)
    directory.common(
      checksum: checksum, size: size, nameCount: name.count, isWide: isWide || isFar, sizesAreWide: isWide)
    directory.u16(wideSizes.isEmpty ? 0 : 4 + wideSizes.count * 8)
    directory.bytes += Array(repeating: 0, count: 10)
    directory.u32(min(offset, 0xFFFF_FFFF))
    directory.bytes += name
    if !wideSizes.isEmpty { directory.wide(wideSizes) }

    try sink.write(local.bytes.span)
    try sink.write(header.span)
    try sink.write(floats.bytes)
    offset += local.bytes.count + size
    count += 1
  }

  mutating func finish() throws -> Sink {
    var end = ZipFields()
    let size = directory.bytes.count
    if count >= 0xFFFF || size >= 0xFFFF_FFFF || offset >= 0xFFFF_FFFF {
      end.u32(0x0606_4B50)
      end.u64(44)
      end.u16(45)
      end.u16(45)
      end.u32(0)
      end.u32(0)
      for value in [count, count, size, offset] { end.u64(value) }
      end.u32(0x0706_4B50)
      end.u32(0)
      end.u64(offset + size)
      end.u32(1)
    }
    end.u32(0x0605_4B50)
    end.u32(0)
    end.u16(min(count, 0xFFFF))
    end.u16(min(count, 0xFFFF))
    end.u32(min(size, 0xFFFF_FFFF))
    end.u32(min(offset, 0xFFFF_FFFF))
    end.u16(0)
    let list = directory.bytes
    try sink.write(list.span)
    try sink.write(end.bytes.span)
    return sink
  }
}

/// Little-endian fields of a zip archive.
private struct ZipFields {
  var bytes: [UInt8] = []

  mutating func u16(_ value: Int) { bytes += [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }

  mutating func u32(_ value: Int) {
    u16(value & 0xFFFF)
    u16(value >> 16 & 0xFFFF)
  }

  mutating func u64(_ value: Int) {
    u32(value & 0xFFFF_FFFF)
    u32(value >> 32)
  }

  /// What a member's two headers share: version to the name's length.
  mutating func common(checksum: UInt, size: Int, nameCount: Int, isWide: Bool, sizesAreWide: Bool? = nil) {
    u16(isWide ? 45 : 20)
    // Names are UTF-8; stored; midnight, 1980-01-01.
    u16(0x0800)
    u16(0)
    u16(0)
    u16(0x0021)
    u32(Int(checksum))
    let written = sizesAreWide ?? isWide ? 0xFFFF_FFFF : size
    u32(written)
    u32(written)
    u16(nameCount)
  }

  /// The zip64 field.
  mutating func wide(_ values: [Int]) {
    u16(1)
    u16(values.count * 8)
    for value in values { u64(value) }
  }
}
