public import PareFormat

/// What entropy coding with one table would need, without the table.
enum StoredEntropy {
  /// The length of symbols that occur as often as `counts` says, in `CodeLength` units.
  static func length(_ counts: [Int]) -> Int {
    let total = CodeLength.log2(max(1, counts.reduce(0, +)))
    return counts.reduce(0) { $0 + ($1 == 0 ? 0 : $1 * (total - CodeLength.log2($1))) }
  }
}

extension Tensor {
  /// The order-0 entropy of the codes or indices in bits per element, an element that is not stored being a symbol of its own;
  /// nil for floats and for a tensor without elements.
  ///
  /// What entropy coding with one table would need without it; classes of rows can need less. Linear in the elements.
  public func storedEntropy(in bytes: Span<UInt8>) -> Double? {
    guard !encoding.element.isFloat, shape.elementCount > 0 else { return nil }
    var counts = [Int](repeating: 0, count: 1 << encoding.element.bitWidth)
    var stored = 0
    forEachStored(bytes) { _, field in
      counts[Int(field)] += 1
      stored += 1
    }
    counts.append(shape.elementCount - stored)
    return Double(StoredEntropy.length(counts)) / Double(CodeLength.bit) / Double(shape.elementCount)
  }
}
