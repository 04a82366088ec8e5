import PareConvert
import PareEncode

/// Float text to f32 through the importers: one line `path TAB seconds TAB elements` a file, which
/// `run.sh` puts beside Python's. The reading is what a conversion does: map, scan, floats in memory.
func textBenchmarks(_ paths: [String]) throws {
  for path in paths {
    var count = 0
    let time = try median(runs: 5) {
      count = try readModel([path]).tensors.reduce(0) { $0 + $1.values.count }
    }
    print("\(path)\t\(fixed(time, 6))\t\(count)")
  }
}
