import PareFormat

extension ElementContents {
  /// The floats as they are, dropped ones as +0: f32, and what else holds all of them exactly.
  static func floats(_ tensor: FloatTensor, mask: PruningMask?) -> ElementContents {
    let values = tensor.values
    let stored = PruningMask(count: values.count) { element in
      mask?.keeps(element) != false && values.span[element].bitPattern != 0
    }
    let bits: (Int) -> UInt32 = { stored.keeps($0) ? values.span[$0].bitPattern : 0 }
    // Where nothing is dropped, the dense f32 payload is the source's memory itself.
    let dropsNothing = mask?.droppedCount ?? 0 == 0
    var choices = [StoredContent(element: .f32, isSource: dropsNothing, field: bits)]
    for element in [ElementCoding.f16, .bf16] where stored.kept.allSatisfy({ isExact(values.span[$0], as: element) }) {
      choices.append(StoredContent(element: element) { narrow(bits($0), to: element) })
    }
    if let entries = distinctValues(stored, values) {
      choices += StoredContent.codebook(entries, zero: entries.firstIndex(of: 0)) { element in
        index(of: Float(bitPattern: bits(element)), in: entries)
      }
    }
    return ElementContents(stored: stored, choices: choices)
  }

  /// Floats of 16 bits, each element rounded to nearest; `element` is f16 or bf16.
  static func narrowed(_ tensor: FloatTensor, mask: PruningMask?, to element: ElementCoding) -> ElementContents {
    let values = tensor.values
    let field: (Int) -> UInt32 = {
      mask?.keeps($0) != false ? narrow(values.span[$0].bitPattern, to: element) : 0
    }
    let stored = PruningMask(count: values.count) { field($0) != 0 }
    return ElementContents(stored: stored, choices: [StoredContent(element: element, field: field)])
  }

  /// The value that a float becomes in f16 or bf16.
  static func rounded(_ value: Float, to element: ElementCoding) -> Float {
    let narrow = UInt16(truncatingIfNeeded: narrow(value.bitPattern, to: element))
    return Float(
      bitPattern: element == .f16 ? HalfPrecision.widenHalf(narrow) : HalfPrecision.widenBrain(narrow))
  }

  private static func narrow(_ bits: UInt32, to element: ElementCoding) -> UInt32 {
    UInt32(element == .f16 ? HalfPrecision.narrowToHalf(bits) : HalfPrecision.narrowToBrain(bits))
  }

  private static func isExact(_ value: Float, as element: ElementCoding) -> Bool {
    rounded(value, to: element).bitPattern == value.bitPattern
  }

  /// The values that occur, rising, when a codebook can hold them: at most 256, finite, none -0. Zero is among them when
  /// an element is not stored.
  private static func distinctValues(_ stored: PruningMask, _ values: FloatBuffer) -> [Float]? {
    var found: [Float] = stored.droppedCount > 0 ? [0] : []
    for element in stored.kept {
      let value = values.span[element]
      guard value.isFinite, value != 0 else { return nil }
      let place = index(of: value, in: found)
      if place < found.count, found[place] == value { continue }
      guard found.count < 256 else { return nil }
      found.insert(value, at: place)
    }
    guard let last = found.last else { return nil }
    // A codebook has at least two entries; a value next to the only one is never used.
    if found.count == 1 { found.append(last.nextUp) }
    return found.allSatisfy(\.isFinite) ? found : nil
  }

  /// The index of the first entry that is not below `value`.
  private static func index(of value: Float, in entries: [Float]) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low &+ high) / 2
      if entries[middle] < value { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
