/// One operation of a model: what is computed from which values and tensors (spec section 10.4.2).
///
/// Every operation makes one value. Values are numbered: the model's inputs first, then one for each operation in order.
public struct Operation: Sendable {
  /// What is computed.
  public let kind: OperationKind

  /// The numbers of the values read; -1 where the kind reads fewer than two.
  public var inputs: InlineArray<2, Int32>

  /// The directory indices of the tensors, in the order of the kind's slots; -1 for one that is absent.
  public var tensors: InlineArray<5, Int32>

  /// The attributes, in the order of the kind's fields.
  public var attributes: InlineArray<9, Int32>

  /// The parameter of kinds and functions that have one, else 0.
  public var parameter: Float

  /// Creates an operation; fields that the kind does not have are ignored.
  public init(
    _ kind: OperationKind, inputs: InlineArray<2, Int32>, tensors: InlineArray<5, Int32> = .init(repeating: -1),
    attributes: InlineArray<9, Int32> = .init(repeating: 0), parameter: Float = 0
  ) {
    self.kind = kind
    self.inputs = inputs
    self.tensors = tensors
    self.attributes = attributes
    self.parameter = parameter
  }

  /// Attribute number `index`.
  @inlinable @inline(__always)
  public func attribute(_ index: Int) -> Int { Int(truncatingIfNeeded: attributes[index]) }

  /// The tensor in slot `index`, nil when it is absent.
  @inline(__always)
  public func tensor(_ index: Int) -> Int? {
    let number = Int(truncatingIfNeeded: tensors[index])
    return number < 0 ? nil : number
  }

  /// The value read in place `index`.
  @inlinable @inline(__always)
  public func input(_ index: Int) -> Int { Int(truncatingIfNeeded: inputs[index]) }
}

extension Operation {
  /// Reads the operation that makes value `number`. Offsets of errors are those of the fields.
  ///
  /// Throws `unknownOperation`, `badReference`, `badParameter`, the LEB128 codes and `sectionOverrun`.
  static func parse(
    _ fields: inout FieldReader, number: Int, tensorCount: Int
  ) throws(FormatError) -> Operation {
    let code = fields.u8()
    guard let kind = OperationKind(code: code) else { throw fields.error(.unknownOperation, found: code) }
    let form = kind.fields
    var operation = Operation(kind, inputs: [-1, -1])
    for index in 0..<form.inputCount {
      let back = fields.leb128()
      guard back >= 1, back <= number else { throw fields.error(.badReference, found: back, limit: number) }
      operation.inputs[index] = Int32(truncatingIfNeeded: number - back)
    }
    for slot in 0..<form.tensorCount {
      let index = fields.leb128()
      guard index <= tensorCount, index > 0 || slot >= form.requiredTensorCount else {
        throw fields.error(.badReference, found: index, limit: tensorCount)
      }
      operation.tensors[slot] = Int32(truncatingIfNeeded: index - 1)
    }
    for index in 0..<form.attributeCount {
      let value = fields.leb128()
      let range = kind.range(ofAttribute: index)
      guard range.contains(value) else {
        throw fields.error(.badParameter, found: value, limit: range.upperBound)
      }
      operation.attributes[index] = Int32(truncatingIfNeeded: value)
    }
    if operation.hasParameter {
      operation.parameter = Float(bitPattern: fields.u32())
      guard operation.parameter.isFinite, operation.parameter.sign == .plus else {
        throw fields.error(.badParameter)
      }
    }
    try fields.check()
    return operation
  }

  /// Writes the operation that makes value `number`.
  public func write(number: Int, to sink: inout some ByteSink) {
    let fields = kind.fields
    sink.append(kind.rawValue)
    for index in 0..<fields.inputCount { sink.leb128(number - input(index)) }
    for slot in 0..<fields.tensorCount { sink.leb128(Int(truncatingIfNeeded: tensors[slot]) + 1) }
    for index in 0..<fields.attributeCount { sink.leb128(attribute(index)) }
    if hasParameter { sink.u32(parameter.bitPattern) }
  }

  /// Whether an f32 follows the attributes.
  public var hasParameter: Bool {
    switch kind {
    case .batchNorm: true
    case .activation: attribute(0) == ActivationFunction.elu.code || attribute(0) == ActivationFunction.leakyReLU.code
    default: false
    }
  }
}
