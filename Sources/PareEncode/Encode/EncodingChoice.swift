import PareFormat

extension ElementContents {
  /// Every encoding that represents the elements and keeps the format's limits, cheapest first.
  ///
  /// The cost is exact: the bytes of the record, the name aside, and of the payload. Of equal costs the earlier one wins,
  /// dense before sparse, in place before coded, so the choice is the same everywhere.
  func candidates(shape: Shape, profile: Profile) -> [EncodingChoice] {
    let positions = stored.candidates(shape: shape)
    var found: [EncodingChoice] = []
    for content in choices {
      var codings: [PositionCoding] = content.allowsDense ? [.dense] : []
      if content.allowsSparse { codings += positions.map { .sparse($0) } }
      found += codings.compactMap { EncodingChoice(content, $0, shape) }
    }
    if profile == .compact, shape.elementCount > 0 {
      for content in choices {
        if content.allowsDense { found += coded(content, shape, stored: nil) }
        if content.allowsSparse, stored.droppedCount > 0 { found += coded(content, shape, stored: stored) }
      }
    }
    // `sorted` keeps the order of equal elements.
    return found.sorted { $0.byteCount < $1.byteCount }
  }

  private func coded(_ content: StoredContent, _ shape: Shape, stored: PruningMask?) -> [EncodingChoice] {
    let part = CodedPart(content, shape: shape, stored: stored)
    return EncodingChoice(content, .coded(part.parameters), shape, coded: part.bytes).map { [$0] } ?? []
  }
}

/// Which encodings are chosen from.
public enum Profile: String, Sendable, CaseIterable {
  /// What is stored is used where it lies: fixed widths, aligned.
  case inPlace = "in-place"
  /// Also entropy coded, where that is smaller.
  case compact
}

/// An encoding with its layout and cost.
struct EncodingChoice {
  let content: StoredContent
  let encoding: Encoding
  let parts: PayloadParts
  let byteCount: Int

  /// The coded part of an entropy-coded tensor.
  let coded: [UInt8]?
}

extension EncodingChoice {
  fileprivate init?(_ content: StoredContent, _ position: PositionCoding, _ shape: Shape, coded: [UInt8]? = nil) {
    let encoding = Encoding(element: content.element, position: position)
    guard let parts = PayloadParts(shape: shape, encoding: encoding, largest: Header(isLarge: true).largestSize),
      TensorRecord.isAllowed(elementCount: shape.elementCount, payloadByteCount: parts.byteCount)
    else { return nil }
    var counter = ByteCounter()
    let name: [UInt8] = []
    TensorRecord.write(name: name.span, shape: shape, encoding: encoding, checksum: 0, to: &counter)
    self.init(
      content: content, encoding: encoding, parts: parts, byteCount: counter.count + parts.byteCount, coded: coded)
  }
}

/// Counts bytes instead of writing them.
private struct ByteCounter: ByteSink {
  var count = 0
  mutating func append(_ byte: UInt8) { count += 1 }
}
