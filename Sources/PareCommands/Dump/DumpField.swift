/// One field of a container: where it is, what it is called and what it says.
struct DumpField {
  /// The offsets of its bytes; never empty.
  let range: Range<Int>

  /// Its name in the spec.
  let name: String

  /// What it says as a whole, shown beside its first bytes.
  let meaning: String

  /// For a part that holds many values: what they are, so that each line of bytes can be put into words.
  var values: DumpValues?

  /// For a bit string of many fields: what its bits are, shown below its bytes.
  var bits: [DumpBitsItem] = []

  /// For a stream of an entropy-coded tensor: the block, since of many blocks only the first are shown.
  var block: Int?
}

/// What a walk over a container comes upon, in the order of its bytes.
enum DumpItem {
  /// A structure begins: header, section, record, payload.
  case heading(String)
  case field(DumpField)
}
