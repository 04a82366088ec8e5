/// A value of a model: the shape of its frames, when they come, and where they are kept (spec sections 10.4.4 and 10.4.5).
public struct ModelValue: Sendable {
  /// The shape of one frame.
  public var shape: FrameShape

  /// Values of one clock have their frames at the same time: 0 is that of the inputs, any other the number of the value that first
  /// had frames at other times than its input.
  public var clock: Int32

  /// The most frames that come for one frame of the inputs.
  public var burst: Int32 = 1

  /// The number of the last operation that reads the value, by the value it makes; for an output `Int32.max`.
  public var lastReader: Int32 = -1

  /// The first f32 in the scratch, in a session that runs frame by frame; in one that runs n frames at a time it is n times this.
  public var place: Int32 = 0

  /// The first f32 in the state of the operation that makes the value.
  public var state: Int32 = 0

  /// While places are found: the number of the value whose place is the next one, -1 behind the last.
  var next: Int32 = -1

  /// The most frames that come for one frame of the inputs.
  static let maximumBurst = 65_535

  /// The frames that it has in the step that is being run.
  public var frameCount: Int32 = 0

  /// Creates a value of the inputs' clock.
  public init(shape: FrameShape, clock: Int = 0) {
    self.shape = shape
    self.clock = Int32(truncatingIfNeeded: clock)
  }

  /// The f32 that its frames take for one frame of the inputs.
  public var count: Int { shape.elementCount &* Int(truncatingIfNeeded: burst) }
}
