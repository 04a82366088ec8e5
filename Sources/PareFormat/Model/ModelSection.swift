/// The model section: inputs, operations, outputs and facts, in wire order (spec section 10.4).
///
/// It holds offsets. `Container.open` has checked every field; whether shapes agree is checked by `ModelPlan`.
public struct ModelSection: Sendable {
  /// The f32 values that the state of a session takes.
  public private(set) var stateCount = 0

  /// The f32 values that a session needs beside its state, when it runs frame by frame.
  public private(set) var scratchCount = 0

  /// The number of inputs; 0 where there is no section.
  public var inputCount: Int { Int(truncatingIfNeeded: inputs) }

  /// The number of operations.
  public var operationCount: Int { Int(truncatingIfNeeded: operations) }

  /// The number of outputs.
  public var outputCount: Int { Int(truncatingIfNeeded: outputs) }

  /// The number of facts.
  public var factCount: Int { Int(truncatingIfNeeded: facts) }

  /// The number of values.
  public var valueCount: Int { inputCount + operationCount }

  /// The most inputs, outputs or facts.
  public static var maximumPortCount: Int { 255 }

  /// The most operations.
  public static var maximumOperationCount: Int { 16_383 }

  /// The most f32 values of state, and of scratch.
  public static var maximumCount: Int { 1 << 26 }

  /// The offsets of the fields that state sizes, for errors.
  private(set) var stateOffset = 0
  private(set) var scratchOffset = 0

  private var inputsStart = 0
  private var operationsStart = 0
  private var outputsStart = 0
  private var factsStart = 0
  private var end = 0

  // Counts are as small as their limits: whoever opens a container has this on the stack.
  private var inputs: UInt16 = 0
  private var operations: UInt16 = 0
  private var outputs: UInt16 = 0
  private var facts: UInt16 = 0
  private var tensors: UInt16 = 0

  #if !_pointerBitWidth(_32)
    private var integerBits = 0
  #else
    private var integerBits: Int { 31 }
  #endif

  /// No section.
  init() {}

  /// Reads a section's body that is all of `bytes`; errors are those of a container's section.
  public init(body bytes: Span<UInt8>, tensorCount: Int) throws(FormatError) {
    try parse(bytes, 0..<bytes.count, tensorCount: tensorCount, header: Header(isLarge: true))
  }

  /// Reads the section. Throws `badModel` for counts out of range, names and facts that are not text, what operations
  /// throw, the LEB128 codes, and `sectionOverrun`.
  @inline(never)
  mutating func parse(
    _ bytes: Span<UInt8>, _ body: Range<Int>, tensorCount: Int, header: Header
  ) throws(FormatError) {
    end = body.upperBound
    tensors = UInt16(truncatingIfNeeded: tensorCount)
    #if !_pointerBitWidth(_32)
      integerBits = header.integerBits
    #endif
    // Behind a mistake all counts are the least ones, so that only the last check is needed.
    var fields = fields(at: body.lowerBound, bytes)
    stateOffset = fields.offset
    stateCount = fields.count(0...Self.maximumCount)
    scratchOffset = fields.offset
    scratchCount = fields.count(0...Self.maximumCount)
    inputs = UInt16(truncatingIfNeeded: fields.count(1...Self.maximumPortCount))
    inputsStart = fields.offset
    for _ in 0..<inputCount { _ = ModelInput.parse(&fields) }
    operations = UInt16(truncatingIfNeeded: fields.count(0...Self.maximumOperationCount))
    operationsStart = fields.offset
    for number in inputCount..<valueCount { _ = try Operation.parse(&fields, number: number, tensorCount: tensorCount) }
    outputs = UInt16(truncatingIfNeeded: fields.count(1...Self.maximumPortCount))
    outputsStart = fields.offset
    for _ in 0..<outputCount { _ = ModelOutput.parse(&fields, valueCount: valueCount) }
    facts = UInt16(truncatingIfNeeded: fields.count(0...Self.maximumPortCount))
    factsStart = fields.offset
    var previous: Range<Int>?
    for _ in 0..<factCount { previous = ModelFact.parse(&fields, after: previous).key }
    guard fields.isAtEnd else { throw FormatError(.badModel, at: fields.offset) }
    try fields.check()
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
      body(index, ModelInput.parse(&fields))
    }
  }

  /// Hands out the operations in order, each with the number of the value that it makes and its offset. Ends early where `body`
  /// gives false.
  public func forEachOperation(_ bytes: Span<UInt8>, _ body: (Int, Operation, _ offset: Int) -> Bool) {
    var fields = fields(at: operationsStart, bytes)
    for index in 0..<operationCount {
      let offset = fields.offset
      guard
        let operation = try? Operation.parse(
          &fields, number: inputCount + index, tensorCount: Int(truncatingIfNeeded: tensors)),
        body(inputCount + index, operation, offset)
      else { return }
    }
  }

  /// Hands out the outputs in order.
  public func forEachOutput(_ bytes: Span<UInt8>, _ body: (Int, ModelOutput) -> Void) {
    var fields = fields(at: outputsStart, bytes)
    for index in 0..<outputCount {
      body(index, ModelOutput.parse(&fields, valueCount: valueCount))
    }
  }

  /// Hands out the facts in order.
  public func forEachFact(_ bytes: Span<UInt8>, _ body: (ModelFact) -> Void) {
    var fields = fields(at: factsStart, bytes)
    for _ in 0..<factCount { body(ModelFact.parse(&fields, after: nil)) }
  }
}

extension FieldReader {
  /// Reads a count; notes `badModel` and gives the least one where it is out of range.
  @inline(never)
  mutating func count(_ range: ClosedRange<Int>) -> Int {
    let value = leb128()
    if range.contains(value) { return value }
    note(.badModel, found: value, limit: range.upperBound)
    return range.lowerBound
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
