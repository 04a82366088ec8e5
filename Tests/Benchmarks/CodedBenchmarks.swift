import Pare
import PareFormat

/// Decodes the first tensor of each container to floats by every path: one line `path TAB way TAB seconds TAB weights` each, and
/// one for validating it, the checksum included; `coded.py` puts them beside zstd and xz.
func codedBenchmarks(_ paths: [String]) throws {
  for path in paths {
    let model = try Model(path: path)
    let tensor = try model.tensor(at: 0)
    var floats = [Float](repeating: 0, count: tensor.elementCount)
    for (name, way) in [("reference", CodedPath.reference), ("portable", .portable), ("vectors", .fastest)] {
      let time = median(runs: 5) {
        var span = floats.mutableSpan
        tensor.tensor.decodeRows(0..<tensor.rows, model.bytes, codedPath: way, into: &span)
      }
      print("\(path)\t\(name)\t\(fixed(time, 6))\t\(tensor.elementCount)")
    }
    var codes = [UInt8](repeating: 0, count: tensor.elementCount)
    for (name, way) in [("codes, portable", CodedPath.portable), ("codes, vectors", .fastest)] {
      let time = median(runs: 5) {
        var span = codes.mutableSpan
        _ = tensor.tensor.decodeCodes(model.bytes, codedPath: way, into: &span)
      }
      print("\(path)\t\(name)\t\(fixed(time, 6))\t\(tensor.elementCount)")
    }
    let time = try median(runs: 5) {
      _ = try model.container.tensor(model.records[0], in: model.bytes, checksum: ZlibChecksum.self)
    }
    print("\(path)\tvalidate\t\(fixed(time, 6))\t\(tensor.elementCount)")
  }
}
