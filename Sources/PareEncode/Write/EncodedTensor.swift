public import PareFormat

/// A tensor ready to be written: its record's facts, its payload, and what is known about how it came to be.
public struct EncodedTensor: Sendable {
  /// Where the bytes of a payload are.
  public enum Payload: Sendable {
    /// Built bytes, the coded part of an entropy-coded tensor apart.
    case bytes([UInt8], coded: [UInt8])
    /// The source's own floats, which are the payload of a dense f32 tensor; nothing is copied.
    case floats(FloatBuffer)
  }

  /// The name.
  public let name: String

  /// The shape.
  public let shape: Shape

  /// The encoding.
  public let encoding: Encoding

  /// The payload.
  public let payload: Payload

  /// The CRC-32 of the payload.
  public let checksum: UInt32

  /// The CRC-32 of the source's floats; 0 where `errors` is nil.
  public let sourceChecksum: UInt32

  /// What encoding cost, nil when nothing was lost.
  public let errors: ErrorStatistics?

  /// The elements that do not decode to +0.
  public let nonZeroCount: Int

  /// Whether the tensor was encoded as asked.
  public let outcome: Outcome

  /// The encodings that were compared: the one chosen, then the others by their bytes.
  public let candidates: [Candidate]

  /// Whether a tensor was encoded as asked.
  public enum Outcome: Sendable, Equatable {
    /// Nothing was asked for: the floats are kept.
    case kept
    /// As asked.
    case encoded
    /// What was asked for would take this many bytes, not fewer than the floats, which are kept.
    case wouldNotShrink(byteCount: Int?)
  }

  /// One encoding and its cost.
  public struct Candidate: Sendable, Equatable {
    /// The encoding.
    public let encoding: Encoding
    /// The bytes of its record, the name aside, and of its payload.
    public let byteCount: Int
  }
}
