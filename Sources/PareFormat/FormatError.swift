/// Why a container or a bank was refused: a stable code, and where.
///
/// Codes and offsets are part of the format (spec sections 11 and 12): every reader reports the same pair for
/// the same bad file.
public struct FormatError: Error, Sendable, Equatable {
  /// The stable code; the raw value is never given another meaning.
  public enum Code: UInt8, Sendable {
    case truncated = 1
    case badMagic = 2
    case unsupportedMajor = 3
    case unsupportedMinor = 4
    case reservedNotZero = 5
    case largeUnsupported = 6
    case containerTooLarge = 7
    case trailingBytes = 8
    case sectionOrder = 10
    case unknownCriticalSection = 11
    case sectionChecksum = 12
    case sectionOverrun = 13
    case nonMinimalInteger = 14
    case integerTooLarge = 15
    case tooManyTensors = 20
    case badName = 21
    case nameOrder = 22
    case unknownEncoding = 23
    case unsupportedEncodingVersion = 24
    case rankTooLarge = 25
    case tensorTooLarge = 26
    case expansionTooLarge = 27
    case badParameter = 28
    case payloadChecksum = 30
    case paddingNotZero = 31
    case badScale = 32
    case badZeroPoint = 33
    case badCodebook = 34
    case codeOutOfRange = 35
    case rowTableOrder = 36
    case positionOutOfRange = 37
    case positionOrder = 38
    case positionCountMismatch = 39
    case storedZero = 40
    case badTable = 41
    case badClass = 42
    case badStream = 43
    case badProvenance = 50
    case badOrder = 51
    case badSource = 52
    case badModel = 60
    case unknownOperation = 61
    case badReference = 62
    case badShape = 63
    case badModelSize = 64
    case indexChecksum = 70
    case badIndex = 71
  }

  /// The number of the code, which is all that firmware passes on: codes as such need a table to become numbers.
  public let codeNumber: UInt8

  /// What rule was broken.
  public var code: Code {
    // A number is that of a code, since an error is created from one.
    Code(rawValue: codeNumber) ?? .truncated
  }

  /// Where, in bytes from the start of the container, or of the bank.
  public let offset: Int

  // On a microcontroller an error is code and offset, two registers at each throw; the rest is for people.
  #if !hasFeature(Embedded)
    /// The index in the directory of the tensor whose payload is at fault; nil before payloads are reached.
    public let tensor: Int?

    /// The value found, where the rule is about one.
    public let found: Int?

    /// The limit or the value expected, where there is one.
    public let limit: Int?
  #endif

  /// Creates an error.
  @inline(__always)
  public init(_ code: Code, at offset: Int, tensor: Int? = nil, found: Int? = nil, limit: Int? = nil) {
    codeNumber = code.rawValue
    self.offset = offset
    #if !hasFeature(Embedded)
      self.tensor = tensor
      self.found = found
      self.limit = limit
    #endif
  }
}

#if hasFeature(Embedded)
  extension FormatError {
    /// Creates the error of a code's number.
    init(_ codeNumber: UInt8, at offset: Int) {
      self.codeNumber = codeNumber
      self.offset = offset
    }
  }
#endif

#if !hasFeature(Embedded)
  extension FormatError.Code: CaseIterable {}

  extension FormatError: CustomStringConvertible {
    /// One line: rule, values, offset, code name.
    public var description: String {
      var text = code.rule.description
      if let found {
        text += ", found \(found)"
        if let limit { text += " (expected \(limit))" }
      }
      if let tensor { text += ", tensor \(tensor)" }
      return text + " at byte 0x\(String(offset, radix: 16)) [\(code)]"
    }
  }
#endif

extension FormatError.Code {
  /// The rule in words.
  public var rule: StaticString {
    switch self {
    case .truncated: "the file ends too early"
    case .badMagic: "not a Pare file, or damaged by a text-mode transfer"
    case .unsupportedMajor: "major version not supported"
    case .unsupportedMinor: "a newer reader is needed"
    case .reservedNotZero: "a reserved bit is set"
    case .largeUnsupported: "a large container needs a 64-bit reader"
    case .containerTooLarge: "the container is above its size limit"
    case .trailingBytes: "bytes behind the last payload"
    case .sectionOrder: "section numbers must rise, the directory first"
    case .unknownCriticalSection: "a section that must be understood is unknown"
    case .sectionChecksum: "header or section damaged: checksum differs"
    case .sectionOverrun: "a field crosses the end of its section"
    case .nonMinimalInteger: "an integer is longer than needed"
    case .integerTooLarge: "an integer is above its limit"
    case .indexChecksum: "index of a bank damaged: checksum differs"
    case .badIndex: "a number in the index of a bank is not the one it must be"
    case .tooManyTensors: "more than 65535 tensors"
    case .badName: "a name must be 1 to 255 bytes of UTF-8 without control characters"
    case .nameOrder: "names must rise"
    case .unknownEncoding: "unknown encoding"
    case .unsupportedEncodingVersion: "encoding version not supported"
    case .rankTooLarge: "rank above 8"
    case .tensorTooLarge: "the tensor is above its size limit"
    case .expansionTooLarge: "the payload is too small for its tensor"
    case .badParameter: "a parameter is outside its range"
    case .payloadChecksum: "payload damaged: checksum differs"
    case .paddingNotZero: "padding must be zero"
    case .badScale: "a scale must be finite and above zero"
    case .badZeroPoint: "a zero point is outside the range of its codes"
    case .badCodebook: "codebook entries must be finite and rise"
    case .codeOutOfRange: "an index is behind the last codebook entry"
    case .rowTableOrder: "row table entries must not fall or pass the end"
    case .positionOutOfRange: "a position is behind its block"
    case .positionOrder: "positions in a row must rise"
    case .positionCountMismatch: "positions and row table disagree"
    case .storedZero: "a zero is stored in a sparse tensor"
    case .badTable: "frequencies do not fit their sum, or a table is malformed"
    case .badClass: "a class does not exist"
    case .badStream: "a coded stream ends too early, too late, or in the wrong state"
    case .badProvenance: "bad provenance record"
    case .badOrder: "bad order section"
    case .badSource: "bad source section"
    case .badModel: "bad model section"
    case .unknownOperation: "unknown operation"
    case .badReference: "a value is used before it is made, or a tensor does not exist"
    case .badShape: "shapes disagree"
    case .badModelSize: "state or scratch is not of the stated size, or above its limit"
    }
  }
}
