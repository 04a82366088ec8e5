/// The extents of a tensor, outermost axis first, and what follows from them (spec sections 5 and 6).
public struct Shape: Sendable, Equatable {
  /// The highest rank.
  public static var maximumRank: Int { 8 }

  private var extents: InlineArray<8, Int>

  /// The number of axes, 0 to 8.
  public private(set) var rank: Int

  /// The product of the extents, 1 for rank 0.
  public private(set) var elementCount: Int

  /// The product of the extents with 0 counted as 1, which is what the size limit is about.
  private var boundedCount: Int

  /// The number of rows: extent 0, or 1 below rank 2.
  public private(set) var rows: Int

  /// The number of elements in a row, 0 when there are no rows.
  public private(set) var rowElementCount: Int

  /// The shape of a scalar.
  public init() { self.init(count: 1) }

  private init(count: Int) {
    extents = InlineArray(repeating: 0)
    rank = 0
    elementCount = count
    boundedCount = count
    rows = count
    rowElementCount = count
  }

  /// What stands where no shape was read yet: zeros, which take little code to write.
  static var unread: Shape { Shape(count: 0) }

  /// Makes it that of a scalar again.
  mutating func removeAxes() {
    rank = 0
    elementCount = 1
    boundedCount = 1
    rows = 1
    rowElementCount = 1
  }

  /// Adds an innermost axis. Gives false, and changes nothing, when the tensor's f32 bytes would exceed `largest`
  /// (spec section 5). Precondition: `rank` is below 8, `extent` is not negative.
  @inline(never)
  public mutating func append(_ extent: Int, largest: Int) -> Bool {
    precondition(extent >= 0)
    let (bounded, overflow) = boundedCount.multipliedReportingOverflow(by: max(extent, 1))
    guard !overflow, bounded <= largest &>> 2 else { return false }
    extents[rank] = extent
    rank &+= 1
    boundedCount = bounded
    elementCount = elementCount &* extent
    rowElementCount = rowElementCount &* extent
    if rank == 2 {
      rows = extents[0]
      rowElementCount = rows == 0 ? 0 : extent
    }
    return true
  }

  /// The extent of `axis`. Precondition: `axis` is 0 to `rank` - 1.
  public subscript(axis: Int) -> Int {
    @_addressableSelf get {
      precondition(axis >= 0 && axis < rank)
      return extents[axis]
    }
  }

  /// The product of the extents behind `axis`.
  @_addressableSelf
  public func innerCount(behind axis: Int) -> Int {
    var count = 1
    var index = rank &- 1
    while index > axis {
      count &*= extents[index]
      index &-= 1
    }
    return count
  }

  /// The bytes of a bitmap: a bit for each element, and rows start on a byte.
  var bitmapByteCount: Int { rows &* ((rowElementCount &+ 7) &>> 3) }

  public static func == (left: Shape, right: Shape) -> Bool {
    guard left.rank == right.rank else { return false }
    for axis in 0..<left.rank where left.extents[axis] != right.extents[axis] { return false }
    return true
  }
}
