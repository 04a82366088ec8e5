import Pare
import PareFormat

extension Inspection {
  /// The answer for programs: keys in the words of the spec, stable.
  func json(_ target: TargetReport?) -> JSONValue {
    let header = model.container.header
    var members: [(String, JSONValue)] = [
      ("path", .string(model.path)),
      ("byteCount", .integer(model.container.byteCount)),
      (
        "header",
        .object([
          ("major", .integer(Int(FormatVersion.major))), ("minor", .integer(Int(header.minor))),
          ("readerMinimum", .integer(Int(header.readerMinimum))), ("alignment", .integer(header.alignment)),
          ("large", .bool(header.isLarge)),
        ])
      ),
      (
        "sections",
        .array(
          sections.map { section in
            .object([
              ("name", .string(section.name)), ("number", .integer(Int(section.number))),
              ("offset", .integer(section.offset)), ("byteCount", .integer(section.byteCount)),
            ])
          })
      ),
      ("source", source),
      ("order", order),
      ("model", graph?.json ?? .null),
      ("elementCount", .integer(elementCount)),
      ("nnz", .integer(nnz)),
      ("density", .optional(density(nnz: nnz, elementCount: elementCount))),
      ("tensors", .array(tensors.map(\.json))),
    ]
    if let target { members.append(("target", target.json)) }
    return .object(members)
  }

  /// The source section's kind and text; null without one.
  private var source: JSONValue {
    guard let body = model.container.source else { return .null }
    let bytes = model.bytes
    let kind = bytes[body.lowerBound]
    let text: JSONValue = kind <= 1 ? .string(bytes.text(body.lowerBound + 1..<body.upperBound)) : .null
    return .object([("kind", .integer(Int(kind))), ("text", text)])
  }

  /// The source's order as tensor indices; null where it is the directory's.
  private var order: JSONValue {
    guard model.container.order != nil else { return .null }
    var cursor = model.container.sourceOrder
    var indices: [JSONValue] = []
    while let index = cursor.next(in: model.bytes) { indices.append(.integer(index)) }
    return .array(indices)
  }
}

extension TensorFacts {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)),
      ("shape", .array(shape.extents.map { .integer($0) })),
      ("elementCount", .integer(shape.elementCount)),
      ("nnz", .integer(nnz)),
      ("density", .optional(density(nnz: nnz, elementCount: shape.elementCount))),
      ("encoding", encoding.json),
      ("offset", .integer(record.payloadOffset)),
      ("byteCount", .integer(payloadByteCount)),
      (
        "bitsPerWeight",
        .optional(bitsPerWeight(payloadByteCount: payloadByteCount, elementCount: shape.elementCount))
      ),
      ("entropyBits", .optional(entropy)),
      ("checksum", .string(checksumText(record.checksum))),
      ("sourceChecksum", provenance.map { .string(checksumText($0.sourceChecksum)) } ?? .null),
      ("maxAbsError", provenance.map { .float($0.maxAbsError) } ?? .null),
      ("rmsError", provenance.map { .float($0.rmsError) } ?? .null),
      (
        "alternatives",
        .array(
          alternatives.map { .object([("encoding", $0.encoding.json), ("byteCount", .integer($0.byteCount))]) })
      ),
    ])
  }
}

extension Encoding {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("words", .string(words)), ("element", .string(element.name)), ("bitWidth", .integer(element.bitWidth)),
    ]
    if let affine {
      members.append(("granularity", .string(affine.granularity.name)))
      switch affine.granularity {
      case .tensor: break
      case .axis(let axis): members.append(("axis", .integer(axis)))
      case .group(let size): members.append(("groupSize", .integer(size)))
      }
      members.append(("scale", .string(affine.scaleType == .f32 ? "f32" : "f16")))
      members.append(("zeroPoints", .bool(affine.hasZeroPoints)))
    }
    if let codebook {
      members.append(("entryCount", .integer(codebook.entryCount)))
      members.append(("entryType", .string(codebook.entryType == .f32 ? "f32" : "f16")))
    }
    members.append(("position", .string(position.words)))
    if let sparse {
      members.append(("k", sparse.blockRowsLog2.map { .integer($0) } ?? .null))
      if sparse.kind == .gapsRice { members.append(("riceBits", .integer(sparse.riceBits))) }
    }
    return .object(members)
  }
}
