import PareFormat

extension ElementContents {
  /// Every encoding that represents the elements and keeps the format's limits, the cheapest first, then by bytes.
  ///
  /// The bytes are exact: those of the record, the name aside, and of the payload. Of equal ones the earlier one wins, dense before
  /// sparse, so the choice is the same everywhere.
  func candidates(shape: Shape, options: EncodingOptions) -> [EncodingChoice] {
    let positions = stored.candidates(shape: shape)
    var found: [EncodingChoice] = []
    for content in choices {
      var codings: [PositionCoding] = content.allowsDense ? [.dense] : []
      if content.allowsSparse { codings += positions.map { .sparse($0) } }
      found += codings.compactMap { EncodingChoice(content, $0, shape) }
    }
    if options.profile == .compact, shape.elementCount > 0 {
      let blockRowsLog2 = options.blockRowsLog2(of: shape)
      let isSparseInPlace = found.min { $0.byteCount < $1.byteCount }?.encoding.nnz != nil
      for content in choices {
        if content.allowsDense { EncodingChoice.add(content, shape, nil, blockRowsLog2, to: &found) }
        if content.allowsSparse, isSparseInPlace || stored.isWorthLeavingOut, stored.canBeCoded(content) {
          EncodingChoice.add(content, shape, stored, blockRowsLog2, to: &found)
        }
      }
    }
    return found.cheapestFirst(options)
  }
}

extension PruningMask {
  /// Whether there are zeros enough for entropy coding to leave them out: a few are as well one more symbol.
  fileprivate var isWorthLeavingOut: Bool { droppedCount > 0 && droppedCount >= count / 8 }

  /// Whether elements stored sparse are entropy coded: those of a large tensor of floats would take as much memory as the source.
  func canBeCoded(_ content: StoredContent) -> Bool { !content.element.isFloat || keptCount <= 1 << 22 }
}

/// Which encodings are compared, and how those without a choice of their own are laid out.
public struct EncodingOptions: Sendable, Equatable {
  /// Which encodings are compared.
  public var profile: Profile

  /// Rows in a block of an entropy-coded tensor, a power of two: where reading may begin. Nil: one block a tensor.
  public var codedBlockRows: Int?

  /// How a step with a target in decibels rounds: where sizes depend on how often a code occurs, by rate and distortion unless something
  /// else was asked for.
  public var rounding: Rounding {
    get { chosenRounding ?? (profile == .compact ? .rateDistortion : .nearest) }
    set { chosenRounding = newValue }
  }

  private var chosenRounding: Rounding?

  /// The alignment of the container.
  public var alignment: Int

  /// Creates options. Precondition: `codedBlockRows` is a power of two up to 2^30.
  public init(profile: Profile = .inPlace, codedBlockRows: Int? = nil, alignment: Int = 4) {
    precondition(codedBlockRows.map { $0 > 0 && $0 & ($0 - 1) == 0 && $0 <= 1 << 30 } ?? true)
    self.profile = profile
    self.codedBlockRows = codedBlockRows
    self.alignment = alignment
  }

  /// What entropy coding must save of a tensor to be chosen. So it never makes a container larger than all tensors in place would
  /// be, whatever the other tensors are.
  ///
  /// Payloads in place are aligned: of what is saved before one of them, padding may take all but a multiple of the alignment, so
  /// at most a - 1 bytes. Where records grow for payloads that shrink, the padding behind the sections may grow once by as much,
  /// and the directory's size may take a byte more.
  public var leastSaving: Int { 2 * alignment - 1 }

  /// k of the records (spec section 8): nil where the whole tensor is one block.
  func blockRowsLog2(of shape: Shape) -> Int? {
    codedBlockRows.flatMap { $0 < shape.rows ? $0.trailingZeroBitCount : nil }
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

  /// The coded part of an entropy-coded tensor, where it is the cheapest of them.
  var coded: [UInt8]?
}

extension [EncodingChoice] {
  /// The choice with the lowest cost, then the others by their bytes; of equal ones the earlier one comes first, but an entropy-coded
  /// one that saves just enough before one in place.
  func cheapestFirst(_ options: EncodingOptions) -> [EncodingChoice] {
    // `sorted` keeps the order of equal elements, and `min` finds the first of them.
    var sorted = sorted { $0.byteCount < $1.byteCount }
    if let best = sorted.indices.min(by: { sorted[$0].cost(options) < sorted[$1].cost(options) }) {
      sorted.insert(sorted.remove(at: best), at: 0)
    }
    return sorted
  }
}

extension EncodingChoice {
  /// The bytes, and for an entropy-coded one what it must save beside one in place.
  func cost(_ options: EncodingOptions) -> Int { byteCount + (encoding.coded == nil ? 0 : options.leastSaving) }

  /// Adds an entropy-coded choice; of all of them only the cheapest keeps its bytes.
  static func add(
    _ content: StoredContent, _ shape: Shape, _ stored: PruningMask?, _ blockRowsLog2: Int?,
    to found: inout [EncodingChoice]
  ) {
    let part = CodedPart(content, shape: shape, stored: stored, blockRowsLog2: blockRowsLog2)
    guard var choice = EncodingChoice(content, .coded(part.parameters), shape, coded: part.bytes) else { return }
    for index in found.indices where found[index].coded != nil {
      if found[index].byteCount <= choice.byteCount { choice.coded = nil } else { found[index].coded = nil }
    }
    found.append(choice)
  }

  init?(_ content: StoredContent, _ position: PositionCoding, _ shape: Shape, coded: [UInt8]? = nil) {
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
