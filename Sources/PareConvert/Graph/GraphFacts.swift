import PareFormat

/// What a source says about its model beside the layers: keys and short texts.
struct GraphFacts: Equatable {
  private(set) var texts: [String: String] = [:]

  /// The keys by which sources state a sample rate.
  private static let sampleRateKeys: Set<String> = ["samplerate", "sample_rate", "sampleRate", "sampling_rate"]

  /// Adds a fact where there is none of that key yet. What is no plain text of at most 255 bytes is left out.
  mutating func add(_ key: String, _ text: String) {
    guard texts[key] == nil, texts.count < ModelSection.maximumPortCount else { return }
    guard Self.isPlain(key), Self.isPlain(text), !key.isEmpty else { return }
    texts[key] = text
  }

  /// Adds a member of a source: a number, or a string of at most 64 bytes; others say too much to be a fact.
  mutating func add(_ member: SourceDocument.Member) {
    let text: String
    switch member.value {
    case .string(let string) where string.utf8.count <= 64: text = string
    case .number(let number): text = number
    default: return
    }
    if Self.sampleRateKeys.contains(member.key), let rate = Double(text), rate > 0, rate.isFinite {
      add("sampleRate", rate == rate.rounded() && rate < 1e9 ? "\(Int(rate))" : "\(rate)")
    } else {
      add(member.key, text)
    }
  }

  /// Adds the sample rate, where one of the object's members states it.
  mutating func addSampleRate(_ document: SourceDocument) {
    for member in document.members where Self.sampleRateKeys.contains(member.key) { add(member) }
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= 255 && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
