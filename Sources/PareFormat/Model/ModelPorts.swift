/// An input of a model: its name and the shape of one frame (spec section 10.4.1).
public struct ModelInput: Sendable {
  /// The offsets of the name, UTF-8; empty when it has none.
  public let name: Range<Int>

  /// The shape of a frame.
  public let shape: FrameShape

  static func parse(_ fields: inout FieldReader) -> ModelInput {
    ModelInput(name: fields.text(), shape: FrameShape.parse(&fields))
  }

  /// Writes an input. Precondition: the name is plain text of at most 255 bytes.
  public static func write(name: Span<UInt8>, shape: FrameShape, to sink: inout some ByteSink) {
    sink.text(name)
    shape.write(to: &sink)
  }
}

/// An output of a model: its name and which value it is.
public struct ModelOutput: Sendable {
  /// The offsets of the name, UTF-8; empty when it has none.
  public let name: Range<Int>

  /// The number of the value.
  public let value: Int

  /// The offset of the first byte.
  let offset: Int

  static func parse(_ fields: inout FieldReader, valueCount: Int) -> ModelOutput {
    let start = fields.offset
    let name = fields.text()
    let back = fields.leb128()
    if back < 1 || back > valueCount { fields.note(.badReference, found: back, limit: valueCount) }
    return ModelOutput(name: name, value: valueCount - back, offset: start)
  }

  /// Writes an output. Precondition: the name is plain text of at most 255 bytes.
  public static func write(name: Span<UInt8>, value: Int, valueCount: Int, to sink: inout some ByteSink) {
    sink.text(name)
    sink.leb128(valueCount - value)
  }
}

/// Something to know about a model, as its sample rate: a key and a text.
public struct ModelFact: Sendable {
  /// The offsets of the key, UTF-8.
  public let key: Range<Int>

  /// The offsets of the text, UTF-8.
  public let text: Range<Int>

  /// `previous` is the key of the fact before.
  static func parse(_ fields: inout FieldReader, after previous: Range<Int>?) -> ModelFact {
    let start = fields.offset
    let key = fields.text()
    if let previous, !fields.bytes.isLess(previous, key) { _ = fields.error(.badModel, at: start) }
    return ModelFact(key: key, text: fields.text())
  }

  /// Writes a fact. Precondition: both are plain text of at most 255 bytes.
  public static func write(key: Span<UInt8>, text: Span<UInt8>, to sink: inout some ByteSink) {
    sink.text(key)
    sink.text(text)
  }
}

/// The shape of one frame of a value: one to three extents, each at least 1.
///
/// One extent is channels; two are features and channels; three are channels, height and width.
public struct FrameShape: Sendable, Equatable {
  /// The number of extents.
  public let rank: Int

  @usableFromInline let first: Int32
  @usableFromInline let second: Int32
  @usableFromInline let third: Int32

  /// The most elements of a frame.
  public static var maximumElementCount: Int { 1 << 24 }

  /// Channels.
  public init(_ channels: Int) { self.init(rank: 1, channels, 1, 1) }

  /// Features and channels.
  public init(_ features: Int, _ channels: Int) { self.init(rank: 2, features, channels, 1) }

  /// Channels, height and width.
  public init(_ channels: Int, _ height: Int, _ width: Int) { self.init(rank: 3, channels, height, width) }

  private init(rank: Int, _ first: Int, _ second: Int, _ third: Int) {
    self.rank = rank
    // What does not fit stays too large, for `checked`.
    self.first = Int32(clamping: first)
    self.second = Int32(clamping: second)
    self.third = Int32(clamping: third)
  }

  /// Extent `axis`; 1 behind the last.
  @inlinable
  public subscript(_ axis: Int) -> Int {
    Int(truncatingIfNeeded: axis == 0 ? first : axis == 1 ? second : third)
  }

  /// The number of elements.
  @inlinable public var elementCount: Int { self[0] &* self[1] &* self[2] }

  /// Nil where an extent is below 1 or there are too many elements.
  var checked: FrameShape? {
    guard first > 0, second > 0, third > 0,
      self[0].limitedProduct(self[1]).limitedProduct(self[2]) <= Self.maximumElementCount
    else { return nil }
    return self
  }

  @inline(never)
  static func parse(_ fields: inout FieldReader) -> FrameShape {
    let start = fields.offset
    let rank = fields.u8()
    var extents: InlineArray<3, Int> = [1, 1, 1]
    if rank >= 1, rank <= 3 {
      for axis in 0..<rank { extents[axis] = fields.count(1...maximumElementCount) }
    } else {
      fields.note(.badModel, found: rank, limit: 3)
    }
    let shape = FrameShape(rank: rank, extents[0], extents[1], extents[2])
    if shape.checked == nil { _ = fields.error(.badModel, at: start, limit: maximumElementCount) }
    return shape
  }

  func write(to sink: inout some ByteSink) {
    sink.append(UInt8(truncatingIfNeeded: rank))
    for axis in 0..<rank { sink.leb128(self[axis]) }
  }
}

extension ByteSink {
  /// Writes a text behind its byte count.
  fileprivate mutating func text(_ text: Span<UInt8>) {
    append(UInt8(truncatingIfNeeded: text.count))
    for index in text.indices { append(text[index]) }
  }
}
