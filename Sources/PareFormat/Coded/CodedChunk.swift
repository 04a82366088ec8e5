/// Elements of an entropy-coded tensor that follow each other: which of them are stored, and their symbols.
///
/// Up to 512, since on a microcontroller what is done for a chunk once counts.
struct CodedChunk {
  /// 64 bytes whose bits say which elements are stored, then planes of a byte for each of those: the symbol of a code of up to 8 bits,
  /// the index, or the bytes of the float or code, the highest first.
  typealias Symbols = InlineArray<576, UInt8>

  /// Where the planes start among the symbols, and the bytes of all of them.
  static let planes = 64
  static let planeByteCount = 512

  /// The number of planes.
  static func planeCount(_ bitWidth: Int) -> Int { (bitWidth &+ 7) &>> 3 }

  /// The most elements of a chunk, and so the bytes of a plane. There are one, two or four planes.
  static func capacity(_ bitWidth: Int) -> Int { planeByteCount &>> (planeCount(bitWidth) &>> 1) }

  // All starts as 0.

  /// The first element, and the number of elements.
  var first = 0
  var elementCount = 0

  /// The number of those that are stored.
  var count = 0

  /// How many elements, a multiple of 32 or all, and how many of them that are stored have been decoded.
  private(set) var next = 0
  private var nextStored = 0

  /// The elements of all chunks that are not zeros, as far as they were decoded one by one.
  private(set) var nonZeroCount = 0

  /// The value of what is not stored.
  private var none: Float = 0

  var symbols = Symbols(repeating: 0)

  /// Goes to other elements.
  @inline(__always)
  mutating func begin(_ first: Int, count: Int) {
    self.first = first
    elementCount = count
    next = 0
    nextStored = 0
  }

  /// Which of the elements from number `element`, a multiple of 32, on are stored, the first one's bit being bit 0.
  @inline(__always)
  mutating func mask(_ element: Int) -> UInt32 { symbols.span.u32(at: element &>> 3) }

  /// The bits of the float, or the index, or the code, from which `middle` is yet to be taken, of stored element `index`.
  @inline(never)
  static func field(_ index: Int, _ chunk: inout CodedChunk, bitWidth: Int) -> UInt32 {
    var field: UInt32 = 0
    var place = planes &+ index
    var left = bitWidth
    repeat {
      field = field &<< 8 | UInt32(truncatingIfNeeded: chunk.symbols[place])
      place &+= capacity(bitWidth)
      left &-= 8
    } while left > 0
    return field
  }

  /// What symbols of codes of 2 to 8 bits are above their codes; 0 for others.
  @inline(__always)
  static func middle(_ encoding: borrowing Encoding) -> Int {
    let width = encoding.bitWidth
    return encoding.elementKind == .affine && width > 1 && width <= 8 ? 1 &<< (width &- 1) : 0
  }

  /// Writes the values of the next elements, up to number `end`, to `floats`, where element 0 of the chunk would be at `start`. Those
  /// that are not stored become 0; those before the floats or behind them are passed over. Without floats elements are counted that
  /// are not zeros.
  ///
  /// Precondition: `end` is the chunk's, or a multiple of 32. `tensor` is the elements', `value` is for them alone.
  @inline(never)
  static func decode(
    _ chunk: inout CodedChunk, to end: Int, _ value: inout StoredValue, _ tensor: @_addressable Tensor,
    _ bytes: Span<UInt8>, into floats: inout MutableSpan<Float>, at start: Int
  ) {
    precondition(end <= planeByteCount)
    let middle = middle(tensor.encoding)
    let isSparse = tensor.encoding.isSparse
    let limit = floats.isEmpty ? .max : floats.count
    while chunk.next < end {
      let next = chunk.next
      let place = start &+ next
      if middle > 0, place >= 0 {
        // Codes that share a scale and have room, which are most: up to the end, or of a sparse tensor whole words of the mask.
        let runEnd = value.end(from: chunk.first &+ next, tensor, bytes) &- chunk.first
        let roomEnd = floats.count &- start
        let hasAll = runEnd >= end && roomEnd >= (isSparse ? (end &+ 31) & ~31 : end)
        let shared = hasAll ? end : min(runEnd, roomEnd) & (isSparse ? ~31 : ~0)
        if shared > next {
          let stored = chunk.nextStored
          let (scale, zero) = value.run(middle)
          let none = isSparse ? chunk.none : nil
          var symbols = chunk.symbols.mutableSpan
          // Symbols are as many as elements or bits of the mask at most, and floats have been counted.
          chunk.nextStored = unsafe symbols.withUnsafeMutableBufferPointer { symbols in
            unsafe floats.withUnsafeMutableBufferPointer { floats in
              guard let symbols = symbols.baseAddress, let floats = floats.baseAddress else { return stored }
              return unsafe decodeCodes(symbols, next, shared, stored, scale, zero, none: none, floats + start)
            }
          }
          chunk.next = shared
          continue
        }
      }
      var rest = chunk.mask(next)
      for element in next..<min(next &+ 32, end) {
        let place = start &+ element
        if place >= 0, place < limit {
          var float: Float = 0
          if rest & 1 != 0 {
            let symbol = field(chunk.nextStored, &chunk, bitWidth: tensor.encoding.bitWidth)
            let field = symbol &- UInt32(truncatingIfNeeded: middle)
            float = value.decode(field, element: chunk.first &+ element, tensor, bytes)
            if float.bitPattern != 0 { chunk.nonZeroCount &+= 1 }
          }
          if place < floats.count { floats[place] = float }
        }
        chunk.nextStored &+= Int(truncatingIfNeeded: rest & 1)
        rest = rest &>> 1
      }
      chunk.next = next &+ 32
    }
  }

  /// Writes the values of the elements from number `next` to before `end`, whose codes share a scale; element 0 would be at `floats`.
  /// With a value for them writes the elements as well that are not stored. The result is how many stored ones there were so far.
  ///
  /// As many symbols are read as bits are set, and of a sparse tensor floats are written up to a multiple of 32.
  @unsafe @inline(never)
  private static func decodeCodes(
    _ symbols: UnsafeMutablePointer<UInt8>, _ next: Int, _ end: Int, _ stored: Int, _ scale: Float, _ zero: Int32,
    none: Float?, _ floats: UnsafeMutablePointer<Float>
  ) -> Int {
    let first = unsafe symbols + planes
    var symbol = unsafe first + stored
    var target = unsafe floats + next
    let last = unsafe floats + end
    if let none {
      var mask = unsafe symbols + next &>> 3
      repeat {
        // Of a value that the compiler does not know: else it calls for a few words what is made for many.
        unsafe fill8(target, none)
        unsafe fill8(target + 8, none)
        unsafe fill8(target + 16, none)
        unsafe fill8(target + 24, none)
        var rest = unsafe UInt32(mask[0]) | UInt32(mask[1]) &<< 8 | UInt32(mask[2]) &<< 16 | UInt32(mask[3]) &<< 24
        while rest != 0 {
          unsafe target[rest.trailingZeroBitCount] = scale * StoredValue.factor(symbol.pointee, zero)
          unsafe symbol += 1
          rest &= rest &- 1
        }
        unsafe mask += 4
        unsafe target += 32
      } while unsafe target < last
    } else {
      repeat {
        unsafe target.pointee = scale * StoredValue.factor(symbol.pointee, zero)
        unsafe symbol += 1
        unsafe target += 1
      } while unsafe target < last
    }
    return unsafe symbol - first
  }

  @unsafe @inline(__always)
  private static func fill8(_ floats: UnsafeMutablePointer<Float>, _ value: Float) {
    unsafe floats[0] = value
    unsafe floats[1] = value
    unsafe floats[2] = value
    unsafe floats[3] = value
    unsafe floats[4] = value
    unsafe floats[5] = value
    unsafe floats[6] = value
    unsafe floats[7] = value
  }
}
