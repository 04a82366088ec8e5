public import CPare
import PareFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_bank_find(
  _ bank: UnsafeRawPointer?, _ byteCount: Int, _ name: UnsafePointer<CChar>?,
  _ entry: UnsafeMutablePointer<pare_bank_entry>?
) -> Int32 {
  guard let name = unsafe name else { return PARE_BAD_ARGUMENT }
  // No name in a bank is longer, so the caller's is not read further.
  var count = 0
  while count < 256, unsafe name[count] != 0 { count &+= 1 }
  let start = unsafe UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self)
  let wanted = unsafe UnsafeBufferPointer(start: start, count: count)
  return unsafe find(bank, byteCount, entry) { opened, bytes in
    unsafe opened.index(named: wanted.span, in: bytes)
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
@c @implementation
public func pare_bank_at(
  _ bank: UnsafeRawPointer?, _ byteCount: Int, _ index: Int32, _ entry: UnsafeMutablePointer<pare_bank_entry>?
) -> Int32 {
  unsafe find(bank, byteCount, entry) { opened, _ in
    let index = Int(index)
    return index >= 0 && index < opened.modelCount ? index : nil
  }
}

/// Opens a bank and describes the entry whose number `index` gives.
private func find(
  _ bank: UnsafeRawPointer?, _ byteCount: Int, _ entry: UnsafeMutablePointer<pare_bank_entry>?,
  _ index: (Bank, Span<UInt8>) -> Int?
) -> Int32 {
  guard let bank = unsafe bank, let entry = unsafe entry, byteCount >= 0 else { return PARE_BAD_ARGUMENT }
  let start = unsafe bank.assumingMemoryBound(to: UInt8.self)
  let bytes = unsafe UnsafeBufferPointer(start: start, count: byteCount).span
  do {
    let opened = try Bank.open(bytes, checksum: SmallChecksum.self)
    guard let index = index(opened, bytes) else { return PARE_NOT_FOUND }
    let found = opened.entry(at: index, in: bytes)
    unsafe entry.pointee = unsafe pare_bank_entry(
      bytes: start.advanced(by: found.model.lowerBound), byte_count: found.model.count,
      name: bank.advanced(by: found.name.lowerBound).assumingMemoryBound(to: CChar.self),
      name_byte_count: Int32(truncatingIfNeeded: found.name.count), index: Int32(truncatingIfNeeded: index),
      count: Int32(truncatingIfNeeded: opened.modelCount))
    return PARE_OK
  } catch {
    return error.number
  }
}
