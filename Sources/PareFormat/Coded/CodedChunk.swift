/// Up to 128 elements of an entropy-coded tensor that follow each other: which of them are stored, and their fields.
///
/// So many, since on a microcontroller what is done for a chunk once is a tenth of all.
struct CodedChunk {
  /// The numbers of a chunk: a field for each element.
  typealias Fields = InlineArray<128, UInt32>

  /// Whether all elements are stored.
  private let isDense: Bool

  /// Whether fields are codes of several bits.
  private let areCodes: Bool

  /// What a field is above its code or index, where each is a symbol: the number behind the symbol of 0; else 0.
  let middle: UInt32

  // All that follows starts as 0.

  /// The first element.
  var first = 0

  /// The number of those that are stored.
  var count = 0

  /// Which elements are stored, the first one's bit being bit 0 of the first number.
  var masks = InlineArray<4, UInt32>(repeating: 0)

  /// For each of the stored elements the bits of its float, or its code or index and `middle`, in order.
  var fields = Fields(repeating: 0)

  @inline(__always)
  init(_ encoding: Encoding) {
    isDense = !encoding.isSparse
    areCodes = encoding.elementKind == .affine && encoding.bitWidth > 1
    let isSymbol = !encoding.isFloat && encoding.bitWidth > 1 && encoding.bitWidth <= 8
    let zero: UInt32 = areCodes ? 1 &<< UInt32(truncatingIfNeeded: encoding.bitWidth &- 1) : 0
    middle = isSymbol ? zero &+ 1 : 0
  }

  /// Writes the values of the stored elements to `floats`, that of the first element to `start`, if it is stored.
  ///
  /// Precondition: from there on is room for a whole chunk. `tensor` is the elements', `value` is for them alone. Mutating, since it
  /// would be called with a copy of the fields.
  @inline(never)
  mutating func decode(
    _ value: inout StoredValue, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>,
    into floats: inout MutableSpan<Float>,
    at start: Int
  ) {
    precondition(start >= 0 && start <= floats.count &- fields.count && count <= fields.count)
    if isDense && areCodes { return decodeCodes(&value, tensor, bytes, into: &floats, at: start) }
    // As many fields are read as bits are set; floats have been counted.
    var run = StoredValue.Run()
    var index = 0
    for number in masks.indices {
      var rest = masks[number]
      // There need not be elements.
      if rest == 0 { continue }
      let element = first &+ 32 &* number
      let place = start &+ 32 &* number
      let last = element &+ 31 &- rest.leadingZeroBitCount
      if areCodes, last >= run.end { run = value.run(of: element, less: middle, tensor, bytes) }
      // Codes that share a scale, which are most.
      if last < run.end {
        while rest != 0 {
          unsafe floats[unchecked: place &+ rest.trailingZeroBitCount] = run.value(ofCode: fields[unchecked: index])
          index &+= 1
          rest &= rest &- 1
        }
      }
      while rest != 0 {
        let bit = rest.trailingZeroBitCount
        floats[place &+ bit] = value.decode(fields[index] &- middle, element: element &+ bit, tensor, bytes)
        index &+= 1
        rest &= rest &- 1
      }
    }
  }

  /// Of dense codes, run by run: a conversion and a product each. Fields and floats have been counted.
  @inline(__always)
  private mutating func decodeCodes(
    _ value: inout StoredValue, _ tensor: @_addressable Tensor, _ bytes: Span<UInt8>,
    into floats: inout MutableSpan<Float>,
    at start: Int
  ) {
    var index = 0
    while index < count {
      let run = value.run(of: first &+ index, less: middle, tensor, bytes)
      let end = min(count, run.end &- first)
      repeat {
        unsafe floats[unchecked: start &+ index] = run.value(ofCode: fields[unchecked: index])
        index &+= 1
      } while index < end
    }
  }
}
