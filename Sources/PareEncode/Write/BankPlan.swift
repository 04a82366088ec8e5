public import PareFormat

/// A bank that has been laid out: several containers in one image (spec section 15).
///
/// The bytes depend on names, containers and alignment alone, not on the order in which models are given.
public struct BankPlan: Sendable {
  /// A container and its name in the bank.
  public struct Model: Sendable {
    /// 1 to 255 bytes of UTF-8 without control characters.
    public let name: String

    /// The container, whole.
    public let container: [UInt8]

    /// Creates a model.
    public init(name: String, container: [UInt8]) {
      self.name = name
      self.container = container
    }
  }

  /// The models in the order of the index.
  public let models: [Model]

  /// Where each of them is.
  public let entries: [BankEntry]

  /// Header, index and names.
  public let prefix: [UInt8]

  /// The size of the bank.
  public var byteCount: Int { entries.last.map(\.model.upperBound) ?? 0 }

  /// Lays out a bank. Precondition: `alignment` is a power of two from 16 to 65 536, at least that of each container.
  ///
  /// Throws `badName`, `duplicateName`, and `badBank` where there is no model, too many, or more bytes than 2^31 - 1.
  public init<C: Checksum>(_ models: [Model], alignment: Int = 16, checksum: C.Type) throws(EncodeError) {
    guard !models.isEmpty, models.count <= Bank.maximumModelCount else {
      throw EncodeError(.badBank, expected: "a bank holds 1 to \(Bank.maximumModelCount) models")
    }
    let sorted = models.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    try Self.requireNames(sorted)

    let bank = Bank(modelCount: sorted.count, alignment: alignment)
    var names: [UInt8] = []
    let namesStart = Bank.headerByteCount + BankEntry.byteCount * sorted.count
    var end = align(sorted.reduce(namesStart) { $0 + $1.name.utf8.count }, to: alignment)
    var entries: [BankEntry] = []
    for model in sorted {
      let name = namesStart + names.count
      names.append(contentsOf: model.name.utf8)
      let start = align(end, to: alignment)
      end = start + model.container.count
      entries.append(BankEntry(name: name..<namesStart + names.count, model: start..<end))
    }
    guard end <= Bank.largestByteCount else {
      throw EncodeError(.badBank, expected: "a bank has at most \(Bank.largestByteCount) bytes")
    }

    var index: [UInt8] = []
    for entry in entries { entry.write(to: &index) }
    index += names
    index += [UInt8](repeating: 0, count: entries[0].model.lowerBound - Bank.headerByteCount - index.count)
    var prefix: [UInt8] = []
    bank.writeStart(to: &prefix)
    let crc = checksum.update(0, prefix.span, 0..<prefix.count)
    prefix.u32(checksum.update(crc, index.span, 0..<index.count))
    self.models = sorted
    self.entries = entries
    self.prefix = prefix + index
  }

  /// Gives the bank's bytes to `sink`, in order.
  public func write<Failure: Error>(to sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try sink(prefix.span)
    var end = prefix.count
    for (model, entry) in zip(models, entries) {
      let padding = [UInt8](repeating: 0, count: entry.model.lowerBound - end)
      try sink(padding.span)
      try sink(model.container.span)
      end = entry.model.upperBound
    }
  }

  private static func requireNames(_ models: [Model]) throws(EncodeError) {
    for model in models where !ContainerPlan.isName(model.name) {
      throw EncodeError(
        .badName, tensor: model.name, expected: "a name is 1 to 255 bytes of UTF-8 without control characters")
    }
    for (first, second) in zip(models, models.dropFirst()) where first.name.utf8.elementsEqual(second.name.utf8) {
      throw EncodeError(.duplicateName, tensor: second.name, expected: "each model of a bank has a name of its own")
    }
  }
}
