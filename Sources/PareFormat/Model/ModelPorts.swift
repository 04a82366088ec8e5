/// An input of a model: its name and the shape of one frame (spec section 10.4.1).
public struct ModelInput: Sendable {
  /// The offsets of the name, UTF-8; empty when it has none.
  public let name: Range<Int>

  /// The shape of a frame.
  public let shape: FrameShape

  static func parse(_ fields: inout FieldReader) throws(FormatError) -> ModelInput {
    ModelInput(name: fields.text(), shape: try FrameShape.parse(&fields))
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

  static func parse(
    _ fields: inout FieldReader, valueCount: Int
  ) throws(FormatError) -> ModelOutput {
    let start = fields.offset
    let name = fields.text()
    let back = fields.leb128()
    guard back >= 1, back <= valueCount else { throw fields.error(.badReference, found: back, limit: valueCount) }
    try fields.check()
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
  static func parse(
    _ fields: inout FieldReader, after previous: Range<Int>?
  ) throws(FormatError) -> ModelFact {
    let start = fields.offset
    let key = fields.text()
    try fields.check()
    if let previous, !fields.bytes.isLess(previous, key) { throw FormatError(.badModel, at: start) }
    let fact = ModelFact(key: key, text: fields.text())
    try fields.check()
    return fact
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
    guard first > 0, second > 0, third > 0 else { return nil }
    let limit = Self.maximumElementCount
    guard self[0] <= limit, self[1] <= limit / self[0], self[2] <= limit / (self[0] &* self[1]) else { return nil }
    return self
  }

  static func parse(_ fields: inout FieldReader) throws(FormatError) -> FrameShape {
    let start = fields.offset
    let rank = fields.u8()
    guard rank >= 1, rank <= 3 else { throw fields.error(.badModel, found: rank, limit: 3) }
    var extents: InlineArray<3, Int> = [1, 1, 1]
    for axis in 0..<rank { extents[axis] = try fields.count(1...maximumElementCount) }
    guard let shape = FrameShape(rank: rank, extents[0], extents[1], extents[2]).checked else {
      throw FormatError(.badModel, at: start, limit: maximumElementCount)
    }
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
