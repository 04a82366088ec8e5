public import PareFormat
import Synchronization

/// A `.pare` file, opened: its structure is checked, its tensors are checked as they are asked for.
///
/// ```swift
/// let model = try Model(path: "lenet.pare")
/// let weights = try model.tensor("fc1.weight").floats()
/// ```
///
/// The file is mapped, not read. A model may be used from several threads.
@safe public final class Model: @unchecked Sendable {
  /// The verified structure.
  public let container: Container

  /// The records of all tensors, in the directory's order: names rise in byte order.
  public let records: [TensorRecord]

  // The bytes of `file`, which owns them: immutable, and at one place as long as the model lives.
  private let file: MappedFile
  private let buffer: UnsafeBufferPointer<UInt8>
  private let checked: Mutex<[Bool]>

  /// Opens the file at `path`; `-` is standard input.
  ///
  /// Throws when the file cannot be read, or when its header, sections or directory are damaged. Linear in the bytes
  /// before the payloads.
  public convenience init(path: String) throws(ModelError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .system(error) }
    try self.init(file, path: path)
  }

  /// Opens a container that is in memory.
  public convenience init(bytes: [UInt8]) throws(ModelError) {
    try self.init(MappedFile(bytes), path: "<memory>")
  }

  private init(_ file: MappedFile, path: String) throws(ModelError) {
    self.file = file
    unsafe buffer = file.buffer
    do { container = try Container.open(file.bytes, checksum: ZlibChecksum.self) } catch {
      throw .format(error, path: path)
    }
    var records: [TensorRecord] = []
    records.reserveCapacity(container.tensorCount)
    var cursor = container.records
    while let record = cursor.next(in: file.bytes) { records.append(record) }
    self.records = records
    checked = Mutex([Bool](repeating: false, count: records.count))
    self.path = path
  }

  /// Where the model came from.
  public let path: String

  /// The container's bytes, for the functions of PareFormat.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = unsafe buffer.span
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The name of a tensor.
  public func name(of record: TensorRecord) -> String {
    var name: [UInt8] = []
    for offset in record.name { name.append(bytes[offset]) }
    return String(decoding: name, as: UTF8.self)
  }

  /// The names of all tensors, rising in byte order.
  public var names: [String] { records.map(name(of:)) }

  /// The tensor named `name`. Throws when there is none, or when its payload is damaged.
  ///
  /// The payload is checked on the first call, linear in its size; later calls search the names alone.
  public func tensor(_ name: String) throws(ModelError) -> ModelTensor {
    let wanted = Array(name.utf8)
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if nameBytes(records[middle]).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
    }
    guard low < records.count, nameBytes(records[low]) == wanted else { throw .noTensor(name, path: path) }
    return try tensor(at: low)
  }

  /// The tensor with this index in the directory. Throws when its payload is damaged.
  /// Precondition: `index` is below the number of records.
  public func tensor(at index: Int) throws(ModelError) -> ModelTensor {
    let record = records[index]
    if checked.withLock({ $0[index] }) {
      return ModelTensor(model: self, tensor: container.checkedTensor(record), name: name(of: record))
    }
    do {
      let tensor = try container.tensor(record, in: bytes, checksum: ZlibChecksum.self)
      checked.withLock { $0[index] = true }
      return ModelTensor(model: self, tensor: tensor, name: name(of: record))
    } catch {
      throw .format(error, path: path, tensor: name(of: record))
    }
  }

  /// Checks every byte: all tensors, in the directory's order, then whether the model's shapes and sizes agree. Throws the
  /// first failure.
  public func validate() throws(ModelError) {
    for index in records.indices { _ = try tensor(at: index) }
    do { _ = try values() } catch { throw .format(error, path: path) }
  }

  /// The values of the container's model, with their shapes and places; none where there is no model. Throws `badShape` or
  /// `badModelSize` where shapes or sizes disagree. Quadratic in the operations at worst.
  public func values() throws(FormatError) -> [ModelValue] {
    try container.modelValues(bytes)
  }

  private func nameBytes(_ record: TensorRecord) -> [UInt8] {
    let bytes = bytes
    return record.name.map { bytes[$0] }
  }
}

extension Container {
  /// The values of the model, with their shapes and places; none where there is no model. Throws as `ModelPlan.make` does.
  /// `bytes` is the span that the container was opened with.
  public func modelValues(_ bytes: Span<UInt8>) throws(FormatError) -> [ModelValue] {
    guard let section = model else { return [] }
    // `record(at:)` would walk the directory for each tensor of each operation.
    var shapes: [Shape] = []
    var cursor = records
    while let record = cursor.next(in: bytes) { shapes.append(record.shape) }
    var values = [ModelValue](repeating: ModelValue(shape: FrameShape(1)), count: section.valueCount)
    var span = values.mutableSpan
    try ModelPlan.make(section, bytes, values: &span) { shapes[$0] }
    return values
  }
}

/// Why a model could not be opened or read.
public enum ModelError: Error, Sendable {
  /// The file cannot be read.
  case system(SystemError)
  /// The bytes are not a valid container.
  case format(FormatError, path: String, tensor: String? = nil)
  /// There is no tensor of this name.
  case noTensor(String, path: String)
  /// The container has weights alone.
  case noModel(path: String)
}

extension ModelError: CustomStringConvertible {
  /// `path: error: rule, found, at byte offset [code]`.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .format(let error, let path, let tensor):
      "\(path): error: " + (tensor.map { "tensor \($0): " } ?? "") + error.description
    case .noTensor(let name, let path): "\(path): error: no tensor is named \(name)"
    case .noModel(let path): "\(path): error: the container has weights alone, no model that could run"
    }
  }
}
