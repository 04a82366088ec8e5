import PareFormat

/// Gives damaged bytes the checksums that fit them, as far as sections and records can still be found: what an attacker
/// does, and what lets mutated bytes reach the checks behind the checksums.
func repairChecksums(_ bytes: inout [UInt8]) {
  if Bank.hasMagic(bytes.span) { return repairIndex(&bytes) }
  repairSections(&bytes)
  guard let container = try? Container.open(bytes.span, checksum: SmallChecksum.self) else { return }
  var records: [TensorRecord] = []
  var cursor = container.records
  while let record = cursor.next(in: bytes.span) { records.append(record) }
  for (index, record) in records.enumerated() {
    // A record ends with its checksum; the next one starts with the byte before its name.
    let end = index + 1 < records.count ? records[index + 1].name.lowerBound - 1 : container.directory.upperBound
    put(SmallChecksum.update(0, bytes.span, record.payloadOffset..<record.payloadEnd), at: end - 4, &bytes)
  }
  repairSections(&bytes)
}

private func repairSections(_ bytes: inout [UInt8]) {
  var offset = 12
  var checked = 0
  var isLast = false
  while !isLast, offset < bytes.count {
    isLast = bytes[offset] & 0x80 != 0
    offset += 1
    var byteCount = 0
    var shift = 0
    while offset < bytes.count, shift < 49 {
      byteCount |= Int(bytes[offset] & 0x7F) << shift
      shift += 7
      offset += 1
      if bytes[offset - 1] < 0x80 { break }
    }
    guard byteCount <= bytes.count - offset - 4 else { return }
    offset += byteCount
    put(SmallChecksum.update(0, bytes.span, checked..<offset), at: offset, &bytes)
    offset += 4
    checked = offset
  }
}

private func repairIndex(_ bytes: inout [UInt8]) {
  guard bytes.count >= 20 else { return }
  let first = bytes[16..<20].reversed().reduce(0) { $0 << 8 | Int($1) }
  guard first >= 16, first <= bytes.count else { return }
  put(SmallChecksum.update(SmallChecksum.update(0, bytes.span, 0..<12), bytes.span, 16..<first), at: 12, &bytes)
}

private func put(_ value: UInt32, at offset: Int, _ bytes: inout [UInt8]) {
  for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
}
