import Pare
import PareEncode
import PareFormat

/// One tensor held against its source.
struct TensorComparison {
  let name: String
  let shape: [Int]
  let sourceShape: [Int]

  /// The errors; nil when the shapes differ.
  private(set) var statistics: ErrorStatistics?

  /// Whether all elements have the source's bits.
  private(set) var isIdentical = false

  /// What the container's provenance says about the errors.
  private(set) var recorded = Verdict.none

  /// What the coding promises about each weight that was not dropped.
  private(set) var bound = Verdict.none

  /// The weights that decode to 0 although no rounding would have made them so.
  private(set) var dropped = DroppedWeights()

  /// Whether a promise holds.
  enum Verdict: Equatable {
    /// Nothing is promised.
    case none
    case holds
    case fails(String)

    var fails: Bool { if case .fails = self { true } else { false } }
  }

  struct DroppedWeights: Equatable {
    var count = 0
    var largestMagnitude: Float = 0
  }

  init(_ tensor: ModelTensor, _ reference: FloatTensor, _ provenance: ProvenanceRecord?) {
    name = tensor.name
    shape = tensor.shape
    sourceShape = reference.shape
    guard shape == sourceShape else { return }
    let decoded = tensor.floats()
    let source = reference.values
    let statistics = ErrorStatistics(reference: source.span, decoded: decoded.span)
    self.statistics = statistics
    isIdentical = decoded.indices.allSatisfy { decoded[$0].bitPattern == source.span[$0].bitPattern }
    if let provenance { recorded = Self.recorded(provenance, statistics, source) }
    let check = BoundCheck(tensor, source.span, decoded.span, recorded: provenance?.maxAbsError)
    bound = check.verdict
    dropped = check.dropped
  }

  /// Whether nothing promised is broken.
  var holds: Bool { statistics != nil && !recorded.fails && !bound.fails }

  private static func recorded(
    _ provenance: ProvenanceRecord, _ statistics: ErrorStatistics, _ source: FloatBuffer
  ) -> Verdict {
    let checksum = ZlibChecksum.update(0, source.bytes, 0..<4 * source.count)
    guard checksum == provenance.sourceChecksum else {
      return .fails(
        "not the source it was made from: checksum \(checksumText(checksum)), recorded \(checksumText(provenance.sourceChecksum))"
      )
    }
    guard statistics.maxAbsError == provenance.maxAbsError else {
      return .fails("recorded largest error \(provenance.maxAbsError), found \(statistics.maxAbsError)")
    }
    guard statistics.rmsError == provenance.rmsError else {
      return .fails("recorded RMS error \(provenance.rmsError), found \(statistics.rmsError)")
    }
    return .holds
  }
}
