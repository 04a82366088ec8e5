import Pare
import PareFormat

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes the codes of each quantized matrix of a container to a file of its own, one a byte, and prints one line for each:
/// `file TAB tensor TAB elements TAB bits of a code TAB bytes of the code streams`. Streams are the payload without scales,
/// zero points and entries; their tables are part of them.
func dumpCodes(_ path: String, into folder: String) throws {
  let model = try Model(path: path)
  for (index, record) in model.records.enumerated() where record.shape.rank >= 2 && !record.encoding.element.isFloat {
    let tensor = try model.tensor(at: index)
    let codes = codeBytes(tensor)
    let file = "\(folder)/\(index).codes"
    guard let stream = unsafe fopen(file, "wb") else { fatalError("cannot write \(file)") }
    // The array is alive during the call, the stream is open.
    _ = unsafe codes.withUnsafeBufferPointer { unsafe fwrite($0.baseAddress, 1, $0.count, stream) }
    unsafe fclose(stream)
    let parts = record.parts
    let byteCount = parts.byteCount - parts.zeroPoints.upperBound
    print("\(file)\t\(tensor.name)\t\(codes.count)\t\(record.encoding.element.bitWidth)\t\(byteCount)")
  }
}

/// The codes, or the indices into the codebook with 0 where nothing is stored, modulo 256.
func codeBytes(_ tensor: ModelTensor) -> [UInt8] {
  let values = tensor.floats()
  let inner = tensor.tensor
  let bytes = tensor.model.bytes
  if let codebook = inner.encoding.codebook {
    let entries = (0..<codebook.entryCount).map { inner.entry($0, in: bytes) }
    let isSparse = inner.encoding.nnz != nil
    return values.map { value in
      if isSparse, value == 0 { return 0 }
      var low = 0
      var high = entries.count - 1
      while low < high {
        let middle = (low + high) / 2
        if entries[middle] < value { low = middle + 1 } else { high = middle }
      }
      return UInt8(low + (isSparse ? 1 : 0))
    }
  }
  return values.enumerated().map { element, value in
    let scale = inner.scaleIndex(ofElement: element)
    let code = (value / inner.scale(scale, in: bytes)).rounded() + Float(inner.zeroPoint(scale, in: bytes))
    return UInt8(truncatingIfNeeded: Int(code))
  }
}
