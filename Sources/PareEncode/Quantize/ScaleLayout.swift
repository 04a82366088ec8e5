public import PareFormat

/// Which elements share a scale, and how scales are stored.
public struct ScaleLayout: Sendable, Equatable {
  /// Which elements share a scale.
  public let granularity: Granularity

  /// How scales are stored; f16 scales are rounded up, so that nothing clips.
  public let scaleType: ScaleType

  /// One f32 scale for the tensor.
  public static let tensor = ScaleLayout(.tensor)

  /// Creates a layout; without `scaleType` groups have f16 scales, the others f32.
  public init(_ granularity: Granularity, scaleType: ScaleType? = nil) {
    self.granularity = granularity
    self.scaleType = scaleType ?? Self.defaultType(for: granularity)
  }

  static func defaultType(for granularity: Granularity) -> ScaleType {
    if case .group = granularity { .f16 } else { .f32 }
  }
}

/// Elements next to each other that share a scale.
struct ScaleRun {
  let start: Int
  let count: Int
  /// The number of their scale.
  let scale: Int
}

/// Which scale each element of a tensor has (spec section 7.1), and the runs of elements that share one, in order.
struct ScaleMap {
  let elementCount: Int
  let scaleCount: Int
  /// A row for groups, the part behind the axis otherwise.
  private let lineLength: Int
  private let runLength: Int

  /// Precondition: an axis is below the rank.
  init(shape: [Int], granularity: Granularity) {
    elementCount = shape.reduce(1, *)
    switch granularity {
    case .tensor:
      scaleCount = 1
      lineLength = elementCount
      runLength = elementCount
    case .axis(let axis):
      scaleCount = shape[axis]
      lineLength = shape[(axis + 1)...].reduce(1, *)
      runLength = lineLength
    case .group(let size):
      let rows = shape.count >= 2 ? shape[0] : 1
      lineLength = rows == 0 ? 0 : elementCount / rows
      runLength = size
      scaleCount = rows * ((lineLength + size - 1) / size)
    }
  }

  /// The number of the scale of `element`.
  @inline(__always)
  func scaleIndex(of element: Int) -> Int {
    let runsPerLine = (lineLength &+ runLength &- 1) / runLength
    let run = element / lineLength &* runsPerLine &+ element % lineLength / runLength
    return run % scaleCount
  }

  /// The runs, from the first element on.
  var runs: Runs { Runs(map: self) }

  struct Runs {
    private let map: ScaleMap
    private var position = 0
    private var lineEnd: Int
    private var scale = 0

    @inline(__always)
    init(map: ScaleMap) {
      self.map = map
      lineEnd = map.lineLength
    }

    @inline(__always)
    mutating func next() -> ScaleRun? {
      guard position < map.elementCount else { return nil }
      let run = ScaleRun(
        start: position, count: min(map.runLength, lineEnd &- position), scale: scale)
      position &+= run.count
      if position == lineEnd { lineEnd &+= map.lineLength }
      scale &+= 1
      if scale == map.scaleCount { scale = 0 }
      return run
    }
  }
}
