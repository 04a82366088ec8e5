public import Pare

/// Bytes that a program holds in its constants: a container, or a bank of several (spec section 15).
public struct ModelImage: Sendable {
  /// A model in the image.
  public struct Member: Sendable {
    /// Its name in the bank.
    public let name: String

    /// Where its container is in the image.
    public let place: Range<Int>

    /// The numbers of f32 values that running it takes; nil for weights alone.
    public let sizes: Sizes?

    /// Creates a member.
    public init(name: String, place: Range<Int>, sizes: Sizes?) {
      self.name = name
      self.place = place
      self.sizes = sizes
    }
  }

  /// The numbers of f32 values that running a model takes.
  public struct Sizes: Sendable, Equatable {
    public let input: Int
    public let output: Int
    public let state: Int
    public let scratch: Int

    /// The bytes that `pare_model_open` needs for it, tables, state and scratch together.
    public let workspace: DeviceWorkspace?

    /// Creates sizes.
    public init(input: Int, output: Int, state: Int, scratch: Int, workspace: DeviceWorkspace?) {
      self.input = input
      self.output = output
      self.state = state
      self.scratch = scratch
      self.workspace = workspace
    }

    /// What the numbers are, as generated programs say it.
    static let meaning =
      "Running a model takes so many f32 values: a frame in, the most that come out for it, and in all."

    /// Their names, as macros have them, and the numbers.
    var named: [(name: String, count: Int)] {
      [("INPUT_COUNT", input), ("OUTPUT_COUNT", output), ("STATE_COUNT", state), ("SCRATCH_COUNT", scratch)]
    }
  }

  /// The bytes.
  public let bytes: [UInt8]

  /// The identifier of the array in C, of the type in Swift; safe (`Identifier.isSafe`).
  public let symbol: String

  /// The bytes are to start at a multiple of this.
  public let alignment: Int

  /// The models, in the order of the bank's index.
  public let members: [Member]

  /// Whether the bytes are a bank; else they are the one member's container.
  public let isBank: Bool

  /// Creates an image. Precondition: the symbol is safe; one member where it is no bank.
  public init(bytes: [UInt8], symbol: String, alignment: Int, members: [Member], isBank: Bool) {
    precondition(Identifier.isSafe(symbol) && (isBank || members.count == 1))
    self.bytes = bytes
    self.symbol = symbol
    self.alignment = alignment
    self.members = members
    self.isBank = isBank
  }

  /// The CRC-32 of all bytes.
  var checksum: UInt32 { ZlibChecksum.update(0, bytes.span, 0..<bytes.count) }

  /// An identifier for each model of a bank.
  var identifiers: [String] { Identifier.make(all: members.map(\.name)) }

  /// `A model of 5 bytes`, `A bank of 2 models, 80 bytes`.
  var summary: String {
    let size = "\(bytes.count) bytes"
    guard isBank else { return "A model of \(size)" }
    return "A bank of \(members.count) model\(members.count == 1 ? "" : "s"), \(size)"
  }

  /// The bytes as `0x89,` with 16 on a line.
  func appendBytes(indent: String, to text: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    text.reserveCapacity(text.count + 6 * bytes.count)
    for (index, byte) in bytes.enumerated() {
      text.append(contentsOf: index % 16 == 0 ? (index == 0 ? indent : "\n" + indent).utf8 : " ".utf8)
      text.append(contentsOf: "0x".utf8)
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
      text.append(UInt8(ascii: ","))
    }
  }
}

/// `0x0012abcd`.
func hexadecimal(_ value: UInt32) -> String {
  let text = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - text.count) + text
}
