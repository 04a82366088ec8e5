import PareEncode
import Testing

@testable import PareConvert

/// Bytes in memory.
struct MemorySink: ByteSink {
  var bytes: [UInt8] = []

  mutating func write(_ run: Span<UInt8>) throws {
    for index in run.indices { bytes.append(run[index]) }
  }
}

extension SourceModel {
  /// The tensors as a container's directory lists them, and what exports them.
  func exporter() throws -> (ModelExporter, [FloatTensor]) {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return (try ModelExporter(sorted.map { ExportTensor(name: $0.name, shape: $0.shape) }, layout: layout()), sorted)
  }

  func exported(_ format: ExportFormat) throws -> [UInt8] {
    let (exporter, tensors) = try exporter()
    var sink = MemorySink()
    try exporter.write(format, to: &sink) { tensors[$0].values }
    return sink.bytes
  }

  func exportedFiles(_ format: ExportFormat) throws -> [(name: String, bytes: [UInt8])] {
    let (exporter, tensors) = try exporter()
    return try exporter.files(format).map { file in
      var sink = MemorySink()
      try exporter.write(tensor: file.tensor, as: format, to: &sink) { tensors[$0].values }
      return (file.name, sink.bytes)
    }
  }
}

@Suite("Export")
struct ExportTests {
  @Test(
    "JSON comes back in the source's own layout",
    arguments: [
      #"{"b": [[1.0, 2.5], [-0.0, 1e-07]], "a": [0.1]}"#,
      #"{"state_dict": {"b": [1.0], "a": [[2.0]]}, "n": "x\u0001é", "m": 1.50}"#,
      #"[[1.0, 2.0], [3.0, 4.0]]"#, #"{"w": ["1.0", "2.5"], "e": []}"#, #"{"w": [NaN, Infinity, -Infinity]}"#,
      #"{"in_shape": [null, 2], "layers": [{"type": "dense", "shape": [null, 3], "weights": [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [7.0, 8.0, 9.0]]}, {"type": "conv1d", "shape": [null, 2], "kernel_size": [3], "groups": 3, "dilation": [1], "weights": [[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]]}]}"#
        .replacing(#""groups": 3, "#, with: "").replacing(
          "[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]]",
          with:
            "[[[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]], [[3.0, 4.0], [3.0, 4.0], [3.0, 4.0]], [[5.0, 6.0], [5.0, 6.0], [5.0, 6.0]]]]"
        ),
      #"{"coef_": [1.0], "intercept_": 2.5, "classes_": [0, 1]}"#, #"{"w": [[[1.0, 2.0]], [3.0, 4.0]]}"#,
      #"{"w": [[[[1.0], [2.0]]]], "config": {"d": [1, 2], "x": null, "y": true, "z": {}}}"#,
    ])
  func ownLayout(_ text: String) throws {
    let model = try readText(text)
    let exported = try model.exported(.json)
    #expect(String(decoding: exported, as: UTF8.self) == text + "\n")
    let again = try readBytes(exported, as: "m.json")
    #expect(again.bits == model.bits)
    #expect(again.document == model.document)
  }

  @Test("JSON, CSV, npy and npz give every float back, bit for bit")
  func roundTrip() throws {
    var numbers = Numbers(state: 9)
    var tensors: [FloatTensor] = []
    for (index, shape) in [[7, 5], [3], [], [2, 3, 4], [1, 9], [4, 1]].enumerated() {
      let count = shape.reduce(1, *)
      var values: [Float] = []
      while values.count < count {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next()))
        values.append(value.isFinite ? value : -0.0)
      }
      tensors.append(FloatTensor(name: "t\(9 - index)/x", shape: shape, values: FloatBuffer(values)))
    }
    let model = SourceModel.flat(tensors, origins: tensors.map { _ in SourceOrigin(path: "-") })
    #expect(try readBytes(try model.exported(.json), as: "m").bits == model.bits)
    #expect(try readBytes(try model.exported(.npz), as: "m").bits == model.bits)
    #expect(try model.exported(.npz) == model.exported(.npz))
    for (file, tensor) in zip(try model.exportedFiles(.npy), tensors) {
      let read = try readBytes(file.bytes, as: file.name)
      #expect(read.tensors[0].shape == tensor.shape)
      #expect(read.floats(0).map(\.bitPattern) == tensor.floats.map(\.bitPattern))
    }
    for (file, tensor) in zip(try model.exportedFiles(.csv), tensors) {
      let read = try readBytes(file.bytes, as: file.name)
      #expect(read.floats(0).map(\.bitPattern) == tensor.floats.map(\.bitPattern))
      let rows = tensor.shape.first ?? 1
      let columns = tensor.values.count / rows
      #expect(read.tensors[0].shape == (columns == 1 ? [rows] : [rows, columns]))
    }
    let raw = try model.exported(.f32)
    #expect(raw.count == tensors.reduce(0) { $0 + $1.values.count } * 4)
    #expect(Array(raw.prefix(4)) == littleEndian(tensors[0].floats[0].bitPattern))
  }

  private func littleEndian(_ bits: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) } }

  @Test(
    "a table comes back with its own separator, header and row names",
    arguments: [
      "1.0,2.0\n3.0,4.0\n", "1.0;2.0\n", "1.0\t2.0\n", "1.0 2.0\n", "a,b\n1.0,2.0\n", "r1,1.0,2.0\nr2,3.0,4.0\n",
      "\"n,\"\"x\",a,b\nr,1.0,2.0\n", ",x\n(Intercept),1.5\nwt,-2.0\n", "\"V1\" \"V2\"\n1 1.0 2.0\n2 3.0 4.0\n",
      "\" a\" b\n1.0 nan\n", "3 2\nthe 0.5 1.0\n\" 1.0 2.0\n## 3.0 4.0\n", "the 0.5 1.0\n, 1.0 2.0\n",
      "\"#x\",y\n1.0,inf\n", "\"[\",1.0\n\"{\",2.0\n",
    ])
  func tables(_ text: String) throws {
    let model = try readText(text, as: "t.tsv")
    let files = try model.exportedFiles(.csv)
    #expect(files.map(\.name) == ["t.tsv"])
    #expect(String(decoding: files[0].bytes, as: UTF8.self) == text)
    let again = try readBytes(files[0].bytes, as: "t.tsv")
    #expect(again.bits == model.bits)
    #expect(again.document == model.document)
  }

  @Test("an npy header is a multiple of 64 bytes, an npz of one tensor the bytes numpy would read")
  func headers() {
    for shape in [[], [3], [3, 4], [0, 7], Array(repeating: 2_000_000_000, count: 8)] {
      let header = NumpyWriter.header(shape)
      #expect(header.count % 64 == 0)
      #expect(header.last == 0x0A)
    }
    #expect(
      String(decoding: NumpyWriter.header([3])[10...], as: UTF8.self).hasPrefix(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"))
  }

  @Test("file names stay in their folder and differ even where case does not count")
  func fileNames() throws {
    let names = ["../../x", "a/b", "a:b", "A/B", "a_b", ".hidden", String(repeating: "é", count: 127), "\u{1}"]
    let tensors = names.map { ExportTensor(name: $0, shape: [1]) }
    let files = try ModelExporter(tensors, layout: .plain).files(.npy).map(\.name)
    #expect(
      files == [
        "_._.._x.npy", "a_b_2.npy", "a_b_3.npy", "A_B_4.npy", "a_b.npy", "_hidden.npy",
        String(repeating: "é", count: 115) + ".npy", "_.npy",
      ])
    #expect(Set(files.map { $0.lowercased() }).count == files.count)
    #expect(files.allSatisfy { !$0.contains("/") && !$0.hasPrefix(".") && $0.utf8.count <= 255 })
  }

  @Test("nested empty axes are written as empty lists")
  func empty() throws {
    let tensors = [
      FloatTensor(name: "a", shape: [0, 3], values: FloatBuffer()),
      FloatTensor(name: "b", shape: [2, 0], values: FloatBuffer()),
    ]
    let model = SourceModel.flat(tensors, origins: tensors.map { _ in SourceOrigin(path: "-") })
    #expect(String(decoding: try model.exported(.json), as: UTF8.self) == "{\"a\": [], \"b\": [[], []]}\n")
    #expect(try readBytes(try model.exported(.npz), as: "m").tensors.map(\.shape) == [[0, 3], [2, 0]])
  }

  @Test("an empty tensor of more than 65536 lists or lines is refused before anything is written, but not as npz")
  func manyEmptyLists() throws {
    func exporter(_ shape: [Int], _ layout: SourceLayout = .plain) throws -> ModelExporter {
      try ModelExporter([ExportTensor(name: "a", shape: [1]), ExportTensor(name: "w", shape: shape)], layout: layout)
    }
    let values: ModelExporter.Values = { FloatBuffer($0 == 0 ? [1] : []) }
    let turned = SourceLayout.template(kind: 0, text: Array("{@0,@1(1,0)}".utf8))
    for exporter in [
      try exporter([536_870_911, 0]), try exporter([65_536, 0]), try exporter([256, 256, 0, 3]),
      try exporter([0, 536_870_911], turned),
    ] {
      var sink = MemorySink()
      let error = #expect(throws: SourceError.self) { try exporter.write(.json, to: &sink, values: values) }
      #expect(error?.message.hasPrefix("tensor w has no elements and would be ") == true)
      #expect(sink.bytes.isEmpty)
      try exporter.write(.npz, to: &sink, values: values)
    }
    var sink = MemorySink()
    try exporter([65_535, 0]).write(.json, to: &sink, values: values)
    try exporter([0, 536_870_911]).write(.json, to: &sink, values: values)
    try exporter([65_536, 0]).write(tensor: 1, as: .csv, to: &sink, values: values)
    let error = #expect(throws: SourceError.self) {
      try exporter([65_537, 0]).write(tensor: 1, as: .csv, to: &sink, values: values)
    }
    #expect(error?.message == "tensor w has no elements and would be 65537 empty lines; --to npz keeps its shape")
  }

  @Test("a sink's error ends the export")
  func failingSink() throws {
    struct Full: Error {}
    struct FullSink: ByteSink {
      mutating func write(_ run: Span<UInt8>) throws { throw Full() }
    }
    let (exporter, tensors) = try readText("[1]").exporter()
    for format in [ExportFormat.json, .npz, .f32] {
      var sink = FullSink()
      #expect(throws: Full.self) { try exporter.write(format, to: &sink) { tensors[$0].values } }
    }
  }
}
