import PareFormat

/// The positions part and the row table of a sparse tensor, as spec sections 8 and 9 have them.
struct PositionStream {
  let parameters: SparseParameters
  private(set) var positions: [UInt8] = []
  private(set) var ordinalStarts: [Int] = []
  private(set) var byteStarts: [Int] = []

  /// Writes the positions of the elements that `stored` keeps. `parameters.positionByteCount` is what `measure` gave.
  init(_ stored: PruningMask, shape: Shape, parameters: SparseParameters) {
    self.parameters = parameters
    var ordinal = 0
    let walk = BlockWalk(shape: shape, blockRowsLog2: parameters.blockRowsLog2)
    for block in 0..<walk.blockCount {
      if block > 0 {
        ordinalStarts.append(ordinal)
        byteStarts.append(positions.count)
      }
      let range = walk.elements(of: block)
      switch parameters.kind {
      case .bitmap: writeBitmap(stored, range, rowElementCount: shape.rowElementCount, &ordinal)
      case .gapsU8: writeGaps(stored, range, &ordinal)
      case .indicesU16: writeIndices(stored, range, &ordinal)
      case .gapsRice: writeRiceGaps(stored, range, &ordinal)
      }
    }
  }

  private mutating func writeBitmap(
    _ stored: PruningMask, _ range: Range<Int>, rowElementCount: Int, _ ordinal: inout Int
  ) {
    var rowStart = range.lowerBound
    while rowStart < range.upperBound {
      let byteStart = positions.count
      positions.append(contentsOf: repeatElement(0, count: (rowElementCount + 7) / 8))
      for element in stored.kept(from: rowStart, count: rowElementCount) {
        let column = element &- rowStart
        positions[byteStart &+ column &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: column & 7)
        ordinal &+= 1
      }
      rowStart += rowElementCount
    }
  }

  private mutating func writeGaps(_ stored: PruningMask, _ range: Range<Int>, _ ordinal: inout Int) {
    var next = range.lowerBound
    for element in stored.kept(from: range.lowerBound, count: range.count) {
      var gap = element &- next
      while gap >= 255 {
        positions.append(255)
        gap &-= 255
      }
      positions.append(UInt8(truncatingIfNeeded: gap))
      next = element &+ 1
      ordinal &+= 1
    }
  }

  private mutating func writeIndices(_ stored: PruningMask, _ range: Range<Int>, _ ordinal: inout Int) {
    for element in stored.kept(from: range.lowerBound, count: range.count) {
      positions.u16(UInt16(truncatingIfNeeded: element &- range.lowerBound))
      ordinal &+= 1
    }
  }

  private mutating func writeRiceGaps(_ stored: PruningMask, _ range: Range<Int>, _ ordinal: inout Int) {
    var bits = BitWriter()
    var next = range.lowerBound
    for element in stored.kept(from: range.lowerBound, count: range.count) {
      let gap = element &- next
      var ones = gap &>> parameters.riceBits
      while ones > 0 {
        let count = min(ones, 32)
        bits.append(.max, width: count, to: &positions)
        ones &-= count
      }
      bits.append(0, width: 1, to: &positions)
      bits.append(UInt32(truncatingIfNeeded: gap), width: parameters.riceBits, to: &positions)
      next = element &+ 1
      ordinal &+= 1
    }
    bits.flush(to: &positions)
  }
}

/// The blocks of a sparse tensor (spec section 6).
struct BlockWalk {
  let blockCount: Int
  private let blockElementCount: Int
  private let elementCount: Int

  init(shape: Shape, blockRowsLog2: Int?) {
    let rows = blockRowsLog2.map { 1 << $0 } ?? max(shape.rows, 1)
    blockElementCount = rows * shape.rowElementCount
    blockCount = (shape.rows + rows - 1) / rows
    elementCount = shape.elementCount
  }

  func elements(of block: Int) -> Range<Int> {
    let start = block * blockElementCount
    return start..<min(start + blockElementCount, elementCount)
  }
}
