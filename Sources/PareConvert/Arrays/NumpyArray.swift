import PareEncode
import PareFormat

/// Reads an npy array of floats, integers or booleans as f32: floats are rounded to the nearest, as numpy does.
enum NumpyArray {
  /// Reads the array in `range`. `member` is its name within an archive, for errors.
  static func read(
    _ source: SourceBytes, _ range: Range<Int>, name: String, member: String?
  ) throws(SourceError) -> FloatTensor {
    do throws(NumpyFault) {
      return try read(source, range, name: name)
    } catch {
      throw SourceError((member.map { $0 + ": " } ?? "") + error.message, path: source.path)
    }
  }

  private static func read(
    _ source: SourceBytes, _ range: Range<Int>, name: String
  ) throws(NumpyFault) -> FloatTensor {
    let header = try NumpyHeader.parse(source, range)
    let start = range.lowerBound + header.dataOffset
    var count = 1
    for extent in header.shape {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: extent)
      guard !isTooLarge else { throw NumpyFault("the shape \(header.shape) is too large") }
      count = product
    }
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: header.width)
    guard !isTooLarge, bytes == range.upperBound - start else {
      throw NumpyFault(
        "expected \(isTooLarge ? "more" : String(bytes)) bytes of elements for shape \(header.shape) of \(header.type), found \(range.upperBound - start)"
      )
    }
    let values = FloatBuffer()
    values.reserve(count)
    for index in 0..<count {
      values.append(try element(source, start + index * header.width, header, index))
    }
    guard header.isFortranOrder, header.shape.count > 1 else {
      return FloatTensor(name: name, shape: header.shape, values: values)
    }
    // Fortran order is the order of the shape backwards.
    let backwards = Array(header.shape.indices.reversed())
    let permutation = AxisPermutation(backwards, of: header.shape.reversed())
    return FloatTensor(name: name, shape: header.shape, values: permutation.apply(to: values))
  }

  private static func element(
    _ source: SourceBytes, _ offset: Int, _ header: NumpyHeader, _ index: Int
  ) throws(NumpyFault) -> Float {
    let width = header.width
    var bits: UInt64 = 0
    for byte in 0..<width {
      bits = bits << 8 | UInt64(source[offset + (header.isBigEndian ? byte : width - 1 - byte)])
    }
    switch header.type {
    case "f4": return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    case "f2": return Float(bitPattern: HalfPrecision.widenHalf(UInt16(truncatingIfNeeded: bits)))
    case "f8":
      let value = Double(bitPattern: bits)
      let float = Float(value)
      guard float.isFinite || !value.isFinite else {
        throw NumpyFault(
          "expected numbers that a 32-bit float holds (at most 3.4028235e38), found \(value) at element \(index)")
      }
      return float
    case "b1": return bits == 0 ? 0 : 1
    case "i1": return Float(Int8(truncatingIfNeeded: bits))
    case "i2": return Float(Int16(truncatingIfNeeded: bits))
    case "i4": return Float(Int32(truncatingIfNeeded: bits))
    case "i8": return Float(Int64(bitPattern: bits))
    default: return Float(bits)
    }
  }
}
