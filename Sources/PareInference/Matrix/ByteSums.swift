#if hasFeature(Embedded)
  // Sums of int8 rows on a microcontroller, whose loads and conversions are of single numbers: all partial sums are in registers, and
  // four codes are loaded as one word.
  //
  // Pointers, as both loops run along two buffers and a span makes an index and two addresses of it (measured: 7 instructions a weight
  // instead of 6). They stay inside: all is read up to a count that both buffers have.

  /// The sums of rows of codes of a byte each, which have no zero points.
  enum ByteSums {
    /// The sum of a row's products: element c adds to partial sum c mod 8. Precondition: the codes, as many as there are floats, are
    /// in the span from `start` on.
    @inline(__always)
    static func dense(_ bytes: Span<UInt8>, at start: Int, _ x: Span<Float>) -> Float {
      let count = x.count
      precondition(start >= 0 && start <= bytes.count &- count)
      return unsafe bytes.withUnsafeBufferPointer { codes in
        unsafe x.withUnsafeBufferPointer { x in
          guard let codes = codes.baseAddress, let x = x.baseAddress else { return 0 }
          return unsafe sum(UnsafeRawPointer(codes + start), count, x)
        }
      }
    }

    @unsafe @inline(__always)
    private static func sum(_ start: UnsafeRawPointer, _ count: Int, _ first: UnsafePointer<Float>) -> Float {
      var (code, x) = unsafe (start, first)
      let end = unsafe start + (count & ~7)
      var s0: Float = 0
      var s1: Float = 0
      var s2: Float = 0
      var s3: Float = 0
      var s4: Float = 0
      var s5: Float = 0
      var s6: Float = 0
      var s7: Float = 0
      while unsafe code < end {
        let low = unsafe code.loadUnaligned(as: UInt32.self)
        let high = unsafe code.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        s0 += unsafe factor(low) * x[0]
        s1 += unsafe factor(low &>> 8) * x[1]
        s2 += unsafe factor(low &>> 16) * x[2]
        s3 += unsafe factor(low &>> 24) * x[3]
        s4 += unsafe factor(high) * x[4]
        s5 += unsafe factor(high &>> 8) * x[5]
        s6 += unsafe factor(high &>> 16) * x[6]
        s7 += unsafe factor(high &>> 24) * x[7]
        unsafe code += 8
        unsafe x += 8
      }
      var sums: InlineArray<8, Float> = [s0, s1, s2, s3, s4, s5, s6, s7]
      for lane in 0..<count & 7 {
        let byte = unsafe code.load(fromByteOffset: lane, as: UInt8.self)
        sums[lane] += unsafe factor(UInt32(truncatingIfNeeded: byte)) * x[lane]
      }
      return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    }

    /// The sum of the products with integers. Preconditions: there are as many codes as integers; the sum is below 2^31.
    @inline(__always)
    static func integers(_ codes: Span<UInt8>, _ integers: Span<Int16>) -> Int32 {
      precondition(codes.count == integers.count)
      let count = codes.count
      return unsafe codes.withUnsafeBufferPointer { codes in
        unsafe integers.withUnsafeBufferPointer { integers in
          guard let start = codes.baseAddress, let integers = integers.baseAddress else { return 0 }
          return unsafe sum(UnsafeRawPointer(start), count, integers)
        }
      }
    }

    @unsafe @inline(never)
    private static func sum(_ start: UnsafeRawPointer, _ count: Int, _ first: UnsafePointer<Int16>) -> Int32 {
      var (code, integers) = unsafe (start, first)
      let end = unsafe start + (count & ~7)
      var sum: Int32 = 0
      while unsafe code < end {
        let low = unsafe code.loadUnaligned(as: UInt32.self)
        let high = unsafe code.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        sum &+= unsafe number(low) &* Int32(truncatingIfNeeded: integers[0])
        sum &+= unsafe number(low &>> 8) &* Int32(truncatingIfNeeded: integers[1])
        sum &+= unsafe number(low &>> 16) &* Int32(truncatingIfNeeded: integers[2])
        sum &+= unsafe number(low &>> 24) &* Int32(truncatingIfNeeded: integers[3])
        sum &+= unsafe number(high) &* Int32(truncatingIfNeeded: integers[4])
        sum &+= unsafe number(high &>> 8) &* Int32(truncatingIfNeeded: integers[5])
        sum &+= unsafe number(high &>> 16) &* Int32(truncatingIfNeeded: integers[6])
        sum &+= unsafe number(high &>> 24) &* Int32(truncatingIfNeeded: integers[7])
        unsafe code += 8
        unsafe integers += 8
      }
      for index in 0..<count & 7 {
        let byte = unsafe code.load(fromByteOffset: index, as: UInt8.self)
        sum &+= unsafe number(UInt32(truncatingIfNeeded: byte)) &* Int32(truncatingIfNeeded: integers[index])
      }
      return sum
    }

    /// The code in the lowest byte.
    @inline(__always)
    private static func number(_ bits: UInt32) -> Int32 { Int32(truncatingIfNeeded: Int8(truncatingIfNeeded: bits)) }

    /// The same as a float.
    @inline(__always)
    private static func factor(_ bits: UInt32) -> Float { Float(Int(truncatingIfNeeded: number(bits))) }
  }
#endif
