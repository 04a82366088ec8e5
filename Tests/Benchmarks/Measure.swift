/// The machine's monotonic clock in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let duration = try clock.measure(body)
  return Double(duration.components.seconds) + 1e-18 * Double(duration.components.attoseconds)
}

/// The median of `runs` timed runs, behind one that is not timed.
func median(runs: Int = 7, _ body: () throws -> Void) rethrows -> Double {
  try body()
  var times: [Double] = []
  for _ in 0..<runs { times.append(try seconds(body)) }
  times.sort()
  return times[runs / 2]
}

/// Medians of two things run in turn, so that what else the machine does meets both alike.
func medians(runs: Int = 7, _ first: () throws -> Void, _ second: () throws -> Void) rethrows -> (Double, Double) {
  try first()
  try second()
  var times: ([Double], [Double]) = ([], [])
  for _ in 0..<runs {
    times.0.append(try seconds(first))
    times.1.append(try seconds(second))
  }
  return (times.0.sorted()[runs / 2], times.1.sorted()[runs / 2])
}

/// Prints one line of a table: a label, then columns.
func printRow(_ label: String, _ columns: [String]) {
  let first = label + String(repeating: " ", count: max(1, 34 - label.count))
  print(first + columns.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined())
}

/// `value` with `digits` decimals.
func fixed(_ value: Double, _ digits: Int = 2) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let rounded = Int((value * scale).rounded())
  let fraction = String(rounded % Int(scale))
  return digits == 0
    ? "\(rounded)" : "\(rounded / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// A small generator with a fixed seed (Steele, Lea, Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: (next() >> 32) &* UInt64(limit) >> 32) }
}
