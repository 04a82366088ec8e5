import PareFormat

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers for people. Programs read `--json`, where numbers are written in full.

/// A number with this many digits behind the point: `fixed(1.005, 2)` is `1.00` or `1.01`, as f64 holds it.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  var power = 1.0
  for _ in 0..<digits { power *= 10 }
  let scaled = (value.magnitude * power).rounded(.toNearestOrEven)
  guard scaled < 9e15 else { return "\(value)" }
  let whole = UInt64(scaled)
  let sign = value < 0 && whole > 0 ? "-" : ""
  guard digits > 0 else { return sign + "\(whole)" }
  let text = String(whole)
  let filled = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return sign + filled.dropLast(digits) + "." + filled.suffix(digits)
}

/// A number with three significant digits: `0.00123`, `12.3`, `1.23e-07`.
func significant(_ value: Double, _ digits: Int = 3) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
  var exponent = Int(log10(value.magnitude).rounded(.down))
  func mantissa() -> Double {
    // Subnormal powers of ten would lose digits: scale in two steps.
    let half = exponent / 2
    return value / power(half) / power(exponent - half)
  }
  // Rounding may carry into the next power of ten, and the logarithm be off beside one.
  if fixed(mantissa().magnitude, digits - 1).hasPrefix("10") { exponent += 1 }
  if mantissa().magnitude < 1, !fixed(mantissa().magnitude, digits - 1).hasPrefix("1") { exponent -= 1 }
  if exponent < -4 || exponent > 6 {
    let sign = exponent < 0 ? "-" : "+"
    let text = String(exponent.magnitude)
    return fixed(mantissa(), digits - 1) + "e" + sign + (text.count < 2 ? "0" : "") + text
  }
  return fixed(value, max(0, digits - 1 - exponent))
}

private func power(_ exponent: Int) -> Double {
  var result = 1.0
  for _ in 0..<exponent.magnitude { result *= 10 }
  return exponent < 0 ? 1 / result : result
}

/// A ratio of powers in decibels, nil where nothing was lost or there is nothing to compare with.
func decibels(_ powerRatio: Double) -> Double? {
  // For display only: the last bits of a logarithm differ between machines.
  powerRatio.isFinite && powerRatio > 0 ? 10 * log10(powerRatio) : nil
}

/// Whether a ratio of powers is at least so many decibels: what is no number is not.
func reaches(_ powerRatio: Double, decibels: Double) -> Bool { 10 * log10(powerRatio) >= decibels }

/// A share as a percentage: `8.20 %`.
func percent(_ share: Double) -> String { percentDigits(share) + " %" }

/// A share as a percentage without its sign, in three digits. Only all of it is `100`, and only nothing `0`.
func percentDigits(_ share: Double) -> String {
  if share == 0 || share == 1 { return share == 0 ? "0" : "100" }
  let digits = share < 0.0995 ? 2 : 1
  let text = fixed(100 * share, digits)
  if text == "100.0" { return "99.9" }
  return text == "0.00" ? "<0.01" : text
}

/// `27.48 times smaller than f32`, `1.20 times as large as f32`.
func comparedSize(_ byteCount: Int, withFloats floatBytes: Int) -> String {
  let ratio = Double(floatBytes) / Double(max(byteCount, 1))
  return ratio > 1 ? "\(fixed(ratio, 2)) times smaller than f32" : "\(fixed(1 / ratio, 2)) times as large as f32"
}

/// `1 tensor`, `2 tensors`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// `0x28`, with at least this many digits.
func hexadecimal(_ value: Int, digits: Int = 0) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// A CRC-32 as 8 digits.
func checksumText(_ value: UInt32) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 8 - text.count) + text
}

/// `300x784`, `scalar` for rank 0.
func shapeText(_ shape: [Int]) -> String {
  shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "x")
}

/// `0.1`: the version of the format.
let formatVersion = "\(FormatVersion.major).\(FormatVersion.minor)"
