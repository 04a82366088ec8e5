import PareFormat

/// One input of the fuzzer, read twice: as it is, and with its checksums repaired.
///
/// Bytes as they come test the framing. Hardly any have matching checksums, so the checks behind are reached by
/// repairing. A file that is refused is a result; a trap, a hang or memory above the limit is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0, let start = unsafe start else { return 0 }
  // The fuzzer owns the bytes and keeps them during the call.
  var bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  readEverything(bytes.span)
  repairChecksums(&bytes)
  readEverything(bytes.span)
  return 0
}
