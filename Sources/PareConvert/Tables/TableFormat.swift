/// How one file of a table set is written around its numbers.
public struct TableFormat: Sendable, Equatable {
  /// A layout of word vectors: a word and its numbers in each line.
  public enum WordVectors: String, Sendable {
    /// No header.
    case glove
    /// A first line with the number of words and of dimensions.
    case word2vec
  }

  /// The tensor in the file.
  public var reference: TensorReference

  /// The file name's extension; nil where it had none (standard input).
  public var fileExtension: String?

  /// What separates cells: `,`, `;`, tab or a blank.
  public var separator: Character

  /// The columns' names, without the corner's.
  public var header: [String]?

  /// The rows' names (the words of word vectors).
  public var rowNames: [String]?

  /// What the header says above the row names; nil where it has one name fewer than the rows have cells.
  public var corner: String?

  /// The layout when it is one of word vectors.
  public var wordVectors: WordVectors?

  /// Creates a format.
  public init(
    _ reference: TensorReference, fileExtension: String? = "csv", separator: Character = ",",
    header: [String]? = nil, rowNames: [String]? = nil, corner: String? = nil, wordVectors: WordVectors? = nil
  ) {
    self.reference = reference
    self.fileExtension = fileExtension
    self.separator = separator
    self.header = header
    self.rowNames = rowNames
    self.corner = corner
    self.wordVectors = wordVectors
  }

  /// Whether nothing but the tensor is to be said: a `.csv` with commas.
  var isDefault: Bool {
    self == TableFormat(TensorReference(index: reference.index))
  }
}

extension TableFormat {
  /// The format as an object of a table set's document.
  var document: SourceDocument {
    var members: [SourceDocument.Member] = [.init("tensor", .tensor(reference))]
    if let fileExtension { members.append(.init("extension", .string(fileExtension))) }
    members.append(.init("separator", .string(String(separator))))
    if let wordVectors { members.append(.init("format", .string(wordVectors.rawValue))) }
    if let corner { members.append(.init("corner", .string(corner))) }
    if let header { members.append(.init("header", .array(header.map { .string($0) }))) }
    if let rowNames { members.append(.init("rowNames", .array(rowNames.map { .string($0) }))) }
    return .object(members)
  }

  /// The formats that a table set's document states. Objects that state none are left out; `parseTemplate` refuses
  /// a document that has such.
  public static func formats(of document: SourceDocument) -> [TableFormat] {
    guard case .array(let elements) = document else { return [] }
    return elements.compactMap { TableFormat($0) }
  }

  /// Nil when the value is no object with a tensor and a separator, or a member has another type than it should.
  init?(_ document: SourceDocument) {
    guard case .tensor(let reference)? = document["tensor"], case .string(let text)? = document["separator"],
      text.unicodeScalars.count == 1, let separator = text.first, ",;\t ".contains(separator)
    else { return nil }
    self.init(reference, fileExtension: nil, separator: separator)
    func string(_ key: String) -> String?? {
      switch document[key] {
      case nil: .some(nil)
      case .string(let text): text
      default: nil
      }
    }
    func strings(_ key: String) -> [String]?? {
      switch document[key] {
      case nil: return .some(nil)
      case .array(let elements):
        var texts: [String] = []
        for element in elements {
          guard case .string(let text) = element else { return nil }
          texts.append(text)
        }
        return texts
      default: return nil
      }
    }
    guard let fileExtension = string("extension"), let header = strings("header"),
      let rowNames = strings("rowNames"), let corner = string("corner"), let format = string("format")
    else { return nil }
    self.fileExtension = fileExtension
    self.header = header
    self.rowNames = rowNames
    self.corner = corner
    wordVectors = format.flatMap { WordVectors(rawValue: $0) }
  }
}
