import PareFormat

/// The segments and blocks of a coded tensor (spec section 9.1).
struct CodedSegments {
  /// Rows in a segment are 2 to this power; nil when a block is one segment.
  let rowsLog2: Int?

  /// The first element of each segment, and the number of elements.
  let elementStarts: [Int]

  /// The first segment of each block, and the number of segments.
  let blockStarts: [Int]

  var count: Int { elementStarts.count - 1 }
  var blockCount: Int { blockStarts.count - 1 }

  /// Precondition: the tensor has elements.
  init(shape: Shape, rowsLog2: Int?, blockRowsLog2: Int?) {
    self.rowsLog2 = rowsLog2
    let rows = shape.rows
    let blockRows = blockRowsLog2.map { min(1 << $0, rows) } ?? rows
    let segmentRows = rowsLog2.map { 1 << $0 } ?? blockRows
    elementStarts = stride(from: 0, to: rows, by: segmentRows).map { $0 * shape.rowElementCount } + [shape.elementCount]
    let perBlock = (blockRows + segmentRows - 1) / segmentRows
    blockStarts = Array(stride(from: 0, to: elementStarts.count - 1, by: perBlock)) + [elementStarts.count - 1]
  }

  /// Rows for segments that are to have classes: enough elements to tell one from another, and not more segments than are
  /// worth their memory. Nil when that is a whole block.
  static func rowsLog2(shape: Shape, blockRowsLog2: Int?) -> Int? {
    let blockRows = blockRowsLog2.map { min(1 << $0, shape.rows) } ?? shape.rows
    var log2 = 0
    while shape.rowElementCount << log2 < 96 || shape.rows >> log2 > 4096, 1 << log2 < blockRows { log2 += 1 }
    return 1 << log2 < blockRows ? log2 : nil
  }
}
