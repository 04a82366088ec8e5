/// The model section: inputs, operations, outputs and facts, in wire order (spec section 10.4).
///
/// It holds offsets. `Container.open` has checked every field; whether shapes agree is checked by `ModelPlan`.
public struct ModelSection: Sendable {
  /// The f32 values that the state of a session takes.
  public let stateCount: Int

  /// The f32 values that a session needs beside its state, when it runs frame by frame.
  public let scratchCount: Int

  /// The number of inputs.
  public let inputCount: Int

  /// The number of operations.
  public let operationCount: Int

  /// The number of outputs.
  public let outputCount: Int

  /// The number of facts.
  public let factCount: Int

  /// The number of values.
  public var valueCount: Int { inputCount + operationCount }

  /// The most inputs, outputs or facts.
  public static var maximumPortCount: Int { 255 }

  /// The most operations.
  public static var maximumOperationCount: Int { 16_383 }

  /// The most f32 values of state, and of scratch.
  public static var maximumCount: Int { 1 << 26 }

  /// The offsets of the fields that state sizes, for errors.
  let stateOffset: Int
  let scratchOffset: Int

  private let inputsStart: Int
  private let operationsStart: Int
  private let outputsStart: Int
  private let factsStart: Int
  private let end: Int
  private let tensorCount: Int
  private let integerBits: Int

  /// No section.
  init() {
    self.init(
      stateCount: 0, scratchCount: 0, inputCount: 0, operationCount: 0, outputCount: 0, factCount: 0, stateOffset: 0,
      scratchOffset: 0, inputsStart: 0, operationsStart: 0, outputsStart: 0, factsStart: 0, end: 0, tensorCount: 0,
      integerBits: 0)
  }

  /// Reads a section's body that is all of `bytes`; errors are those of a container's section.
  public init(body bytes: Span<UInt8>, tensorCount: Int) throws(FormatError) {
    self = try Self.parse(bytes, 0..<bytes.count, tensorCount: tensorCount, header: Header(isLarge: true))
  }

  /// Reads the section. Throws `badModel` for counts out of range, names and facts that are not text, what operations
  /// throw, the LEB128 codes, and `sectionOverrun`.
  static func parse(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) throws(FormatError) -> ModelSection {
    var fields = FieldReader(bytes, from: body.lowerBound, to: body.upperBound, integerBits: header.integerBits)
    let stateOffset = fields.offset
    let stateCount = try fields.count(0...maximumCount)
    let scratchOffset = fields.offset
    let scratchCount = try fields.count(0...maximumCount)
    let inputCount = try fields.count(1...maximumPortCount)
    let inputsStart = fields.offset
    for _ in 0..<inputCount { _ = try ModelInput.parse(&fields) }
    let operationCount = try fields.count(0...maximumOperationCount)
    let operationsStart = fields.offset
    for index in 0..<operationCount {
      _ = try Operation.parse(&fields, number: inputCount + index, tensorCount: tensorCount)
    }
    let outputCount = try fields.count(1...maximumPortCount)
    let outputsStart = fields.offset
    for _ in 0..<outputCount { _ = try ModelOutput.parse(&fields, valueCount: inputCount + operationCount) }
    let factCount = try fields.count(0...maximumPortCount)
    let factsStart = fields.offset
    var previous: Range<Int>?
    for _ in 0..<factCount {
      previous = try ModelFact.parse(&fields, after: previous).key
    }
    guard fields.isAtEnd else { throw FormatError(.badModel, at: fields.offset) }
    return ModelSection(
      stateCount: stateCount, scratchCount: scratchCount, inputCount: inputCount, operationCount: operationCount,
      outputCount: outputCount, factCount: factCount, stateOffset: stateOffset, scratchOffset: scratchOffset,
      inputsStart: inputsStart, operationsStart: operationsStart, outputsStart: outputsStart, factsStart: factsStart,
      end: body.upperBound, tensorCount: tensorCount, integerBits: header.integerBits)
  }

  private init(
    stateCount: Int, scratchCount: Int, inputCount: Int, operationCount: Int, outputCount: Int, factCount: Int,
    stateOffset: Int, scratchOffset: Int, inputsStart: Int, operationsStart: Int, outputsStart: Int, factsStart: Int,
    end: Int, tensorCount: Int, integerBits: Int
  ) {
    self.stateCount = stateCount
    self.scratchCount = scratchCount
    self.inputCount = inputCount
    self.operationCount = operationCount
    self.outputCount = outputCount
    self.factCount = factCount
    self.stateOffset = stateOffset
    self.scratchOffset = scratchOffset
    self.inputsStart = inputsStart
    self.operationsStart = operationsStart
    self.outputsStart = outputsStart
    self.factsStart = factsStart
    self.end = end
    self.tensorCount = tensorCount
    self.integerBits = integerBits
  }

  @_lifetime(copy bytes)
  private func fields(at offset: Int, _ bytes: Span<UInt8>) -> FieldReader {
    FieldReader(bytes, from: offset, to: end, integerBits: integerBits)
  }

  // `Container.open` has parsed the same bytes without an error, so the walks below end where their counts say.

  /// Hands out the inputs in order.
  public func forEachInput(_ bytes: Span<UInt8>, _ body: (Int, ModelInput) -> Void) {
    var fields = fields(at: inputsStart, bytes)
    for index in 0..<inputCount {
      guard let input = try? ModelInput.parse(&fields) else { return }
      body(index, input)
    }
  }

  /// Hands out the operations in order, each with the number of the value that it makes and its offset. Ends early where `body`
  /// gives false.
  public func forEachOperation(_ bytes: Span<UInt8>, _ body: (Int, Operation, _ offset: Int) -> Bool) {
    var fields = fields(at: operationsStart, bytes)
    for index in 0..<operationCount {
      let offset = fields.offset
      guard
        let operation = try? Operation.parse(&fields, number: inputCount + index, tensorCount: tensorCount),
        body(inputCount + index, operation, offset)
      else { return }
    }
  }

  /// Hands out the outputs in order.
  public func forEachOutput(_ bytes: Span<UInt8>, _ body: (Int, ModelOutput) -> Void) {
    var fields = fields(at: outputsStart, bytes)
    for index in 0..<outputCount {
      guard let output = try? ModelOutput.parse(&fields, valueCount: valueCount) else { return }
      body(index, output)
    }
  }

  /// Hands out the facts in order.
  public func forEachFact(_ bytes: Span<UInt8>, _ body: (ModelFact) -> Void) {
    var fields = fields(at: factsStart, bytes)
    for _ in 0..<factCount {
      guard let fact = try? ModelFact.parse(&fields, after: nil) else { return }
      body(fact)
    }
  }
}

extension FieldReader {
  /// Reads a count; throws `badModel` where it is out of range.
  mutating func count(_ range: ClosedRange<Int>) throws(FormatError) -> Int {
    let value = leb128()
    guard range.contains(value) else { throw error(.badModel, found: value, limit: range.upperBound) }
    try check()
    return value
  }

  /// Reads a text behind its byte count, which may be 0; notes `badModel` at the text where it is not plain.
  @inline(never)
  mutating func text() -> Range<Int> {
    skip(u8())
    let text = field..<offset
    if !bytes.isPlainText(text) { note(.badModel) }
    return text
  }
}
